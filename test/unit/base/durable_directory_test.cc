// Directories are made whole, and what stands in their way is said.
#include "engine/base/durable_directory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/base/errc.h"

namespace tripgate {
namespace {

namespace fs = std::filesystem;

class DurableDirectory : public ::testing::Test {
 protected:
  DurableDirectory() {
    std::string name = (fs::temp_directory_path() / "durable-XXXXXX").string();
    root_ = ::mkdtemp(name.data());
  }
  ~DurableDirectory() override { fs::remove_all(root_); }

  std::string path(const std::string& name) const { return root_ + "/" + name; }

  std::string root_;
};

TEST_F(DurableDirectory, SaysThatAFileStandsInTheWay) {
  std::ofstream(path("file")) << "x";
  EXPECT_EQ(make_durable_directory(path("file")).value(), ENOTDIR);
  EXPECT_EQ(make_durable_directory(path("file/below")).value(), ENOTDIR);
  EXPECT_EQ(sync_directory(path("file")).value(), ENOTDIR);
}

TEST_F(DurableDirectory, SaysThatNothingIsThereToSync) {
  EXPECT_EQ(sync_directory(path("absent")).value(), ENOENT);
}

TEST_F(DurableDirectory, MakesWhatIsMissingAbove) {
  EXPECT_FALSE(make_durable_directory(path("a/b/c")));
  EXPECT_TRUE(fs::is_directory(path("a/b/c")));
  EXPECT_FALSE(make_durable_directory(path("a/b/c"))) << "one that is there is no error";
}

TEST_F(DurableDirectory, TakesEverySpellingOfAPath) {
  for (const char* name : {"slash/", "slashes//", "dot/./x", "up/../up/x"}) {
    EXPECT_FALSE(make_durable_directory(path(name))) << name;
    EXPECT_TRUE(fs::is_directory(path(name))) << name;
  }
  EXPECT_FALSE(make_durable_directory("/"));
  EXPECT_FALSE(make_durable_directory("."));
}

TEST_F(DurableDirectory, LeavesAFileAloneThatCannotBeReplaced) {
  EXPECT_EQ(write_durable_file(path("absent/file"), "x", 0600).value(), ENOENT);
  ASSERT_TRUE(fs::create_directory(path("taken")));
  EXPECT_EQ(write_durable_file(path("taken"), "x", 0600).value(), EISDIR);
}

TEST_F(DurableDirectory, ReplacesAFileAsAWhole) {
  std::ofstream(path("file.new")) << "half of one that was cut short";
  ASSERT_FALSE(write_durable_file(path("file"), "old", 0600));
  ASSERT_FALSE(write_durable_file(path("file"), "text", 0600));
  std::ifstream file(path("file"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "text");
  EXPECT_FALSE(fs::exists(path("file.new")));
  EXPECT_EQ(fs::status(path("file")).permissions(), fs::perms(0600));
}

TEST(LastDiskError, TellsThatThereIsNoRoom) {
  for (const int number : {ENOSPC, EDQUOT}) {
    errno = number;
    EXPECT_EQ(last_disk_error(), Errc::store_full);
  }
  errno = EIO;
  EXPECT_EQ(last_disk_error().value(), EIO);
}

}  // namespace
}  // namespace tripgate

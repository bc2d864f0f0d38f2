// How an environment comes to be, and what it makes of the leftovers of one that did not.
#include "engine/base/lmdb.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/base/errc.h"

namespace tripgate::lmdb {
namespace {

namespace fs = std::filesystem;

constexpr Options kOptions{.map_size = std::size_t{1} << 20,
                           .max_databases = 1,
                           .max_readers = 4,
                           .mode = 0640,
                           .lock_mode = 0660};

class EnvironmentTest : public ::testing::Test {
 protected:
  EnvironmentTest() {
    std::string name = (fs::temp_directory_path() / "lmdb-XXXXXX").string();
    root_ = ::mkdtemp(name.data());
    directory_ = root_ + "/store";
  }
  ~EnvironmentTest() override { fs::remove_all(root_); }

  void write_file(const std::string& name, const std::string& text) const {
    fs::create_directories(fs::path(directory_ + "/" + name).parent_path());
    std::ofstream(directory_ + "/" + name, std::ios::binary) << text;
  }

  void put(Environment& environment, const std::string& value) const {
    auto txn = environment.begin_write();
    ASSERT_TRUE(txn);
    const auto database = txn->open_database("names");
    ASSERT_TRUE(database);
    ASSERT_FALSE(txn->put(*database, "name", value));
    ASSERT_FALSE(txn->commit());
  }

  std::string get(Environment& environment) const {
    auto txn = environment.begin_write();
    const auto database = txn->open_database("names");
    const auto found = txn->load(*database, "name");
    return found ? std::string(*found) : found.error().message();
  }

  unsigned mode_of(const std::string& name) const {
    struct stat status {};
    EXPECT_EQ(::stat((directory_ + "/" + name).c_str(), &status), 0);
    return status.st_mode & 0777U;
  }

  std::string root_;
  std::string directory_;
};

TEST_F(EnvironmentTest, RefusesADataFileThatIsNone) {
  write_file("data.mdb", std::string(8192, 'x'));
  EXPECT_EQ(Environment::open(directory_, kOptions).error(), Errc::store_corrupt);
  EXPECT_EQ(fs::file_size(directory_ + "/data.mdb"), 8192U) << "it is kept as it is";
}

TEST_F(EnvironmentTest, RefusesAFileInItsPlace) {
  std::ofstream(directory_) << "x";
  EXPECT_EQ(Environment::open(directory_, kOptions).error().value(), ENOTDIR);
}

TEST_F(EnvironmentTest, SaysThatTheMapIsFull) {
  auto environment = Environment::open(directory_, kOptions);
  ASSERT_TRUE(environment);
  auto txn = environment->begin_write();
  const auto database = txn->open_database("names");
  EXPECT_EQ(txn->put(*database, "name", std::string(kOptions.map_size, 'x')), Errc::store_full);
}

TEST_F(EnvironmentTest, TakesUpACreationThatWasCutShort) {
  write_file("new/data.mdb", "half a page");
  write_file("data.mdb", "");
  auto environment = Environment::open(directory_, kOptions);
  ASSERT_TRUE(environment) << environment.error().message();
  put(*environment, "value");
  EXPECT_EQ(get(*environment), "value");
  EXPECT_FALSE(fs::exists(directory_ + "/new"));
}

TEST_F(EnvironmentTest, KeepsWhatALeftoverOfItsCreationLiesBeside) {
  {
    auto environment = Environment::open(directory_, kOptions);
    ASSERT_TRUE(environment);
    put(*environment, "value");
  }
  write_file("new/data.mdb", "half a page");
  auto environment = Environment::open(directory_, kOptions);
  ASSERT_TRUE(environment) << environment.error().message();
  EXPECT_EQ(get(*environment), "value");
}

TEST_F(EnvironmentTest, GivesEachFileItsMode) {
  const auto environment = Environment::open(directory_, kOptions);
  ASSERT_TRUE(environment);
  EXPECT_EQ(mode_of("data.mdb"), 0640U);
  EXPECT_EQ(mode_of("lock.mdb"), 0660U);
}

}  // namespace
}  // namespace tripgate::lmdb

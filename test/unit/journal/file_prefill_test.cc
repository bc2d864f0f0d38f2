// Zeros go behind what is in use, and never into it.
#include "engine/journal/file_prefill.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace tripgate {
namespace {

class FilePrefillTest : public ::testing::Test {
 protected:
  FilePrefillTest() {
    std::string name = (std::filesystem::current_path() / "build" / "prefill-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
    path_ = directory_ / "file";
    std::ofstream(path_, std::ios::binary) << std::string(10000, 'x');
  }
  ~FilePrefillTest() override { std::filesystem::remove_all(directory_); }

  std::filesystem::path directory_;
  std::filesystem::path path_;
};

TEST_F(FilePrefillTest, DoesNothingWithoutAFile) {
  FilePrefill prefill((directory_ / "absent").string());
  EXPECT_FALSE(prefill.advance(0));
}

TEST_F(FilePrefillTest, KeepsABoundedLeadAndSparesWhatIsInUse) {
  FilePrefill prefill(path_.string());
  std::uint64_t pieces = 0;
  while (prefill.advance(10000)) ++pieces;
  if (pieces == 0) GTEST_SKIP() << "this file system has no direct writes";
  EXPECT_EQ(pieces, FilePrefill::kAhead / FilePrefill::kPiece);
  std::ifstream file(path_, std::ios::binary);
  std::string start(10000, '\0');
  file.read(start.data(), 10000);
  EXPECT_EQ(start, std::string(10000, 'x'));
  EXPECT_FALSE(prefill.advance(10000));
  EXPECT_TRUE(prefill.advance(10000 + FilePrefill::kPiece));
}

}  // namespace
}  // namespace tripgate

// What a body on its way to disk leaves behind, above all beside an earlier copy of its event.
#include "engine/intake/body_spool.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/base/errc.h"
#include "shared/limits.h"

namespace tripgate {
namespace {

const std::string kBody(limits::kStoredInlineBodyMaxSize + 1, 'x');

class BodySpoolTest : public ::testing::Test {
 protected:
  BodySpoolTest() {
    std::string name = (std::filesystem::temp_directory_path() / "spool-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
  }
  ~BodySpoolTest() override { std::filesystem::remove_all(directory_); }

  [[nodiscard]] std::string path() const { return directory_ / "event"; }

  [[nodiscard]] std::string stored() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] auto file_count() const {
    return std::distance(std::filesystem::directory_iterator(directory_), {});
  }

  std::filesystem::path directory_;
};

TEST_F(BodySpoolTest, RefusesMoreAndLessThanAnnounced) {
  BodySpool spool(path(), 3);
  ASSERT_FALSE(spool.write("ab"));
  EXPECT_EQ(spool.finish(), Errc::bad_frame);
  EXPECT_EQ(spool.write("cd"), Errc::too_large);
}

TEST_F(BodySpoolTest, LeavesNothingOfABodyThatIsNeverWhole) {
  {
    BodySpool spool(path(), kBody.size());
    ASSERT_FALSE(spool.write("xx"));
    EXPECT_EQ(file_count(), 1);
  }
  EXPECT_EQ(file_count(), 0);
}

TEST_F(BodySpoolTest, KeepsASmallBodyInMemory) {
  BodySpool spool(path(), 2);
  ASSERT_FALSE(spool.write("{}"));
  ASSERT_FALSE(spool.finish());
  EXPECT_FALSE(spool.is_file());
  EXPECT_EQ(spool.take_body(), "{}");
  EXPECT_EQ(file_count(), 0);
}

TEST_F(BodySpoolTest, ACopyThatIsGivenUpSparesTheStoredOne) {
  {
    BodySpool first(path(), kBody.size());
    ASSERT_FALSE(first.write(kBody));
    ASSERT_FALSE(first.finish());
  }
  {
    BodySpool again(path(), kBody.size());
    ASSERT_FALSE(again.write("xx"));
    EXPECT_EQ(stored(), kBody);
  }
  EXPECT_EQ(stored(), kBody);
  EXPECT_EQ(file_count(), 1);
}

}  // namespace
}  // namespace tripgate

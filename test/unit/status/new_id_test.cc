// Ids go into URLs and onto command lines as they are.
#include "engine/status/new_id.h"

#include <gtest/gtest.h>

#include <set>

#include "shared/ids.h"

namespace tripgate {
namespace {

TEST(ShortId, NeverReadsAsAnOption) {
  // One in 64 would begin with a dash: 4,096 draws miss a mistake once in 10^28.
  constexpr int kDraws = 4096;
  std::set<std::string> seen;
  for (int i = 0; i < kDraws; ++i) {
    const std::string id = make_short_id();
    EXPECT_EQ(id.size(), Uuid::kShortTextSize);
    EXPECT_NE(id[0], '-') << id;
    seen.insert(id);
  }
  EXPECT_EQ(seen.size(), std::size_t(kDraws));
}

}  // namespace
}  // namespace tripgate

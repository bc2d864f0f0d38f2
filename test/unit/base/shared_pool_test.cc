// What a pool shares, and what it forgets.
#include "engine/base/shared_pool.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace tripgate {
namespace {

std::shared_ptr<const int> number(SharedPool<int>& pool, const std::string& key, int value) {
  return pool.get(key, [value] { return std::make_shared<const int>(value); });
}

TEST(SharedPool, GivesTheSameObjectWhileSomebodyHoldsIt) {
  SharedPool<int> pool;
  const auto first = number(pool, "a", 1);
  EXPECT_EQ(number(pool, "a", 2), first);
  EXPECT_NE(number(pool, "b", 1), first);
}

TEST(SharedPool, MakesADeadObjectAgain) {
  SharedPool<int> pool;
  (void)number(pool, "a", 1);
  EXPECT_EQ(*number(pool, "a", 2), 2);
}

TEST(SharedPool, KeepsNothingOfAFailure) {
  SharedPool<int> pool;
  EXPECT_EQ(pool.get("a", [] { return std::shared_ptr<const int>(); }), nullptr);
  EXPECT_EQ(pool.size(), 0U);
  EXPECT_EQ(*number(pool, "a", 1), 1);
}

TEST(SharedPool, StaysSmallWhenObjectsComeAndGo) {
  SharedPool<int> pool;
  const auto kept = number(pool, "kept", 7);
  for (int i = 0; i < 10'000; ++i) (void)number(pool, std::to_string(i), i);
  EXPECT_LE(pool.size(), 64U);
  EXPECT_EQ(number(pool, "kept", 8), kept);
}

TEST(SharedPool, KeepsAllThatLive) {
  SharedPool<int> pool;
  std::vector<std::shared_ptr<const int>> held;
  for (int i = 0; i < 1000; ++i) held.push_back(number(pool, std::to_string(i), i));
  for (int i = 0; i < 1000; ++i)
    EXPECT_EQ(number(pool, std::to_string(i), -1), held[static_cast<std::size_t>(i)]);
}

}  // namespace
}  // namespace tripgate

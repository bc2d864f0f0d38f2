// Which expressions share a tree.
#include "engine/jexl/expression_pool.h"

#include <gtest/gtest.h>

namespace tripgate::jexl {
namespace {

TEST(ExpressionPool, ParsesEqualTextsOnce) {
  ExpressionPool pool;
  const auto one = pool.parse("a.b == 1");
  const auto same = pool.parse("a.b == 1");
  const auto other = pool.parse("a.b == 2");
  ASSERT_TRUE(one && same && other);
  EXPECT_EQ(&one->ast(), &same->ast());
  EXPECT_NE(&one->ast(), &other->ast());
}

TEST(ExpressionPool, TellsBoundVariablesFromOthers) {
  ExpressionPool pool;
  const auto free = pool.parse("x == 1");
  const auto bound = pool.parse("x == 1", {"x"});
  const auto both = pool.parse("x == 1", {"x", "y"});
  ASSERT_TRUE(free && bound && both);
  EXPECT_NE(&free->ast(), &bound->ast());
  EXPECT_NE(&bound->ast(), &both->ast());
  Meter meter{Budget{}};
  const Value one = Value::int32(1);
  const auto value = bound->evaluate(MapContext(Value::map({})), meter, {&one, 1});
  EXPECT_TRUE(value && value->as_bool());
}

TEST(ExpressionPool, ComplainsEveryTime) {
  ExpressionPool pool;
  for (int i = 0; i < 2; ++i) {
    const auto broken = pool.parse("a ==");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error(), Expression::parse("a ==").error());
  }
}

TEST(ExpressionPool, IsOutlivedByWhatItGave) {
  std::optional<Expression> expression;
  {
    ExpressionPool pool;
    expression = *pool.parse("1 + 1");
  }
  const auto value = expression->evaluate(MapContext(Value::map({})));
  EXPECT_TRUE(value && value->as_int64() == 2);
}

}  // namespace
}  // namespace tripgate::jexl

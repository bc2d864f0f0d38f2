// Complaints with their places, and the bounds that no script may cross.
#include "engine/jexl/expression.h"

#include <gtest/gtest.h>

#include "engine/jexl/json.h"

namespace tripgate::jexl {
namespace {

MapContext variables() {
  return MapContext(parse_body(R"({"s":"opened","n":7,"m":{"a":{"b":1}},"l":[1,2]})"));
}

Result<Value, EvalError> run(const std::string& text, const Budget& budget = {}) {
  const auto expression = Expression::parse(text);
  EXPECT_TRUE(expression) << text << ": " << (expression ? "" : expression.error().to_string());
  return expression->evaluate(variables(), budget);
}

TEST(Expression, ComplainsWithLineAndColumn) {
  const auto expression = Expression::parse("n == 7 &&\n  )");
  ASSERT_FALSE(expression);
  EXPECT_EQ(expression.error().line, 2U);
  EXPECT_EQ(expression.error().column, 3U);
  EXPECT_EQ(expression.error().message, "a value was expected instead of ')'");
}

TEST(Expression, NamesTheWayAroundAKeyword) {
  const auto expression = Expression::parse("m.size == 1");
  ASSERT_FALSE(expression);
  EXPECT_EQ(expression.error().message, "'size' is a keyword here: write ['size'] or .size()");
}

TEST(Expression, CreatesNoObjectsAndReachesNoClass) {
  EXPECT_FALSE(Expression::parse("new('java.lang.String', 'x')"));
  EXPECT_TRUE(run("m.class")->is_null());
  for (const char* const text : {"s.getClass()", "''.class.forName('x')", "s.forName('x')"}) {
    EXPECT_FALSE(run(text)) << text;
  }
}

TEST(Expression, RefusesWhatIsNestedTooDeeply) {
  for (const char* const opening : {"(", "[", "{", "!", "a?", "f(", "x -> {", "if (a) "}) {
    std::string text;
    while (text.size() < 100'000) text += opening;
    EXPECT_FALSE(Expression::parse(text)) << opening;
  }
  EXPECT_FALSE(Expression::parse(std::string(1'000'000, '(')));
}

TEST(Expression, EndsWhatWouldRunForEver) {
  const char* const scripts[] = {
      "while (true) {}",
      "var x = 'a'; while (true) { x = x + x }",
      "var x = [1]; while (true) { x = [x] }",
      "var x = 3h; while (true) { x = x * x }",
      "for (var i : 1..2000000000) {}",
      "var f = (n) -> { f(n) }; f(1)",
      "while (true) { ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' + n) =~ '(a+)+b' }",
      "'x'.repeat(1000000000)",
      "var m = {:}; m.a = m",
      "var m = {:}; m.a = {m}",
      "var m = {:}; m.a = {m : 1}",
      "var m = {'k' : {:}}; m.k.own = m.entrySet()",
      "var l = [1, ...]; l[0] = l.iterator()",
      "'%9999s'.formatted('x').repeat(10000)",
      "2h.pow(100000)",
      "1b.movePointRight(2000000000)",
      "(1..2000000000).toArray()",
  };
  for (const char* const script : scripts) {
    const auto value = run(script);
    ASSERT_FALSE(value) << script;
    EXPECT_EQ(value.error().kind, ErrorKind::limit) << script << ": " << value.error().message;
  }
}

TEST(Expression, FailsWhereItAssignsToWhatIsNoVariable) {
  const auto value = run("s == 'opened' && n=7");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().kind, ErrorKind::other);
  EXPECT_FALSE(Expression::parse("n + 1 = 7"));
}

TEST(Expression, ReadsTextBetweenBackquotesOnlyWhereItIsEvaluated) {
  EXPECT_TRUE(run("true || `${1 +}`")->as_bool());
  EXPECT_EQ(run("`${1 +}`").error().kind, ErrorKind::parse);
  EXPECT_EQ(run("`${n`").error().kind, ErrorKind::other);
}

TEST(Expression, ComparesWhatIsNestedDeeperThanTheStack) {
  EXPECT_TRUE(
      run("var a = {1:1}; var b = {1:1}; var i = 0;"
          "while (i < 20000) { a = {1:a}; b = {1:b}; i = i + 1 } a == b"));
}

TEST(Expression, ChangesOnlyItsOwnCopyOfAVariable) {
  const MapContext context = variables();
  const auto script = Expression::parse("m.a.b = 2; l[0] = 9; m.a.b + l[0]");
  ASSERT_TRUE(script);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(script->evaluate(context)->as_int64(), 11);
  EXPECT_EQ(to_full_json(*context.find("m")), R"({"a":{"b":1}})");
}

TEST(Expression, FailsOnALiteralThatItsTypeCannotHold) {
  for (const char* const text : {"-1e99999999999b", "---1e99999999999b", "-9223372036854775809L"}) {
    const auto value = run(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().kind, ErrorKind::arithmetic) << text;
  }
}

TEST(Expression, GivesTheOffsetOfAFailure) {
  const auto value = run("n == 7 && nope == 1");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().kind, ErrorKind::undefined_variable);
  EXPECT_EQ(value.error().offset, 10U);
}

}  // namespace
}  // namespace tripgate::jexl

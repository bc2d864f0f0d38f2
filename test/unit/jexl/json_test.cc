// Bodies into values: what is refused, what stays text, and that numbers stay exact.
#include "engine/jexl/json.h"

#include <gtest/gtest.h>

#include "engine/jexl/jexl_limits.h"

namespace tripgate::jexl {
namespace {

TEST(ParseJson, SaysLineAndColumnOfWhatIsWrong) {
  const auto value = parse_json("{\n  \"a\": tru }");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().line, 2U);
}

TEST(ParseJson, RefusesGarbageBehindTheValue) {
  EXPECT_FALSE(parse_json("{} x"));
}

TEST(ParseJson, RefusesNestingBeyondItsBound) {
  const std::string deep(kMaxDepth + 1, '[');
  EXPECT_FALSE(parse_json(deep + std::string(kMaxDepth + 1, ']')));
  EXPECT_TRUE(parse_json(std::string(kMaxDepth, '[') + std::string(kMaxDepth, ']')));
}

struct BodyCase {
  std::string body;
  Kind kind;
};

TEST(ParseBody, KeepsWhatIsNoObjectOrArrayAsText) {
  const BodyCase cases[] = {
      {"", Kind::string},
      {"  ", Kind::string},
      {"123", Kind::string},
      {"true", Kind::string},
      {"\"s\"", Kind::string},
      {"{'a':1}", Kind::string},
      {"{a:1}", Kind::string},
      {"[1,]", Kind::string},
      {"{\"a\":01}", Kind::string},
      {"[NaN]", Kind::string},
      {"\xEF\xBB\xBF{}", Kind::string},
      {"a=1&b=2", Kind::string},
      {"{\"a\":\"\xFF\"}", Kind::string},
      {"null", Kind::null},
      {"{\"a\":1} junk", Kind::map},
      {" [1] ]", Kind::list},
  };
  for (const BodyCase& one : cases) EXPECT_EQ(parse_body(one.body).kind(), one.kind) << one.body;
}

TEST(ParseBody, CountsTheLastValueOfARepeatedKey) {
  EXPECT_EQ(to_full_json(parse_body(R"({"a":1,"b":2,"a":3})")), R"({"a":3,"b":2})");
}

TEST(ParseBody, FindsEveryKeyOfALargeObject) {
  std::string body = "{";
  for (int i = 0; i < 1000; ++i)
    body += "\"k" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  const Value value = parse_body(body + "\"k7\":-7}");
  ASSERT_EQ(value.entries().size(), 1000U);
  EXPECT_EQ(value.get("k7")->as_int64(), -7);
  EXPECT_EQ(value.get("k999")->as_int64(), 999);
  EXPECT_EQ(value.get("k1000"), nullptr);
}

TEST(CompactJson, WritesNumbersAsJavaAndDropsNullEntries) {
  const Value value = parse_body(
      R"({"a":null,"b":[null,1.10,1e2,100000000.0,0.0001,123456789012345678901],"c":{}})");
  EXPECT_EQ(to_compact_json(value),
            R"({"b":[null,1.1,100.0,1.0E8,1.0E-4,123456789012345678901],"c":{}})");
}

TEST(CompactJson, ReplacesBytesThatAreNoText) {
  EXPECT_EQ(to_compact_json(Value::string("a\xFFz\n")), "\"a\uFFFDz\\n\"");
}

}  // namespace
}  // namespace tripgate::jexl

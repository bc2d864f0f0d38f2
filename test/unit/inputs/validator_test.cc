// Each violation with its exact text (pipelines.md 7.5, triggers.md 9.6).
#include "engine/inputs/validator.h"

#include <gtest/gtest.h>

#include "engine/yaml/parser.h"

namespace tripgate::inputs {
namespace {

/// Judges a value as YAML writes it; empty if it is allowed.
std::string judge(std::string_view notation, std::string_view value,
                  Moment moment = Moment::supplied) {
  const auto input = parse_runtime_input(notation);
  if (!input) return "bad notation: " + input.error().message;
  const auto document = yaml::parse_document("v: " + std::string(value) + "\n", "test");
  if (!document) return document.error().to_string();
  return find_violation(*input, *document->root.find("v"), "pipeline.variables.v", moment)
      .value_or("");
}

struct Case {
  std::string_view notation;
  std::string_view value;
  std::string_view complaint;
};

TEST(Validator, RefusesWithTheOriginalsTexts) {
  const Case cases[] = {
      {"<+input>.allowedValues(a,b)", "x",
       R"(The values provided for pipeline.variables.v: [\'x\'] do not match any of the allowed values [\'a\', \'b\'])"},
      {"<+input>.allowedValues(a,b)", "a,c",
       R"(The values provided for pipeline.variables.v: [\'a\', \'c\'] do not match any of the allowed values [\'a\', \'b\'])"},
      {"<+input>.selectOneFrom(a)", "''",
       R"(The values provided for pipeline.variables.v: [\'\'] do not match any of the allowed values [\'a\'])"},
      {"<+input>.regex(v[0-9]+)", "v1x",
       "The value provided for [pipeline.variables.v: v1x] does not match the required regex "
       "pattern"},
      {"<+input>.regex(a.b)", "\"a\\nb\"",
       "The value provided for [pipeline.variables.v: a\nb] does not match the required regex "
       "pattern"},
      {"<+input>.regex([a-)", "a", "Invalid pattern [a- provided in pipeline.variables.v"},
      {"<+input>.allowedValues(a,b)", "[a, x, y]",
       "Following values don't match the provided input set validator: [x, y]"},
      {"<+input>.regex(a)", "[b]",
       "Following values don't match the provided input set validator: [b]"},
      {"<+input>.allowedValues(a)", "{a: b}", "AllowedValues do not handle value of type: Map"},
      {"<+input>.regex(a)", "{a: b}",
       "The value provided for [pipeline.variables.v: a mapping] does not match the required regex "
       "pattern"}};
  for (const auto& [notation, value, complaint] : cases) {
    EXPECT_EQ(judge(notation, value), complaint) << notation << " " << value;
  }
}

TEST(Validator, RefusesWhatARunResolvedWithOtherTexts) {
  const Case cases[] = {
      {"<+input>.allowedValues(a,b)", "x", "Current value x is not in allowed values list"},
      {"<+input>.allowedValues(a,b)", "x,y",
       R"(Current values \'x\', \'y\' are not in allowed values list)"},
      {"<+input>.regex(a+)", "b", "Current value b does not match with given regex"}};
  for (const auto& [notation, value, complaint] : cases) {
    EXPECT_EQ(judge(notation, value, Moment::resolved), complaint) << notation << " " << value;
  }
}

TEST(Validator, AllowsWhatMatches) {
  const Case cases[] = {{"<+input>", "anything", ""},
                        {"<+input>.allowedValues(dev, prod)", "prod", ""},
                        {"<+input>.allowedValues(a,b)", "\"b,a\"", ""},
                        {R"(<+input>.allowedValues(a,\'c,d\'))", "\"c,d\"", ""},
                        {"<+input>.allowedValues(1.0,2)", "1", ""},
                        {"<+input>.allowedValues(10)", "1e1", ""},
                        {"<+input>.regex(^v\\d+$)", "v12", ""},
                        {"<+input>.regex(a|b).allowedValues(a,c)", "a", ""},
                        {"<+input>.allowedValues(a,b)", "[b, a]", ""},
                        {"<+input>.allowedValues(jexl(1 > 0 ? \"a, b\" : \"c\"))", "b", ""},
                        {"<+input>.allowedValues(jexl([\"x\", 5]))", "5", ""}};
  for (const auto& [notation, value, complaint] : cases) {
    EXPECT_EQ(judge(notation, value), complaint) << notation << " " << value;
  }
}

TEST(Validator, ComparesQuotedNumbersAsText) {
  EXPECT_EQ(judge("<+input>.allowedValues(1.1)", "1.10"), "");
  EXPECT_NE(judge("<+input>.allowedValues(1.1)", "\"1.10\""), "");
  EXPECT_NE(judge("<+input>.allowedValues(31)", "0x1F"), "");
  EXPECT_NE(judge("<+input>.allowedValues(inf)", "infinity"), "");
}

TEST(Validator, EnforcesBothValidators) {
  EXPECT_NE(judge("<+input>.regex(a|b).allowedValues(a,c)", "b"), "");
  EXPECT_NE(judge("<+input>.regex(a|b).allowedValues(a,c)", "c"), "");
}

TEST(Validator, LeavesExpressionsToTheRun) {
  EXPECT_EQ(judge("<+input>.allowedValues(a)", "<+trigger.payload.x>"), "");
  EXPECT_EQ(judge("<+input>.regex(a)", "x-<+trigger.payload.x>"), "");
  EXPECT_EQ(judge("<+input>.allowedValues(<+pipeline.name>,b)", "zzz"), "");
  EXPECT_NE(judge("<+input>.regex(a)", "x <+ y"), "");
}

TEST(Validator, TakesNothingThatARunResolvedForAnExpression) {
  EXPECT_EQ(judge("<+input>.regex(v1)", "v1 <+pipeline.name>", Moment::resolved),
            "Current value v1 <+pipeline.name> does not match with given regex");
  EXPECT_NE(judge("<+input>.allowedValues(a)", "<+a>", Moment::resolved), "");
}

TEST(Validator, AScriptThatFailsAllowsNothing) {
  EXPECT_NE(judge("<+input>.allowedValues(jexl(nonsense())", "a"), "");
  EXPECT_NE(judge("<+input>.allowedValues(jexl(1 +))", "a"), "");
}

TEST(Validator, AnEndlessPatternEnds) {
  EXPECT_NE(judge("<+input>.regex((a*)*b)", std::string(5000, 'a')), "");
}

}  // namespace
}  // namespace tripgate::inputs

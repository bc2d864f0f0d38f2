// The notation behind `<+input>`, as tables.
#include "engine/inputs/runtime_input.h"

#include <gtest/gtest.h>

namespace tripgate::inputs {
namespace {

/// A notation as one line: `default=x allowed=a,b regex=r later`, or the complaint with its offset.
std::string print(std::string_view text) {
  const auto input = parse_runtime_input(text);
  if (!input) return std::to_string(input.error().offset) + ": " + input.error().message;
  std::string line;
  if (input->fallback) line += "default=" + *input->fallback + " ";
  if (input->allowed) line += "allowed=" + *input->allowed + " ";
  if (input->pattern) line += "regex=" + *input->pattern + " ";
  if (input->is_asked_later) line += "later ";
  if (!line.empty()) line.pop_back();
  return line;
}

struct Case {
  std::string_view text;
  std::string_view printed;
};

TEST(RuntimeInput, RefusesWhatIsNoClause) {
  const std::string_view may_follow =
      "behind <+input> only .default(...), .allowedValues(...), .regex(...), .selectOneFrom(...), "
      ".selectManyFrom(...) and .executionInput() may follow";
  for (const std::string_view tail :
       {" ", "x", ".", ".foo(a)", ".Default(a)", "default(a)", ".default", ".executionInput",
        ".executionInput(a)", ".default (a)"}) {
    EXPECT_EQ(print("<+input>" + std::string(tail)), "8: " + std::string(may_follow)) << tail;
  }
}

TEST(RuntimeInput, RefusesArgumentsThatDoNotEnd) {
  const std::string rest =
      " needs a value in parentheses, on one line, and nothing but clauses of <+input> behind it";
  const Case cases[] = {{"<+input>.default(", "9: default"},
                        {"<+input>.default()", "9: default"},
                        {"<+input>.default(a", "9: default"},
                        {"<+input>.default(a) ", "9: default"},
                        {"<+input>.default(a)b", "9: default"},

                        {"<+input>.default(a\nb)", "9: default"},
                        {"<+input>.default(\nb)", "9: default"},
                        {"<+input>.executionInput().regex(", "26: regex"}};
  for (const auto& [text, printed] : cases) {
    EXPECT_EQ(print(text), std::string(printed) + rest) << text;
  }
}

TEST(RuntimeInput, RefusesClausesThatAreGivenTwice) {
  const Case cases[] = {
      {"<+input>.default(a).default(b)", "20: a runtime input takes one default"},
      {"<+input>.regex(a).regex(b)", "18: a runtime input takes one regex"},
      {"<+input>.allowedValues(a).selectOneFrom(b)",
       "26: a runtime input takes one list of allowed values"},
      {"<+input>.regex((x).default(y)).default(z)", "31: a runtime input takes one default"},
      {"<+input>.executionInput().executionInput()", "25: executionInput() is given twice"}};
  for (const auto& [text, printed] : cases) EXPECT_EQ(print(text), printed) << text;
}

TEST(RuntimeInput, ReadsClausesInAnyOrder) {
  const Case cases[] = {
      {"<+input>", ""},
      {"<+input>.default(x)", "default=x"},
      {"<+input>.default( x )", "default= x "},
      {"<+input>.default(())", "default=()"},
      {"<+input>.default())", "default=)"},
      {"<+input>.default(a).b)", "default=a).b"},
      {"<+input>.default(a.regex(b)", "default=a.regex(b"},
      {"<+input>.default(<+pipeline.name>)", "default=<+pipeline.name>"},
      {"<+input>.allowedValues(dev,prod).default(dev)", "default=dev allowed=dev,prod"},
      {"<+input>.default(dev).allowedValues(dev,prod)", "default=dev allowed=dev,prod"},
      {"<+input>.regex(^(a|b)\\)$)", "regex=^(a|b)\\)$"},
      {"<+input>.regex((x)y).default(z)", "default=z regex=(x)y"},
      // As the grammar says, an argument goes on until the rest reads as clauses.
      {"<+input>.default(a).foo()", "default=a).foo("},
      {"<+input>.regex(a).default()", "regex=a).default("},
      {"<+input>.regex(^v[0-9]+$).executionInput()", "regex=^v[0-9]+$ later"},
      {"<+input>.executionInput().default(1)", "default=1 later"},
      {"<+input>.selectOneFrom(a,b)", "allowed=a,b"},
      {"<+input>.selectManyFrom(a,b)", "allowed=a,b"},
      {"<+input>.allowedValues(jexl(x ? \"a\" : \"b\"))", "allowed=jexl(x ? \"a\" : \"b\")"}};
  for (const auto& [text, printed] : cases) {
    ASSERT_TRUE(is_runtime_input(text));
    EXPECT_EQ(print(text), printed) << text;
  }
}

TEST(RuntimeInput, TakesLongTextsInLinearTime) {
  std::string text = "<+input>";
  for (int i = 0; i < 100000; ++i) text += ".regex(";
  EXPECT_TRUE(print(text).starts_with("9: regex needs"));
  text += std::string(100000, ')');
  EXPECT_TRUE(print(text).starts_with("regex=.regex("));
}

TEST(RuntimeInput, IsTheWholeValue) {
  EXPECT_FALSE(is_runtime_input(" <+input>"));
  EXPECT_FALSE(is_runtime_input("a<+input>"));
  EXPECT_FALSE(is_runtime_input("<+inputs.a>"));
  EXPECT_TRUE(is_runtime_input("<+input>whatever"));
}

TEST(SplitValues, SplitsOutsideOfEscapedQuotes) {
  const std::pair<std::string_view, std::vector<std::string>> cases[] = {
      {"a", {"a"}},
      {"a,b", {"a", "b"}},
      {" a , b ", {"a", "b"}},
      {"a,\\'c,d\\'", {"a", "c,d"}},
      {"\\\"x, y\\\",z", {"x, y", "z"}},
      {"\\'it\\\"s, a\\',b", {"it\\\"s, a", "b"}},
      {"'a','b'", {"a", "b"}},
      {"\"a\"", {"a"}},
      {"a,", {"a", ""}},
      {"", {""}},
      {"\\'open, a", {"\\'open, a"}}};
  for (const auto& [list, values] : cases) EXPECT_EQ(split_values(list), values) << list;
}

}  // namespace
}  // namespace tripgate::inputs

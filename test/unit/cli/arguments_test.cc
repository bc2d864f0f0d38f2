// What a person may type, and what is said about the rest.
#include "engine/cli/arguments.h"

#include <gtest/gtest.h>

namespace tripgate::cli {
namespace {

constexpr Option kOptions[] = {{"file", 'f', "FILE", true}, {"name", 0, "NAME"}, {"dry-run"}};

Result<Arguments, Diagnostic> parse(std::vector<std::string> words) {
  return Arguments::parse(kOptions, words);
}

TEST(Arguments, NamesTheWordThatIsWrong) {
  struct Case {
    std::vector<std::string> words;
    const char* complaint;
  };
  const Case cases[] = {
      {{"--nope"}, "unknown option --nope"},
      {{"-x"}, "unknown option -x"},
      {{"-ff"}, "unknown option -ff"},
      {{"--file"}, "--file needs a FILE"},
      {{"-f"}, "-f needs a FILE"},
      {{"--dry-run=yes"}, "--dry-run=yes: the option takes no value"},
      {{"--name", "a", "--name=b"}, "--name=b is given twice"},
  };
  for (const Case& c : cases) {
    const auto arguments = parse(c.words);
    ASSERT_FALSE(arguments) << c.complaint;
    EXPECT_EQ(arguments.error().message, c.complaint);
  }
}

TEST(Arguments, TakesOptionsInEveryForm) {
  const auto arguments = parse({"-f", "a", "--file", "b", "--file=c=d", "op", "--dry-run"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->values("file"), (std::vector<std::string>{"a", "b", "c=d"}));
  EXPECT_EQ(arguments->operands(), std::vector<std::string>{"op"});
  EXPECT_TRUE(arguments->has("dry-run"));
  EXPECT_FALSE(arguments->value("name"));
}

TEST(Arguments, DashAndWhatFollowsTwoDashesAreOperands) {
  const auto arguments = parse({"-", "--", "--nope", "-f"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->operands(), (std::vector<std::string>{"-", "--nope", "-f"}));
}

}  // namespace
}  // namespace tripgate::cli

// Complaints as people see them: the place, the line, the caret.
#include "engine/base/diagnostic.h"

#include <gtest/gtest.h>

namespace tripgate {
namespace {

std::string lines_at(std::string_view source, std::uint32_t line, std::uint32_t column) {
  return caret_lines(source, Diagnostic(line, column, "m"));
}

TEST(CaretLines, AreAbsentWithoutAPlace) {
  EXPECT_EQ(lines_at("a", 0, 1), "");
  EXPECT_EQ(lines_at("a", 1, 0), "");
  EXPECT_EQ(lines_at("a", 2, 1), "");
  EXPECT_EQ(lines_at("a", 1, 3), "");
}

TEST(CaretLines, PutTheCaretBelowTheColumn) {
  EXPECT_EQ(lines_at("n = )", 1, 5), "n = )\n    ^\n");
  EXPECT_EQ(lines_at("a &&\r\n  )\nb", 2, 3), "  )\n  ^\n");
  EXPECT_EQ(lines_at("a &&\r\n b", 1, 5), "a &&\n    ^\n");
}

TEST(CaretLines, CountCharactersAndKeepTabs) {
  EXPECT_EQ(lines_at("\"é\" )", 1, 6), "\"é\" )\n    ^\n");
  EXPECT_EQ(lines_at("\t\t)", 1, 3), "\t\t)\n\t\t^\n");
}

TEST(CaretLines, ShowNothingThatATerminalObeys) {
  EXPECT_EQ(lines_at("\x1b[2J)", 1, 5), "?[2J)\n    ^\n");
}

TEST(CaretLines, CutALongLineAroundTheCaret) {
  const std::string source = std::string(100'000, 'a') + ")" + std::string(100'000, 'b');
  const std::string lines = lines_at(source, 1, 100'001);
  EXPECT_LT(lines.size(), 200U);
  const std::size_t caret = lines.find('^') - lines.find('\n') - 1;
  EXPECT_EQ(lines[caret], ')');
}

TEST(CaretLines, CutBetweenCharacters) {
  std::string source;
  for (int i = 0; i < 1000; ++i) source += "€";
  for (std::uint32_t column = 1; column < 1000; column += 3) {
    const std::string lines = lines_at(source, 1, column);
    EXPECT_EQ(lines.substr(0, 3), "€") << column;
    EXPECT_EQ(lines.substr(lines.find('\n') - 3, 3), "€") << column;
  }
}

}  // namespace
}  // namespace tripgate

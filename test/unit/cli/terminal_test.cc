// What a hostile body can make of an operator's terminal: nothing.
#include "engine/cli/terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "engine/base/unique_fd.h"

namespace tripgate::cli {
namespace {

std::string visible(const std::string& text) {
  VisibleText filter;
  std::string out = filter.feed(text);
  return out + filter.end();
}

TEST(VisibleText, ShowsWhatWouldDriveATerminal) {
  const std::pair<std::string, std::string> rows[] = {
      {"\x1b]0;owned\x07", "\\x1b]0;owned\\x07"},
      {std::string("\0\b\r\x7f", 4), "\\x00\\x08\\x0d\\x7f"},
      {"\xC2\x9B"
       "31m",
       "\\u009b31m"},
      {"\x9B"
       "31m",
       "\\x9b31m"},
      {"\xC2\x1b[A", "\\xc2\\x1b[A"},
      {"\xE2\x82\x1b", "\\xe2\\x82\\x1b"},
      {"\xE0\x80\x9B", "\\xe0\\x80\\x9b"},
      {"\xC0\x9B", "\\xc0\\x9b"},
      {"\xED\xA0\x80", "\\xed\\xa0\\x80"},
      {"\xF4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
      {"\xF8\xFF", "\\xf8\\xff"},
      {"cut \xF0\x9F\x98", "cut \\xf0\\x9f\\x98"},
  };
  for (const auto& [text, shown] : rows) EXPECT_EQ(visible(text), shown);
}

TEST(VisibleText, LeavesTextAlone) {
  const std::string text =
      "a\tb\n\xC2\xA0\xC3\xBC\xE2\x82\xAC\xED\x9F\xBF\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF";
  EXPECT_EQ(visible(text), text);
}

TEST(VisibleText, IsTheSameWhereverItIsCut) {
  const std::string text = "\xC2\x9B\xE2\x82\xAC\x1b\xF0\x9F\x98\x80\xE2\x82z";
  VisibleText filter;
  std::string out;
  for (const char byte : text) out += filter.feed({&byte, 1});
  EXPECT_EQ(out + filter.end(), visible(text));
}

/// One end of a terminal of our own.
UniqueFd open_terminal() {
  return UniqueFd(::posix_openpt(O_RDWR | O_NOCTTY));
}

TEST(TerminalOutput, FiltersForATerminal) {
  const UniqueFd terminal = open_terminal();
  ASSERT_GE(terminal.get(), 0);
  std::ostringstream under;
  {
    TerminalOutput output(under, terminal.get());
    output.stream() << "a\x1b[2J" << 7 << '\x07' << std::flush;
    EXPECT_EQ(under.str(), "a\\x1b[2J7\\x07");
    output.stream() << '\xC2';
  }
  EXPECT_EQ(under.str(), "a\\x1b[2J7\\x07\\xc2");
}

TEST(TerminalOutput, PassesOnWhatAProgramReads) {
  const UniqueFd file(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  std::ostringstream under;
  {
    TerminalOutput output(under, file.get());
    output.stream() << "\x1b\x9B\xC2";
  }
  EXPECT_EQ(under.str(), "\x1b\x9B\xC2");
}

TEST(TerminalOutput, SaysWhenTheStreamIsBroken) {
  const UniqueFd terminal = open_terminal();
  std::ostringstream under;
  under.setstate(std::ios::badbit);
  TerminalOutput output(under, terminal.get());
  output.stream() << "lost";
  EXPECT_FALSE(output.stream());
}

}  // namespace
}  // namespace tripgate::cli

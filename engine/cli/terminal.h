// A person's terminal obeys control characters, and a webhook's sender may have sent some.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

namespace tripgate::cli {

/// Passes UTF-8 on and makes visible what could drive a terminal: C0 but for tab and line feed, DEL
/// and bytes that are no UTF-8 as `\x1b`, C1 as `\u009b`. A character may come in pieces.
class VisibleText {
 public:
  /// What to print for the next bytes; a character that is not complete yet is kept.
  [[nodiscard]] std::string feed(std::string_view bytes);
  /// What to print for a character that never was completed.
  [[nodiscard]] std::string end();

 private:
  void take(std::string& out, unsigned char byte);
  void begin(std::string& out, unsigned char byte);
  void give_up(std::string& out);

  std::array<unsigned char, 4> held_{};  // Of a character, its first byte among them.
  std::size_t held_count_ = 0;
  std::size_t size_ = 0;  // Of that character, as its first byte says.
};

/// Stands in for a stream that may be a terminal's; all that a command prints goes through it. The
/// stream must outlive it.
class TerminalOutput : private std::streambuf {
 public:
  /// fd: where `under` writes. If that is no terminal, everything is passed on as it is.
  TerminalOutput(std::ostream& under, int fd);
  TerminalOutput(const TerminalOutput&) = delete;
  TerminalOutput& operator=(const TerminalOutput&) = delete;
  ~TerminalOutput() override;

  [[nodiscard]] std::ostream& stream() { return is_terminal_ ? filtered_ : under_; }

 private:
  int_type overflow(int_type character) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  int sync() override;

  std::ostream& under_;
  const bool is_terminal_;
  VisibleText visible_;
  std::ostream filtered_;
};

}  // namespace tripgate::cli

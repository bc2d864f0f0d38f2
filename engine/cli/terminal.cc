// Bytes are judged one by one, since a stream may be cut anywhere.
#include "engine/cli/terminal.h"

#include <unistd.h>

namespace tripgate::cli {
namespace {

void append_byte(std::string& out, unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out.append("\\x").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 0xF]);
}

/// How many bytes a character has that begins with this one; 0: none begins so.
std::size_t size_of_character(unsigned char first) {
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  if (first >= 0xF0 && first <= 0xF4) return 4;
  return 0;
}

/// Whether the second byte makes no overlong form, no surrogate and nothing above U+10FFFF.
bool can_follow(unsigned char first, unsigned char second) {
  if (first == 0xE0) return second >= 0xA0;
  if (first == 0xED) return second <= 0x9F;
  if (first == 0xF0) return second >= 0x90;
  if (first == 0xF4) return second <= 0x8F;
  return true;
}

}  // namespace

std::string VisibleText::feed(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (const char byte : bytes) take(out, static_cast<unsigned char>(byte));
  return out;
}

std::string VisibleText::end() {
  std::string out;
  give_up(out);
  return out;
}

void VisibleText::take(std::string& out, unsigned char byte) {
  if (held_count_ == 0) return begin(out, byte);
  const bool continues =
      (byte & 0xC0) == 0x80 && (held_count_ > 1 || can_follow(held_.front(), byte));
  if (!continues) {
    give_up(out);
    return begin(out, byte);
  }
  held_.at(held_count_++) = byte;
  if (held_count_ < size_) return;
  const bool is_c1 = held_[0] == 0xC2 && held_[1] < 0xA0;
  if (is_c1) {
    std::string digits;
    append_byte(digits, held_[1]);
    out.append("\\u00").append(digits, 2);
  } else {
    for (std::size_t i = 0; i < size_; ++i) out += static_cast<char>(held_.at(i));
  }
  held_count_ = 0;
}

void VisibleText::begin(std::string& out, unsigned char byte) {
  const bool is_shown = (byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\t';
  size_ = size_of_character(byte);
  if (is_shown) {
    out += static_cast<char>(byte);
  } else if (size_ != 0) {
    held_.front() = byte;
    held_count_ = 1;
  } else {
    append_byte(out, byte);
  }
}

void VisibleText::give_up(std::string& out) {
  for (std::size_t i = 0; i < held_count_; ++i) append_byte(out, held_.at(i));
  held_count_ = 0;
}

TerminalOutput::TerminalOutput(std::ostream& under, int fd)
    : under_(under), is_terminal_(::isatty(fd) == 1), filtered_(this) {}

TerminalOutput::~TerminalOutput() {
  under_ << visible_.end() << std::flush;
}

TerminalOutput::int_type TerminalOutput::overflow(int_type character) {
  if (traits_type::eq_int_type(character, traits_type::eof())) return traits_type::eof();
  const char byte = traits_type::to_char_type(character);
  return xsputn(&byte, 1) == 1 ? character : traits_type::eof();
}

std::streamsize TerminalOutput::xsputn(const char* text, std::streamsize size) {
  under_ << visible_.feed({text, static_cast<std::size_t>(size)});
  return under_ ? size : 0;
}

int TerminalOutput::sync() {
  return under_.flush() ? 0 : -1;
}

}  // namespace tripgate::cli

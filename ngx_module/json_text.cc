// Ordinary bytes are copied eight at a time; only what must be escaped is looked at alone.
#include "ngx_module/json_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace tripgate {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

/// By byte: whether it stands for itself inside a string.
constexpr std::array<bool, 256> kIsPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

constexpr std::uint64_t repeated(std::uint8_t byte) noexcept {
  return 0x0101010101010101 * std::uint64_t{byte};
}

/// Whether any of eight bytes is 0; above the first one it may claim so wrongly.
constexpr bool has_zero(std::uint64_t bytes) noexcept {
  return ((bytes - repeated(1)) & ~bytes & repeated(0x80)) != 0;
}

/// Eight bytes that all stand for themselves; the test is free to say no to some of them.
bool are_plain(const char* at) noexcept {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, at, sizeof(bytes));
  const bool has_control = ((bytes - repeated(0x20)) & ~bytes & repeated(0x80)) != 0;
  const bool has_high = (bytes & repeated(0x80)) != 0;
  return !has_control && !has_high && !has_zero(bytes ^ repeated('"')) &&
         !has_zero(bytes ^ repeated('\\'));
}

bool is_continuation(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

/// Lowest and highest second byte: no overlong form, no surrogate, nothing above U+10FFFF.
bool is_second_byte(unsigned char first, unsigned char second) noexcept {
  switch (first) {
    case 0xe0:
      return second >= 0xa0 && second <= 0xbf;
    case 0xed:
      return second >= 0x80 && second <= 0x9f;
    case 0xf0:
      return second >= 0x90 && second <= 0xbf;
    case 0xf4:
      return second >= 0x80 && second <= 0x8f;
    default:
      return second >= 0x80 && second <= 0xbf;
  }
}

}  // namespace

std::size_t utf8_size(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const std::size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (text.size() < size || !is_second_byte(first, static_cast<unsigned char>(text[1]))) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if (!is_continuation(text[i])) return 0;
  }
  return size;
}

/// Copies the bytes at the begin that stand for themselves; says how many. Without room for all of
/// them it fails, and has copied a part.
std::size_t JsonText::copy_plain(std::string_view text) noexcept {
  char* const to = out_.data() + used_;
  const std::size_t room = std::min(text.size(), out_.size() - used_);
  std::size_t size = 0;
  for (; room - size >= 8 && are_plain(text.data() + size); size += 8) {
    std::memcpy(to + size, text.data() + size, 8);
  }
  for (; size < room && kIsPlain[static_cast<unsigned char>(text[size])]; ++size) {
    to[size] = text[size];
  }
  failed_ = failed_ || (size == room && size < text.size());
  used_ += size;
  return size;
}

void JsonText::escape(unsigned char c) noexcept {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  switch (c) {
    case '"':
      raw("\\\"");
      return;
    case '\\':
      raw("\\\\");
      return;
    case '\b':
      raw("\\b");
      return;
    case '\t':
      raw("\\t");
      return;
    case '\n':
      raw("\\n");
      return;
    case '\f':
      raw("\\f");
      return;
    case '\r':
      raw("\\r");
      return;
    default:
      break;
  }
  const std::array<char, 6> escaped = {'\\', 'u', '0', '0', kHex[c >> 4], kHex[c & 15]};
  raw({escaped.data(), escaped.size()});
}

JsonText& JsonText::text(std::string_view text, std::size_t limit) noexcept {
  const std::string_view whole = text;
  text = std::string_view(text.data(), std::min(text.size(), limit));
  while (!text.empty() && !failed_) {
    text.remove_prefix(copy_plain(text));
    if (text.empty() || failed_) break;
    const auto c = static_cast<unsigned char>(text[0]);
    const std::size_t left = whole.size() - static_cast<std::size_t>(text.data() - whole.data());
    const std::size_t size = utf8_size(std::string_view(text.data(), left));
    if (c < 0x80) {
      escape(c);
    } else if (size == 0) {
      raw(kReplacement);
    } else if (size > text.size()) {
      break;  // the limit cuts a character
    } else {
      raw(std::string_view(text.data(), size));
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return *this;
}

JsonText& JsonText::number(std::uint64_t value) noexcept {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return raw({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

}  // namespace tripgate

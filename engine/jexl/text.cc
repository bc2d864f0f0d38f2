// UTF-8 with UTF-16 positions. ASCII text, nearly all there is, takes the short way everywhere.
#include "engine/jexl/text.h"

#include <algorithm>
#include <cstring>

namespace tripgate::jexl::text {
namespace {

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80;
}

std::size_t sequence_size(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xF0 && lead < 0xF8) return 4;
  if (lead >= 0xE0) return lead < 0xF0 ? 3 : 1;
  return lead >= 0xC0 ? 2 : 1;
}

// The scripts' rows of ten digits in the basic plane, by their zero.
constexpr char16_t kZeros[] = {0x0030, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6,
                               0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50, 0x0ED0,
                               0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80,
                               0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900,
                               0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10};

}  // namespace

std::size_t utf16_size(std::string_view utf8) noexcept {
  if (is_ascii(utf8)) return utf8.size();
  std::size_t units = 0;
  for (const char byte : utf8) {
    units += is_continuation(byte) ? 0U : 1U;
    units += static_cast<unsigned char>(byte) >= 0xF0 ? 1U : 0U;
  }
  return units;
}

bool is_ascii(std::string_view utf8) noexcept {
  std::uint64_t all = 0;
  while (utf8.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, utf8.data(), 8);
    all |= word;
    utf8.remove_prefix(8);
  }
  for (const char byte : utf8) all |= static_cast<unsigned char>(byte) & 0x80U;
  return (all & 0x8080808080808080U) == 0;
}

bool is_valid_utf8(std::string_view bytes) noexcept {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[at]);
    const std::size_t size = sequence_size(lead);
    if (size == 1 && lead >= 0x80) return false;
    if (at + size > bytes.size()) return false;
    for (std::size_t i = 1; i < size; ++i) {
      if (!is_continuation(bytes[at + i])) return false;
    }
    std::size_t next = at;
    const char32_t point = decode(bytes, next);
    constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < kSmallest[size] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) {
      return false;
    }
    at += size;
  }
  return true;
}

std::size_t byte_offset(std::string_view utf8, std::size_t unit_index) noexcept {
  std::size_t at = 0;
  while (unit_index > 0 && at < utf8.size()) {
    const std::size_t size = sequence_size(static_cast<unsigned char>(utf8[at]));
    const std::size_t units = size == 4 ? 2 : 1;
    if (units > unit_index) break;
    unit_index -= units;
    at = std::min(at + size, utf8.size());
  }
  return at;
}

std::size_t unit_index(std::string_view utf8, std::size_t byte_offset) noexcept {
  return utf16_size(utf8.substr(0, byte_offset));
}

std::string substring(std::string_view utf8, std::size_t begin, std::size_t end) {
  const std::u16string units = to_units(utf8);
  return from_units(std::u16string_view(units).substr(begin, end - begin));
}

char16_t unit_at(std::string_view utf8, std::size_t index) noexcept {
  std::size_t at = byte_offset(utf8, index);
  const bool is_second_half = unit_index(utf8, at) < index;
  const char32_t point = decode(utf8, at);
  if (point < 0x10000) return static_cast<char16_t>(point);
  const char32_t rest = point - 0x10000;
  return static_cast<char16_t>(is_second_half ? 0xDC00 + (rest & 0x3FFU) : 0xD800 + (rest >> 10U));
}

char32_t decode(std::string_view utf8, std::size_t& offset) noexcept {
  const auto lead = static_cast<unsigned char>(utf8[offset]);
  const std::size_t size = sequence_size(lead);
  if (size == 1 || offset + size > utf8.size()) {
    ++offset;
    return lead < 0x80 ? lead : 0xFFFD;
  }
  char32_t point = size == 2 ? lead & 0x1FU : size == 3 ? lead & 0x0FU : lead & 0x07U;
  for (std::size_t i = 1; i < size; ++i) {
    point = (point << 6U) | (static_cast<unsigned char>(utf8[offset + i]) & 0x3FU);
  }
  offset += size;
  return point;
}

void append(std::string& utf8, char32_t code_point) {
  const auto put = [&utf8](char32_t bits) { utf8 += static_cast<char>(bits); };
  if (code_point < 0x80) return put(code_point);
  if (code_point < 0x800) {
    put(0xC0U | (code_point >> 6U));
  } else {
    if (code_point < 0x10000) {
      put(0xE0U | (code_point >> 12U));
    } else {
      put(0xF0U | (code_point >> 18U));
      put(0x80U | ((code_point >> 12U) & 0x3FU));
    }
    put(0x80U | ((code_point >> 6U) & 0x3FU));
  }
  put(0x80U | (code_point & 0x3FU));
}

std::u32string to_code_points(std::string_view utf8) {
  std::u32string points;
  points.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) points += decode(utf8, at);
  return points;
}

std::string scrubbed(std::string_view bytes) {
  std::string valid;
  for (const char32_t point : to_code_points(bytes)) {
    const bool is_half = point >= 0xD800 && point < 0xE000;
    append(valid, is_half || point > 0x10FFFF ? 0xFFFD : point);
  }
  return valid;
}

std::u16string to_units(std::string_view utf8) {
  std::u16string units;
  units.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const char32_t point = decode(utf8, at);
    if (point < 0x10000) {
      units += static_cast<char16_t>(point);
    } else {
      units += static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10U));
      units += static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FFU));
    }
  }
  return units;
}

std::string from_units(std::u16string_view units) {
  std::string utf8;
  utf8.reserve(units.size());
  for (std::size_t i = 0; i < units.size(); ++i) {
    char32_t point = units[i];
    if (point >= 0xD800 && point < 0xDC00 && i + 1 < units.size() && units[i + 1] >= 0xDC00 &&
        units[i + 1] < 0xE000) {
      point = 0x10000 + ((point - 0xD800) << 10U) + (units[++i] - 0xDC00U);
    }
    append(utf8, point);
  }
  return utf8;
}

std::size_t find(std::string_view text, std::string_view needle, std::size_t from) noexcept {
  if (from > text.size()) return std::string_view::npos;
  if (needle.empty()) return from;
  const void* const found =
      ::memmem(text.data() + from, text.size() - from, needle.data(), needle.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

// Long needles are searched for backwards in a reversed copy.
std::size_t find_last(std::string_view text, std::string_view needle, std::size_t from) {
  constexpr std::size_t kShortNeedle = 8;
  if (needle.size() <= kShortNeedle) return text.rfind(needle, from);
  if (from < text.size()) text = text.substr(0, std::min(text.size() - from, needle.size()) + from);
  const std::string text_back(text.rbegin(), text.rend());
  const std::string needle_back(needle.rbegin(), needle.rend());
  const std::size_t found = find(text_back, needle_back);
  return found == std::string_view::npos ? found : text.size() - found - needle.size();
}

int compare(std::string_view left, std::string_view right) noexcept {
  const auto differ = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
  std::size_t at = static_cast<std::size_t>(differ.first - left.begin());
  if (at == left.size() || at == right.size()) {
    return static_cast<int>(utf16_size(left.substr(at))) -
           static_cast<int>(utf16_size(right.substr(at)));
  }
  while (at > 0 && (is_continuation(left[at]) || is_continuation(right[at]))) --at;
  const std::string_view a = left.substr(at);
  const std::string_view b = right.substr(at);
  // Two different pairs of surrogates may share their first unit.
  if (unit_at(a, 0) == unit_at(b, 0)) return unit_at(a, 1) - unit_at(b, 1);
  return unit_at(a, 0) - unit_at(b, 0);
}

std::optional<int> digit_value(char32_t code_point) noexcept {
  if (code_point >= 0x1D7CE && code_point <= 0x1D7FF) {
    return static_cast<int>((code_point - 0x1D7CE) % 10);
  }
  for (const char16_t zero : kZeros) {
    if (code_point >= zero && code_point < zero + 10U) return static_cast<int>(code_point - zero);
  }
  return std::nullopt;
}

std::string_view trim(std::string_view utf8) noexcept {
  while (!utf8.empty() && static_cast<unsigned char>(utf8.front()) <= ' ') utf8.remove_prefix(1);
  while (!utf8.empty() && static_cast<unsigned char>(utf8.back()) <= ' ') utf8.remove_suffix(1);
  return utf8;
}

bool is_white_space(char32_t c) noexcept {
  if (c <= 0x20) return (c >= 9 && c <= 13) || (c >= 0x1C && c <= 0x20);
  return c == 0x1680 || (c >= 0x2000 && c <= 0x200A && c != 0x2007) || c == 0x2028 || c == 0x2029 ||
         c == 0x205F || c == 0x3000;
}

bool is_blank(std::string_view utf8) noexcept {
  for (std::size_t at = 0; at < utf8.size();) {
    if (!is_white_space(decode(utf8, at))) return false;
  }
  return true;
}

}  // namespace tripgate::jexl::text

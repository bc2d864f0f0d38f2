// Case mapping as Java's toUpperCase(Locale.ENGLISH): whole strings, some code points become
// several.
#include <algorithm>
#include <span>

#include "engine/jexl/case_tables.h"
#include "engine/jexl/text.h"

namespace tripgate::jexl::text {
namespace {

char32_t map_simple(std::span<const CaseRange> table, char32_t point) noexcept {
  const auto after = std::ranges::upper_bound(table, point, {}, &CaseRange::first);
  if (after == table.begin()) return point;
  const CaseRange& range = *(after - 1);
  if (point > range.last || (point - range.first) % range.stride != 0) return point;
  return static_cast<char32_t>(static_cast<std::int64_t>(point) + range.delta);
}

bool is_cased(char32_t point) noexcept {
  return simple_upper(point) != point || simple_lower(point) != point;
}

// Signs that stand inside a word without ending it, for the rule of the final sigma.
bool is_case_ignorable(char32_t point) noexcept {
  return point == '\'' || point == '.' || point == ':' || point == 0xAD || point == 0xB7 ||
         point == 0x2019 || (point >= 0x300 && point <= 0x36F);
}

// A sigma is final after a cased letter when no cased letter follows.
bool is_final(const std::u32string& points, std::size_t at) {
  std::size_t before = at;
  while (before > 0 && is_case_ignorable(points[before - 1])) --before;
  if (before == 0 || !is_cased(points[before - 1])) return false;
  std::size_t after = at + 1;
  while (after < points.size() && is_case_ignorable(points[after])) ++after;
  return after == points.size() || !is_cased(points[after]);
}

void append_upper(std::string& out, char32_t point) {
  const auto* const special =
      std::ranges::lower_bound(kSpecialUpper, point, {}, &SpecialCase::from);
  if (special == std::end(kSpecialUpper) || special->from != point) {
    return append(out, simple_upper(point));
  }
  for (const char16_t to : special->to) {
    if (to != 0) append(out, to);
  }
}

}  // namespace

char32_t simple_upper(char32_t code_point) noexcept {
  return map_simple(kUpperRanges, code_point);
}

char32_t simple_lower(char32_t code_point) noexcept {
  return map_simple(kLowerRanges, code_point);
}

char32_t fold_case(char32_t code_point) noexcept {
  return simple_lower(simple_upper(code_point));
}

std::string to_upper(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const auto byte = static_cast<unsigned char>(utf8[at]);
    if (byte < 0x80) {
      out += static_cast<char>(byte >= 'a' && byte <= 'z' ? byte - 32 : byte);
      ++at;
    } else {
      append_upper(out, decode(utf8, at));
    }
  }
  return out;
}

std::string to_lower(std::string_view utf8) {
  if (is_ascii(utf8)) {
    std::string out(utf8);
    for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    return out;
  }
  const std::u32string points = to_code_points(utf8);
  std::string out;
  out.reserve(utf8.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i] == 0x130) {
      append(out, 'i');
      append(out, 0x307);
    } else if (points[i] == 0x3A3) {
      append(out, is_final(points, i) ? 0x3C2 : 0x3C3);
    } else {
      append(out, simple_lower(points[i]));
    }
  }
  return out;
}

}  // namespace tripgate::jexl::text

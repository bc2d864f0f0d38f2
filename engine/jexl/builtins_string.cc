// Methods of String that need no pattern. Indexes count UTF-16 units.
#include <algorithm>

#include "engine/jexl/builtins.h"
#include "engine/jexl/java_hash.h"
#include "engine/jexl/text.h"
#include "engine/jexl/value_text.h"

namespace tripgate::jexl {
namespace {

std::string_view self(const Invocation& call) {
  return call.target.as_string();
}
std::string_view text(const Invocation& call, std::size_t i) {
  return call.arguments[i].as_string();
}
std::int64_t number(const Invocation& call, std::size_t i) {
  return call.arguments[i].as_int64();
}
std::int64_t size(const Invocation& call) {
  return static_cast<std::int64_t>(call.target.utf16_size());
}
Value integer(std::int64_t value) {
  return Value::int32(static_cast<std::int32_t>(value));
}

EvalError out_of_range() {
  return other_error("the index is out of range");
}

bool scan(const Invocation& call) {
  return call.meter.scan(self(call).size());
}

EvalError too_long() {
  return limit_error("the text is too long");
}

Outcome substring(const Invocation& call) {
  const std::int64_t begin = number(call, 0);
  const std::int64_t end = call.arguments.size() > 1 ? number(call, 1) : size(call);
  if (begin < 0 || end > size(call) || begin > end) return out_of_range();
  if (!scan(call)) return too_long();
  const auto from = static_cast<std::size_t>(begin);
  const auto to = static_cast<std::size_t>(end);
  if (call.target.is_ascii()) return make_string(self(call).substr(from, to - from), call.meter);
  return make_string(text::substring(self(call), from, to), call.meter);
}

// What is searched for: a text, or a code point given as an Integer.
std::string needle(const Invocation& call) {
  if (call.arguments[0].is(Kind::string)) return std::string(text(call, 0));
  std::string out;
  const std::int64_t point = number(call, 0);
  if (point >= 0 && point <= 0x10FFFF) text::append(out, static_cast<char32_t>(point));
  return out;
}

bool names_nothing(const Invocation& call) {
  return call.arguments[0].is(Kind::int32) && (number(call, 0) < 0 || number(call, 0) > 0x10FFFF);
}

Value position(const Invocation& call, std::size_t byte_offset) {
  if (byte_offset == std::string_view::npos) return integer(-1);
  return integer(static_cast<std::int64_t>(text::unit_index(self(call), byte_offset)));
}

Outcome index_of(const Invocation& call) {
  if (!scan(call)) return too_long();
  if (names_nothing(call)) return integer(-1);
  std::int64_t from = call.arguments.size() > 1 ? number(call, 1) : 0;
  from = std::clamp<std::int64_t>(from, 0, size(call));
  const std::size_t start = text::byte_offset(self(call), static_cast<std::size_t>(from));
  return position(call, text::find(self(call), needle(call), start));
}

Outcome last_index_of(const Invocation& call) {
  if (!scan(call)) return too_long();
  const std::int64_t from = call.arguments.size() > 1 ? number(call, 1) : size(call);
  if (from < 0 || names_nothing(call)) return integer(-1);
  const auto unit = static_cast<std::size_t>(std::min(from, size(call)));
  return position(call,
                  text::find_last(self(call), needle(call), text::byte_offset(self(call), unit)));
}

Outcome starts_with_from(const Invocation& call) {
  const std::int64_t from = number(call, 1);
  if (from < 0 || from > size(call)) return Value::boolean(false);
  const std::size_t start = text::byte_offset(self(call), static_cast<std::size_t>(from));
  return Value::boolean(self(call).substr(start).starts_with(text(call, 0)));
}

Outcome char_at(const Invocation& call) {
  if (number(call, 0) < 0 || number(call, 0) >= size(call)) return out_of_range();
  if (!scan(call)) return too_long();
  return Value::character(text::unit_at(self(call), static_cast<std::size_t>(number(call, 0))));
}

Outcome code_point_at(const Invocation& call) {
  if (number(call, 0) < 0 || number(call, 0) >= size(call)) return out_of_range();
  const auto index = static_cast<std::size_t>(number(call, 0));
  std::size_t at = text::byte_offset(self(call), index);
  if (text::unit_index(self(call), at) != index) return integer(text::unit_at(self(call), index));
  return integer(text::decode(self(call), at));
}

Outcome code_point_count(const Invocation& call) {
  const std::int64_t begin = number(call, 0);
  const std::int64_t end = number(call, 1);
  if (begin < 0 || end > size(call) || begin > end) return out_of_range();
  const std::string part =
      text::substring(self(call), static_cast<std::size_t>(begin), static_cast<std::size_t>(end));
  return integer(static_cast<std::int64_t>(text::to_code_points(part).size()));
}

std::u32string fold(std::string_view utf8) {
  std::u32string points = text::to_code_points(utf8);
  for (char32_t& point : points) point = text::fold_case(point);
  return points;
}

Outcome equals_ignore_case(const Invocation& call) {
  if (!call.arguments[0].is(Kind::string)) return Value::boolean(false);
  if (!scan(call)) return too_long();
  if (size(call) != static_cast<std::int64_t>(call.arguments[0].utf16_size())) {
    return Value::boolean(false);
  }
  return Value::boolean(fold(self(call)) == fold(text(call, 0)));
}

Outcome compare_ignore_case(const Invocation& call) {
  if (!scan(call)) return too_long();
  const std::u32string a = fold(self(call));
  const std::u32string b = fold(text(call, 0));
  const auto differ = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (differ.first == a.end() || differ.second == b.end()) {
    return integer(size(call) - static_cast<std::int64_t>(call.arguments[0].utf16_size()));
  }
  return integer(std::int64_t{*differ.first} - std::int64_t{*differ.second});
}

Outcome upper(const Invocation& call) {
  if (!scan(call)) return too_long();
  return make_string(text::to_upper(self(call)), call.meter);
}

Outcome lower(const Invocation& call) {
  if (!scan(call)) return too_long();
  return make_string(text::to_lower(self(call)), call.meter);
}

Outcome concat(const Invocation& call) {
  if (!call.meter.allocate(self(call).size() + text(call, 0).size())) return too_long();
  return Value::string(std::string(self(call)) + std::string(text(call, 0)));
}

// An empty needle stands between all units.
std::string interleave(const Invocation& call) {
  std::string out(text(call, 1));
  for (const char32_t point : text::to_code_points(self(call))) {
    text::append(out, point);
    out += text(call, 1);
  }
  return out;
}

Outcome replace(const Invocation& call) {
  if (!scan(call)) return too_long();
  const std::string_view from = text(call, 0);
  const std::string_view to = text(call, 1);
  // Every place takes at least one byte of the text, so this bounds the result before it is made.
  const std::size_t places = self(call).size() / std::max<std::size_t>(from.size(), 1) + 1;
  if (!call.meter.allocate(self(call).size() + (to.empty() ? 0 : places * to.size()))) {
    return too_long();
  }
  if (from.empty()) return Value::string(interleave(call));
  std::string out;
  std::size_t at = 0;
  for (std::size_t hit = text::find(self(call), from); hit != std::string_view::npos;
       hit = text::find(self(call), from, at)) {
    out += self(call).substr(at, hit - at);
    out += to;
    at = hit + from.size();
  }
  return Value::string(out += self(call).substr(at));
}

Outcome hash_code(const Invocation& call) {
  const auto hash = java_hash(call.target, call.meter);
  if (!hash) return hash.error();
  return integer(*hash);
}

std::string_view strip(std::string_view text, bool leading, bool trailing) {
  std::size_t begin = text.size();
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    if (text::is_white_space(text::decode(text, at))) continue;
    begin = std::min(begin, start);
    end = at;
  }
  if (!leading) begin = 0;
  if (!trailing) end = text.size();
  return begin < end ? text.substr(begin, end - begin) : std::string_view();
}

Outcome repeat(const Invocation& call) {
  const std::int64_t count = number(call, 0);
  if (count < 0) return other_error("a text cannot be repeated less than never");
  const auto bytes = static_cast<std::uint64_t>(count) * self(call).size();
  if (!call.meter.allocate(bytes)) return too_long();
  std::string out;
  out.reserve(bytes);
  for (std::int64_t i = 0; i < count && !self(call).empty(); ++i) out += self(call);
  return Value::string(out);
}

Outcome to_characters(const Invocation& call) {
  if (!call.meter.allocate(static_cast<std::size_t>(size(call)) * sizeof(Value))) return too_long();
  std::vector<Value> characters;
  for (const char16_t unit : text::to_units(self(call))) {
    characters.push_back(Value::character(unit));
  }
  return Value::array(std::move(characters));
}

Outcome value_of(const Invocation& call) {
  const Value& value = call.arguments[0];
  if (value.is_null()) return other_error("the argument of valueOf() is null");
  const bool is_characters =
      value.is(Kind::array) && !value.elements().empty() &&
      std::ranges::all_of(value.elements(), [](const Value& e) { return e.is(Kind::character); });
  if (is_characters) {
    std::u16string units;
    for (const Value& unit : value.elements()) units += static_cast<char16_t>(unit.as_int64());
    return make_string(text::from_units(units), call.meter);
  }
  return make_string(to_text(call.arguments[0]), call.meter);
}

Outcome equals(const Invocation& call) {
  return Value::boolean(java_equals(call.target, call.arguments[0]));
}

constexpr MethodEntry kMethods[] = {
    {"charAt", "i", char_at},
    {"codePointAt", "i", code_point_at},
    {"codePointCount", "ii", code_point_count},
    {"compareTo", "s",
     [](const Invocation& c) { return Outcome(integer(text::compare(self(c), text(c, 0)))); }},
    {"compareTo", "o",
     [](const Invocation&) { return Outcome(other_error("a text was expected")); }},
    {"compareToIgnoreCase", "s", compare_ignore_case},
    {"concat", "s", concat},
    {"contains", "s",
     [](const Invocation& c) -> Outcome {
       if (!scan(c)) return too_long();
       return Value::boolean(text::find(self(c), text(c, 0)) != std::string_view::npos);
     }},
    {"contentEquals", "s", equals},
    {"endsWith", "s",
     [](const Invocation& c) { return Outcome(Value::boolean(self(c).ends_with(text(c, 0)))); }},
    {"equals", "o", equals},
    {"equalsIgnoreCase", "t", equals_ignore_case},
    {"hashCode", "", hash_code},
    {"indexOf", "i", index_of},
    {"indexOf", "ii", index_of},
    {"indexOf", "s", index_of},
    {"indexOf", "si", index_of},
    {"intern", "", [](const Invocation& c) { return Outcome(c.target); }},
    {"isBlank", "",
     [](const Invocation& c) { return Outcome(Value::boolean(text::is_blank(self(c)))); }},
    {"isEmpty", "", [](const Invocation& c) { return Outcome(Value::boolean(self(c).empty())); }},
    {"lastIndexOf", "i", last_index_of},
    {"lastIndexOf", "ii", last_index_of},
    {"lastIndexOf", "s", last_index_of},
    {"lastIndexOf", "si", last_index_of},
    {"length", "", [](const Invocation& c) { return Outcome(integer(size(c))); }},
    {"repeat", "i", repeat},
    {"replace", "ss", replace},
    {"startsWith", "s",
     [](const Invocation& c) { return Outcome(Value::boolean(self(c).starts_with(text(c, 0)))); }},
    {"startsWith", "si", starts_with_from},
    {"strip", "",
     [](const Invocation& c) { return make_string(strip(self(c), true, true), c.meter); }},
    {"stripLeading", "",
     [](const Invocation& c) { return make_string(strip(self(c), true, false), c.meter); }},
    {"stripTrailing", "",
     [](const Invocation& c) { return make_string(strip(self(c), false, true), c.meter); }},
    {"subSequence", "ii", substring},
    {"substring", "i", substring},
    {"substring", "ii", substring},
    {"toCharArray", "", to_characters},
    {"toLowerCase", "", lower},
    {"toString", "", [](const Invocation& c) { return Outcome(c.target); }},
    {"toUpperCase", "", upper},
    {"trim", "", [](const Invocation& c) { return make_string(text::trim(self(c)), c.meter); }},
    {"valueOf", "o", value_of},
};

}  // namespace

std::span<const MethodEntry> string_methods() {
  return kMethods;
}

}  // namespace tripgate::jexl

// Methods of String about lines, regions and code points, and those that put texts together.
#include <algorithm>

#include "engine/jexl/builtins.h"
#include "engine/jexl/java_format.h"
#include "engine/jexl/java_views.h"
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

EvalError too_long() {
  return limit_error("the text is too long");
}
EvalError out_of_range() {
  return other_error("the index is out of range");
}

// A final line break ends the last line and begins no other.
std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
    const bool is_pair = text.starts_with("\r\n");
    text.remove_prefix(std::min<std::size_t>(is_pair ? 2 : 1, text.size()));
  }
  return lines;
}

template <class Element>
Outcome make_stream(const Invocation& call, const std::vector<Element>& parts,
                    Value (*make)(Element)) {
  if (!call.meter.step(parts.size()) || !call.meter.allocate(parts.size() * sizeof(Value) * 2)) {
    return too_long();
  }
  std::vector<Value> elements;
  elements.reserve(parts.size());
  for (const Element& part : parts) elements.push_back(make(part));
  return make_stream_view(std::move(elements));
}

Outcome lines(const Invocation& call) {
  if (!call.meter.allocate(self(call).size())) return too_long();
  return make_stream<std::string_view>(call, split_lines(self(call)), Value::string);
}

Outcome chars(const Invocation& call) {
  const std::u16string units = text::to_units(self(call));
  return make_stream<char16_t>(call, {units.begin(), units.end()},
                               [](char16_t unit) { return Value::int32(unit); });
}

Outcome code_points(const Invocation& call) {
  const std::u32string points = text::to_code_points(self(call));
  return make_stream<char32_t>(call, {points.begin(), points.end()}, [](char32_t point) {
    return Value::int32(static_cast<std::int32_t>(point));
  });
}

std::size_t count_leading_space(std::string_view line) {
  std::size_t at = 0;
  for (std::size_t next = 0; next < line.size(); at = next) {
    if (!text::is_white_space(text::decode(line, next))) break;
  }
  return at;
}

// Every line ends with one line feed afterwards.
Outcome indent(const Invocation& call) {
  const std::int64_t columns = number(call, 0);
  const auto parts = split_lines(self(call));
  const auto added = static_cast<std::size_t>(std::max<std::int64_t>(columns, 0));
  if (!call.meter.step(parts.size())) return too_long();
  if (!call.meter.allocate(self(call).size() + parts.size() * (added + 1))) return too_long();
  std::string out;
  for (std::string_view line : parts) {
    for (std::int64_t i = columns; i < 0 && count_leading_space(line) > 0; ++i) {
      std::size_t next = 0;
      (void)text::decode(line, next);
      line.remove_prefix(next);
    }
    out.append(added, ' ').append(line).append("\n");
  }
  return Value::string(out);
}

bool is_same_region(const Invocation& call, std::size_t first, bool ignores_case) {
  const std::u16string left = text::to_units(self(call));
  const std::u16string right = text::to_units(text(call, first + 1));
  const std::int64_t at = number(call, first);
  const std::int64_t other_at = number(call, first + 2);
  const std::int64_t length = number(call, first + 3);
  if (at < 0 || other_at < 0) return false;
  if (at + length > static_cast<std::int64_t>(left.size())) return false;
  if (other_at + length > static_cast<std::int64_t>(right.size())) return false;
  for (std::int64_t i = 0; i < length; ++i) {
    const char32_t a = left[static_cast<std::size_t>(at + i)];
    const char32_t b = right[static_cast<std::size_t>(other_at + i)];
    if (a == b) continue;
    if (!ignores_case || text::fold_case(a) != text::fold_case(b)) return false;
  }
  return true;
}

Outcome code_point_before(const Invocation& call) {
  const std::u16string units = text::to_units(self(call));
  const std::int64_t index = number(call, 0);
  if (index < 1 || index > static_cast<std::int64_t>(units.size())) return out_of_range();
  const auto at = static_cast<std::size_t>(index);
  const char16_t last = units[at - 1];
  const char16_t first = at > 1 ? units[at - 2] : u'\0';
  const bool is_pair = (last & 0xfc00U) == 0xdc00U && (first & 0xfc00U) == 0xd800U;
  if (!is_pair) return Value::int32(last);
  return Value::int32(0x10000 + ((first & 0x3ff) << 10) + (last & 0x3ff));
}

Outcome offset_by_code_points(const Invocation& call) {
  const std::u16string units = text::to_units(self(call));
  const auto size = static_cast<std::int64_t>(units.size());
  std::int64_t at = number(call, 0);
  std::int64_t left = number(call, 1);
  if (at < 0 || at > size) return out_of_range();
  const auto is_half = [&units, size](std::int64_t i, unsigned kind) {
    return i >= 0 && i < size && (units[static_cast<std::size_t>(i)] & 0xfc00U) == kind;
  };
  for (; left > 0 && at < size; --left)
    at += is_half(at, 0xd800) && is_half(at + 1, 0xdc00) ? 2 : 1;
  for (; left < 0 && at > 0; ++left)
    at -= is_half(at - 1, 0xdc00) && is_half(at - 2, 0xd800) ? 2 : 1;
  return left == 0 ? Outcome(Value::integer(at)) : Outcome(out_of_range());
}

Outcome join_texts(std::string_view separator, std::span<const Value> parts, Meter& meter) {
  std::string out;
  for (const Value& part : parts) {
    if (!part.is(Kind::string) && !part.is_null()) {
      return other_error("only texts can be joined");
    }
    const std::string piece = to_text(part);
    if (!meter.allocate(separator.size() + piece.size()) || !meter.step()) return too_long();
    if (&part != parts.data()) out += separator;
    out += piece;
  }
  return Value::string(out);
}

Outcome join_arguments(const Invocation& call) {
  return join_texts(text(call, 0), call.arguments.subspan(1), call.meter);
}

Outcome join_members(const Invocation& call) {
  const auto members = copy_members(call.arguments[1], call.meter);
  if (!members) return too_long();
  return join_texts(text(call, 0), *members, call.meter);
}

Outcome replace_unit(const Invocation& call) {
  if (!call.meter.allocate(2 * self(call).size())) return too_long();
  std::u16string units = text::to_units(self(call));
  std::ranges::replace(units, static_cast<char16_t>(number(call, 0)),
                       static_cast<char16_t>(number(call, 1)));
  return make_string(text::from_units(units), call.meter);
}

// A lone array of objects is the arguments themselves; one of numbers or characters is primitive in
// Java and a single argument.
std::span<const Value> spread(std::span<const Value> arguments) {
  if (arguments.size() != 1 || !arguments[0].is(Kind::array)) return arguments;
  const auto elements = arguments[0].elements();
  const bool is_primitive =
      !elements.empty() && (elements[0].is_number() || elements[0].is(Kind::character)) &&
      std::ranges::all_of(elements, [&](const Value& e) { return e.is(elements[0].kind()); });
  return is_primitive ? arguments : elements;
}

Outcome format(const Invocation& call) {
  return java_format(text(call, 0), spread(call.arguments.subspan(1)), call.meter);
}

constexpr MethodEntry kMethods[] = {
    {"chars", "", chars},
    {"codePointBefore", "i", code_point_before},
    {"codePoints", "", code_points},
    {"format", "so*", format},
    {"formatted", "o*",
     [](const Invocation& c) { return java_format(self(c), spread(c.arguments), c.meter); }},
    {"indent", "i", indent},
    {"join", "sA", join_members},
    {"join", "sC", join_members},
    {"join", "st*", join_arguments},
    {"lines", "", lines},
    {"offsetByCodePoints", "ii", offset_by_code_points},
    {"regionMatches", "bisii",
     [](const Invocation& c) {
       return Outcome(Value::boolean(is_same_region(c, 1, c.arguments[0].as_bool())));
     }},
    {"regionMatches", "isii",
     [](const Invocation& c) { return Outcome(Value::boolean(is_same_region(c, 0, false))); }},
    {"replace", "cc", replace_unit},
};

}  // namespace

std::span<const MethodEntry> line_methods() {
  return kMethods;
}

}  // namespace tripgate::jexl

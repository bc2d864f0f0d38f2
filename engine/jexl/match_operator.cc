// =~ =^ =$: text against a pattern or a prefix, anything against a container.
#include <algorithm>

#include "engine/jexl/builtins.h"
#include "engine/jexl/regex.h"
#include "engine/jexl/value_text.h"

namespace tripgate::jexl {
namespace {

bool is_collection(const Value& value) {
  return value.is(Kind::list) || value.is(Kind::set) || value.is(Kind::range);
}

// A range contains every number whose whole part lies in it.
bool range_contains(const IntegerRange& range, const Value& member) {
  if (!member.is_number()) return false;
  const auto number = to_long(member);
  if (!number) return false;
  const std::int64_t low = std::min(range.first, range.last);
  const std::int64_t high = std::max(range.first, range.last);
  return *number >= low && *number <= high;
}

bool contains(const Value& container, const Value& member) {
  if (container.is(Kind::set)) return container.contains_key(member);
  if (container.is(Kind::range)) return range_contains(container.as_range(), member);
  for (const Value& element : container.elements()) {
    if (java_equals(element, member)) return true;
  }
  return false;
}

// Whether every member of left is a member of right.
Coerced<bool> contains_all(const Value& right, const Value& left, Meter& meter) {
  const std::uint64_t count =
      left.is(Kind::range) ? range_size(left.as_range()) : count_members(left);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::size_t bytes = left.is(Kind::string) ? left.as_string().size() : 0;
    if (!meter.scan(bytes) || !meter.step(1 + count_members(right)))
      return limit_error("too many members to compare");
    const Value member = left.is(Kind::range) ? range_member(left.as_range(), i)
                         : left.is(Kind::set) ? left.entries()[i].key
                                              : left.elements()[i];
    if (!contains(right, member)) return false;
  }
  return true;
}

Coerced<bool> map_matches(const Value& left, const Value& map) {
  if (!left.is(Kind::map)) return map.contains_key(left);
  for (const Value::Entry& entry : left.entries()) {
    if (!map.contains_key(entry.key)) return false;
  }
  return true;
}

Coerced<bool> pattern_matches(const Value& left, const Value& pattern, const Regex* regex,
                              Meter& meter) {
  const auto subject = to_text(left, meter.memory_left());
  if (!subject || !charge_text_of(left, subject->size(), meter)) {
    return limit_error("the text of this value is too long");
  }
  if (regex != nullptr) return regex->matches(*subject, meter);
  if (!meter.step(kCompileStepsPerByte * pattern.as_string().size())) {
    return limit_error("too many patterns");
  }
  const auto compiled = Regex::compile(pattern.as_string());
  if (!compiled) return compiled.error();
  return compiled->matches(*subject, meter);
}

Coerced<bool> has_affix(const Value& left, const Value& right, bool at_end, Meter& meter) {
  if (left.is_null() || right.is_null()) return left.is_null() && right.is_null();
  if (!left.is(Kind::string)) return is_equal(left, right, meter);
  if (!meter.scan(left.as_string().size())) return limit_error("the text is too long");
  const auto affix = to_string(right, meter);
  if (!affix) return affix.error();
  return at_end ? left.as_string().ends_with(*affix) : left.as_string().starts_with(*affix);
}

}  // namespace

Coerced<bool> matches(const Value& left, const Value& right, const Regex* regex, Meter& meter) {
  if (left.is_null() || right.is_null()) return left.is_null() && right.is_null();
  const std::size_t bytes = left.is(Kind::string) ? left.as_string().size() : 0;
  if (!meter.scan(bytes) || !meter.step(1 + count_members(right)))
    return limit_error("too many members to compare");
  switch (right.kind()) {
    case Kind::string:
      return pattern_matches(left, right, regex, meter);
    case Kind::map:
      return map_matches(left, right);
    case Kind::list:
    case Kind::set:
    case Kind::range:
      if (is_collection(left)) return contains_all(right, left, meter);
      return contains(right, left);
    case Kind::array:
      return contains(right, left);
    default:
      return is_equal(left, right, meter);
  }
}

Coerced<bool> starts_with(const Value& left, const Value& right, Meter& meter) {
  return has_affix(left, right, false, meter);
}

Coerced<bool> ends_with(const Value& left, const Value& right, Meter& meter) {
  return has_affix(left, right, true, meter);
}

}  // namespace tripgate::jexl

// Methods of numbers, booleans and characters.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "engine/jexl/builtins.h"
#include "engine/jexl/java_hash.h"
#include "engine/jexl/number_text.h"
#include "engine/jexl/value_text.h"

namespace tripgate::jexl {
namespace {

Outcome equals(const Invocation& call) {
  return Value::boolean(java_equals(call.target, call.arguments[0]));
}

Outcome text(const Invocation& call) {
  return make_string(to_text(call.target), call.meter);
}

Outcome compare_to(const Invocation& call) {
  const Value& other = call.arguments[0];
  if (other.kind() != call.target.kind()) return other_error("the types of the numbers differ");
  const auto is_less = is_ordered(Op::less, call.target, other, call.meter);
  if (!is_less) return is_less.error();
  const auto is_same = is_equal(call.target, other, call.meter);
  if (!is_same) return is_same.error();
  return Value::int32(*is_same ? 0 : *is_less ? -1 : 1);
}

Outcome long_value(const Invocation& call) {
  const auto number = to_long(call.target);
  if (!number) return number.error();
  return Value::int64(*number);
}

// Floating numbers saturate, whole ones keep their low bits.
Outcome int_value(const Invocation& call) {
  auto number = to_long(call.target);
  if (!number) return number.error();
  if (call.target.is_floating()) {
    *number = std::clamp<std::int64_t>(*number, std::numeric_limits<std::int32_t>::min(),
                                       std::numeric_limits<std::int32_t>::max());
  }
  return Value::int32(static_cast<std::int32_t>(*number));
}

Outcome double_value(const Invocation& call) {
  if (call.target.is(Kind::float32)) return Value::float64(call.target.as_double());
  const auto number = to_double(call.target);
  if (!number) return number.error();
  return Value::float64(*number);
}

// Rounded once from the number's digits, as Java does for every type but double.
Outcome float_value(const Invocation& call) {
  if (call.target.is_floating()) return Value::float32(static_cast<float>(call.target.as_double()));
  float value = 0;
  const std::string digits = number_text(call.target);
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, value);
  if (read.ec != std::errc::result_out_of_range) return Value::float32(value);
  const auto wide = to_double(call.target);
  return Value::float32(wide ? static_cast<float>(*wide) : 0.0F);
}

// There are no values of 8 and 16 bits; an Integer stands in.
template <class Narrow>
Outcome narrow_value(const Invocation& call) {
  Outcome number = int_value(call);
  if (!number) return number;
  return Value::int32(static_cast<Narrow>(number->as_int64()));
}

Outcome hash_code(const Invocation& call) {
  const auto hash = java_hash(call.target, call.meter);
  if (!hash) return hash.error();
  return Value::int32(*hash);
}

constexpr MethodEntry kNumber[] = {
    {"byteValue", "", narrow_value<std::int8_t>},
    {"compareTo", "o", compare_to},
    {"doubleValue", "", double_value},
    {"equals", "o", equals},
    {"floatValue", "", float_value},
    {"intValue", "", int_value},
    {"longValue", "", long_value},
    {"shortValue", "", narrow_value<std::int16_t>},
    {"toString", "", text},
};

constexpr MethodEntry kFloating[] = {
    {"isInfinite", "",
     [](const Invocation& call) {
       return Outcome(Value::boolean(std::isinf(call.target.as_double())));
     }},
    {"isNaN", "",
     [](const Invocation& call) {
       return Outcome(Value::boolean(std::isnan(call.target.as_double())));
     }},
};

constexpr MethodEntry kObject[] = {
    {"hashCode", "", hash_code},
};

constexpr MethodEntry kBoolean[] = {
    {"booleanValue", "", [](const Invocation& call) { return Outcome(call.target); }},
    {"compareTo", "o", compare_to},
    {"equals", "o", equals},
    {"toString", "", text},
};

constexpr MethodEntry kCharacter[] = {
    {"charValue", "", [](const Invocation& call) { return Outcome(call.target); }},
    {"compareTo", "o", compare_to},
    {"equals", "o", equals},
    {"toString", "", text},
};

}  // namespace

std::span<const MethodEntry> number_methods() {
  return kNumber;
}
std::span<const MethodEntry> floating_methods() {
  return kFloating;
}
std::span<const MethodEntry> object_methods() {
  return kObject;
}
std::span<const MethodEntry> boolean_methods() {
  return kBoolean;
}
std::span<const MethodEntry> character_methods() {
  return kCharacter;
}

}  // namespace tripgate::jexl

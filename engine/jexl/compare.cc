// Equality, order, size and emptiness. The kind of one operand decides how both are compared.
#include <cmath>

#include "engine/jexl/big_number.h"
#include "engine/jexl/operators.h"
#include "engine/jexl/text.h"
#include "engine/jexl/value_text.h"

namespace tripgate::jexl {
namespace {

bool either(const Value& left, const Value& right, Kind kind) {
  return left.is(kind) || right.is(kind);
}

bool is_whole_kind(const Value& value) {
  return value.is(Kind::int32) || value.is(Kind::int64) || value.is(Kind::character);
}

int compare_doubles(double left, double right) {
  if (std::isnan(left)) return std::isnan(right) ? 0 : -1;
  if (std::isnan(right)) return 1;
  return left < right ? -1 : left > right ? 1 : 0;
}

Coerced<int> compare_texts(const Value& left, const Value& right, Meter& meter) {
  if (left.is(Kind::string) && right.is(Kind::string)) {
    if (!meter.scan(std::min(left.as_string().size(), right.as_string().size()))) {
      return limit_error("the texts are too long to be compared");
    }
    if (left.as_string() == right.as_string()) return 0;
    return text::compare(left.as_string(), right.as_string());
  }
  const auto a = to_string(left, meter);
  if (!a) return a.error();
  const auto b = to_string(right, meter);
  if (!b) return b.error();
  return text::compare(*a, *b);
}

template <class T>
Coerced<int> compare_as(Coerced<T> (*coerce)(const Value&), int (*order)(const T&, const T&),
                        const Value& left, const Value& right) {
  const auto a = coerce(left);
  if (!a) return a.error();
  const auto b = coerce(right);
  if (!b) return b.error();
  return order(*a, *b);
}

int order_longs(const std::int64_t& a, const std::int64_t& b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
int order_doubles(const double& a, const double& b) {
  return compare_doubles(a, b);
}
int order_big_integers(const BigInteger& a, const BigInteger& b) {
  return a.digits.compare(b.digits);
}
int order_big_decimals(const BigDecimal& a, const BigDecimal& b) {
  return a.compare(b);
}

Coerced<int> compare_values(const Value& left, const Value& right, bool is_equality, Meter& meter) {
  const bool are_texts = left.is(Kind::string) && right.is(Kind::string);
  if (!are_texts && !charge_operands(left, right, meter)) {
    return limit_error("the operands are too long");
  }
  if (either(left, right, Kind::big_decimal)) {
    return compare_as(to_big_decimal, order_big_decimals, left, right);
  }
  if (either(left, right, Kind::big_integer)) {
    return compare_as(to_big_integer, order_big_integers, left, right);
  }
  if (left.is_floating() || right.is_floating()) {
    return compare_as(to_double, order_doubles, left, right);
  }
  if (is_whole_kind(left) || is_whole_kind(right)) {
    return compare_as(to_long, order_longs, left, right);
  }
  if (either(left, right, Kind::string)) return compare_texts(left, right, meter);
  if (is_equality) {
    if (!meter.step(1 + count_members(left))) return limit_error("the values are too large");
    return java_equals(left, right) ? 0 : -1;
  }
  if (!either(left, right, Kind::boolean)) return arithmetic_error("these values have no order");
  if (left.is(Kind::boolean) && right.is(Kind::boolean)) {
    return static_cast<int>(left.as_bool()) - static_cast<int>(right.as_bool());
  }
  EvalError error = other_error("a boolean cannot be compared with this value");
  error.is_foreign = true;
  return error;
}

bool is_same(const Value& left, const Value& right) {
  return (left.is_null() && right.is_null()) || left.is_same_object(right);
}

}  // namespace

Coerced<bool> is_equal(const Value& left, const Value& right, Meter& meter) {
  if (is_same(left, right)) return true;
  if (left.is_null() || right.is_null()) return false;
  if (either(left, right, Kind::boolean)) {
    const auto a = to_boolean(left);
    const auto b = to_boolean(right);
    return *a == *b;
  }
  const auto order = compare_values(left, right, true, meter);
  if (!order) return order.error();
  return *order == 0;
}

Coerced<bool> is_ordered(Op op, const Value& left, const Value& right, Meter& meter) {
  const bool accepts_equal = op == Op::less_equal || op == Op::greater_equal;
  if (is_same(left, right)) return accepts_equal;
  if (left.is_null() || right.is_null()) return false;
  const auto order = compare_values(left, right, false, meter);
  if (!order) return order.error();
  if (*order == 0) return accepts_equal;
  return (*order < 0) == (op == Op::less || op == Op::less_equal);
}

std::uint64_t range_size(const IntegerRange& range) {
  const auto first = static_cast<std::uint64_t>(range.first);
  const auto last = static_cast<std::uint64_t>(range.last);
  return (range.first <= range.last ? last - first : first - last) + 1;
}

Value range_member(const IntegerRange& range, std::uint64_t index) {
  const auto first = static_cast<std::uint64_t>(range.first);
  const auto member =
      static_cast<std::int64_t>(range.first <= range.last ? first + index : first - index);
  return range.is_wide ? Value::int64(member) : Value::integer(member);
}

std::uint64_t count_members(const Value& value) {
  if (value.is_sequence()) return value.elements().size();
  if (value.is(Kind::map) || value.is(Kind::set)) return value.entries().size();
  return 0;
}

Value size_of(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
      return Value::int32(0);
    case Kind::string:
      return Value::integer(static_cast<std::int64_t>(value.utf16_size()));
    case Kind::list:
    case Kind::array:
    case Kind::set:
    case Kind::map:
      return Value::integer(static_cast<std::int64_t>(count_members(value)));
    case Kind::range: {
      const auto size = static_cast<std::int64_t>(range_size(value.as_range()));
      return Value::int32(static_cast<std::int32_t>(size));
    }
    default:
      return {};
  }
}

bool is_empty(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
      return true;
    case Kind::string:
      return value.as_string().empty();
    case Kind::list:
    case Kind::array:
    case Kind::set:
    case Kind::map:
      return count_members(value) == 0;
    default:
      break;
  }
  if (!value.is_number()) return false;
  if (value.is_floating()) return value.as_double() == 0 || std::isnan(value.as_double());
  const auto truth = to_boolean(value);
  return truth && !*truth;
}

}  // namespace tripgate::jexl

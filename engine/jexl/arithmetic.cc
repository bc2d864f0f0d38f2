// + - * / % and the bit operators. Integers that fit 64 bits take the short way; everything else is
// computed in the widest type involved and narrowed as the reference does.
#include <cmath>

#include "engine/jexl/big_number.h"
#include "engine/jexl/jexl_limits.h"
#include "engine/jexl/operators.h"
#include "engine/jexl/value_text.h"

namespace tripgate::jexl {
namespace {

bool is_small_integer(const Value& value) {
  return value.is(Kind::int32) || value.is(Kind::int64);
}

bool is_whole_kind(const Value& value) {
  return is_small_integer(value) || value.is(Kind::character);
}

// `[+-]?digits*` followed by a fraction or an exponent.
bool looks_like_float(const Value& value) {
  if (!value.is(Kind::string)) return false;
  std::string_view text = value.as_string();
  const auto skip_digits = [&text] {
    const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(size);
    return size;
  };
  const auto skip_one_of = [&text](std::string_view set) {
    if (text.empty() || set.find(text[0]) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
  };
  skip_one_of("+-");
  skip_digits();
  const bool has_point = skip_one_of(".");
  if (has_point) skip_digits();
  const bool has_exponent = skip_one_of("eE");
  if (!has_exponent) return has_point && text.empty();
  skip_one_of("+-");
  return skip_digits() > 0 && text.empty();
}

bool is_double_operand(const Value& value) {
  return value.is_floating() || looks_like_float(value);
}

EvalError null_operand() {
  return arithmetic_error("an operand is null");
}

EvalError division_by_zero() {
  return arithmetic_error("division by zero");
}

Value narrow(const Value& left, const Value& right, const BigInteger& result) {
  const bool stays_big = left.is(Kind::big_integer) || right.is(Kind::big_integer);
  if (stays_big || !result.fits_int64()) return Value::big_integer(result);
  if (left.is(Kind::int64) || right.is(Kind::int64)) return Value::int64(result.low_bits());
  return Value::integer(result.low_bits());
}

// Division and modulus never overflow here but for the smallest long divided by -1.
std::optional<Outcome> calculate_small(Op op, const Value& left, const Value& right) {
  const std::int64_t a = left.as_int64();
  const std::int64_t b = right.as_int64();
  std::int64_t result = 0;
  switch (op) {
    case Op::add:
      if (__builtin_add_overflow(a, b, &result)) return std::nullopt;
      break;
    case Op::subtract:
      if (__builtin_sub_overflow(a, b, &result)) return std::nullopt;
      break;
    case Op::multiply:
      if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
      break;
    default:
      return std::nullopt;
  }
  const bool is_long = left.is(Kind::int64) || right.is(Kind::int64);
  return is_long ? Value::int64(result) : Value::integer(result);
}

Outcome calculate_whole(Op op, const Value& left, const Value& right) {
  const auto a = to_big_integer(left);
  if (!a) return a.error();
  const auto b = to_big_integer(right);
  if (!b) return b.error();
  BigInteger result;
  switch (op) {
    case Op::add:
      result.digits = a->digits + b->digits;
      break;
    case Op::subtract:
      result.digits = a->digits - b->digits;
      break;
    case Op::multiply:
      result.digits = a->digits * b->digits;
      break;
    case Op::divide:
      if (b->digits.is_zero()) return division_by_zero();
      result.digits = a->digits / b->digits;
      break;
    default:
      if (b->digits.is_zero()) return division_by_zero();
      if (b->digits < 0) return arithmetic_error("the right operand of % is negative");
      result.digits = a->digits % b->digits;
      if (result.digits < 0) result.digits += b->digits;
  }
  if (!result.digits.is_zero() && msb(abs(result.digits)) >= kMaxBigBits) {
    return limit_error("this number has too many digits");
  }
  return narrow(left, right, result);
}

Outcome calculate_double(Op op, const Value& left, const Value& right) {
  const auto a = to_double(left);
  if (!a) return a.error();
  const auto b = to_double(right);
  if (!b) return b.error();
  switch (op) {
    case Op::add:
      return Value::float64(*a + *b);
    case Op::subtract:
      return Value::float64(*a - *b);
    case Op::multiply:
      return Value::float64(*a * *b);
    default:
      break;
  }
  if (*b == 0) return division_by_zero();
  return Value::float64(op == Op::divide ? *a / *b : std::fmod(*a, *b));
}

Outcome calculate_decimal(Op op, const Value& left, const Value& right) {
  const auto a = to_big_decimal(left);
  if (!a) return a.error();
  const auto b = to_big_decimal(right);
  if (!b) return b.error();
  if ((op == Op::divide || op == Op::modulo) && b->is_zero()) return division_by_zero();
  const auto rest = op == Op::modulo ? remainder(*a, *b) : std::optional(BigDecimal{});
  if (!rest) return arithmetic_error("the quotient has too many digits for a remainder");
  const BigDecimal result = op == Op::add        ? add(*a, *b)
                            : op == Op::subtract ? subtract(*a, *b)
                            : op == Op::multiply ? multiply(*a, *b)
                            : op == Op::divide   ? divide(*a, *b)
                                                 : *rest;
  if ((is_whole_kind(left) || is_whole_kind(right)) && result.is_whole()) {
    const auto whole = result.whole_part();
    if (whole && whole->fits_int64()) return Value::integer(whole->low_bits());
  }
  return Value::big_decimal(result);
}

Outcome calculate_bits(Op op, const Value& left, const Value& right) {
  const auto a = to_long(left);
  if (!a) return a.error();
  const auto b = to_long(right);
  if (!b) return b.error();
  if (op == Op::bit_and) return Value::int64(*a & *b);
  return Value::int64(op == Op::bit_or ? *a | *b : *a ^ *b);
}

Outcome concatenate(const Value& left, const Value& right, Meter& meter) {
  auto a = to_string(left, meter);
  if (!a) return a.error();
  const auto b = to_string(right, meter);
  if (!b) return b.error();
  return Value::string(*a += *b);
}

}  // namespace

Outcome calculate(Op op, const Value& left, const Value& right, Meter& meter) {
  if (op == Op::bit_and || op == Op::bit_or || op == Op::bit_xor) {
    return calculate_bits(op, left, right);
  }
  if (is_small_integer(left) && is_small_integer(right)) {
    const auto small = calculate_small(op, left, right);
    if (small) return *small;
  }
  if (left.is_null() || right.is_null()) return null_operand();
  if (op == Op::add && (left.is(Kind::string) || right.is(Kind::string))) {
    return concatenate(left, right, meter);
  }
  if (!charge_operands(left, right, meter)) return limit_error("the numbers are too long");
  if (left.is(Kind::big_decimal) || right.is(Kind::big_decimal)) {
    return calculate_decimal(op, left, right);
  }
  if (is_double_operand(left) || is_double_operand(right)) return calculate_double(op, left, right);
  return calculate_whole(op, left, right);
}

Outcome negate(const Value& value) {
  switch (value.kind()) {
    case Kind::boolean:
      return Value::boolean(!value.as_bool());
    case Kind::int32:
      return Value::int32(static_cast<std::int32_t>(-value.as_int64()));  // Wraps at -2^31.
    case Kind::int64:
      return Value::int64(static_cast<std::int64_t>(-static_cast<std::uint64_t>(value.as_int64())));
    case Kind::float32:
      return Value::float32(static_cast<float>(-value.as_double()));
    case Kind::float64:
      return Value::float64(-value.as_double());
    case Kind::big_integer:
      return Value::big_integer({-value.as_big_integer().digits});
    case Kind::big_decimal:
      return Value::big_decimal({-value.as_big_decimal().unscaled, value.as_big_decimal().scale});
    default:
      return arithmetic_error("this value cannot be negated");
  }
}

Outcome complement(const Value& value) {
  const auto bits = to_long(value);
  if (!bits) return bits.error();
  return Value::int64(~*bits);
}

Value negate_literal(const Value& value, std::string_view text) {
  const Outcome negated = negate(value);
  // A number that its type cannot hold has no value; running the script complains.
  if (!negated) return value;
  const char suffix = text.back();
  const bool has_suffix = suffix == 'l' || suffix == 'L' || suffix == 'h' || suffix == 'H';
  // Minus 2^31 is an Integer although its digits alone are a Long.
  if (!has_suffix && negated->is(Kind::int64)) return Value::integer(negated->as_int64());
  return *negated;
}

Outcome make_range(const Value& first, const Value& last) {
  const auto a = to_long(first);
  if (!a) return a.error();
  const auto b = to_long(last);
  if (!b) return b.error();
  const auto fits = [](std::int64_t n) { return n == static_cast<std::int32_t>(n); };
  return Value::range({.first = *a, .last = *b, .is_wide = !fits(*a) || !fits(*b)});
}

}  // namespace tripgate::jexl

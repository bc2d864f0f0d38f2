// Methods of BigDecimal. Unlike the operators, they compute exactly; a result without end, or too
// large for the limits, fails.
#include <algorithm>

#include "engine/jexl/builtins.h"
#include "engine/jexl/builtins_big.h"
#include "engine/jexl/jexl_limits.h"

namespace tripgate::jexl {
namespace {

const BigDecimal& decimal(const Invocation& call) {
  return call.target.as_big_decimal();
}
const BigDecimal& other_decimal(const Invocation& call) {
  return call.arguments[0].as_big_decimal();
}
std::int64_t number(const Invocation& call, std::size_t i = 0) {
  return call.arguments[i].as_int64();
}

Outcome big_decimal(const WideInt& unscaled, std::int64_t scale) {
  const bool is_far = scale > kMaxScale || scale < -kMaxScale;
  if (is_far || bits_of(unscaled) > kMaxBigBits) return too_many_digits();
  return Value::big_decimal({unscaled, static_cast<std::int32_t>(scale)});
}

WideInt power_of_ten(std::int64_t exponent) {
  return boost::multiprecision::pow(WideInt(10), static_cast<unsigned>(exponent));
}

// Java's numbers for its rounding modes, as setScale(int, int) takes them.
enum class Rounding : std::uint8_t {
  up,
  down,
  ceiling,
  floor,
  half_up,
  half_down,
  half_even,
  unnecessary,
};

std::optional<Rounding> rounding_of(std::int64_t number) {
  if (number < 0 || number > 7) return std::nullopt;
  return static_cast<Rounding>(number);
}

// Whether a quotient whose rest is not 0 moves away from zero. order: twice the rest against the
// divisor.
bool moves_away(Rounding rounding, bool is_negative, int order, bool is_odd) {
  switch (rounding) {
    case Rounding::up:
      return true;
    case Rounding::ceiling:
      return !is_negative;
    case Rounding::floor:
      return is_negative;
    case Rounding::half_up:
      return order >= 0;
    case Rounding::half_down:
      return order > 0;
    case Rounding::half_even:
      return order > 0 || (order == 0 && is_odd);
    default:
      return false;
  }
}

Coerced<WideInt> divide_wide(const WideInt& value, const WideInt& divisor, Rounding rounding) {
  WideInt quotient;
  WideInt rest;
  divide_qr(value, divisor, quotient, rest);
  if (rest.is_zero()) return quotient;
  if (rounding == Rounding::unnecessary) return arithmetic_error("the number must be rounded");
  const bool is_negative = (value < 0) != (divisor < 0);
  const int order = WideInt(abs(rest) * 2).compare(WideInt(abs(divisor)));
  const bool is_odd = bit_test(WideInt(abs(quotient)), 0);
  if (moves_away(rounding, is_negative, order, is_odd)) quotient += is_negative ? -1 : 1;
  return quotient;
}

bool is_far(std::int64_t scale) {
  return scale > kMaxScale || scale < -kMaxScale;
}

Outcome set_scale(const BigDecimal& value, std::int64_t scale, Rounding rounding) {
  if (is_far(scale) || is_far(value.scale)) return too_many_digits();
  if (scale >= value.scale) {
    return big_decimal(value.unscaled * power_of_ten(scale - value.scale), scale);
  }
  const auto kept = divide_wide(value.unscaled, power_of_ten(value.scale - scale), rounding);
  if (!kept) return kept.error();
  return big_decimal(*kept, scale);
}

Outcome set_scale_rounded(const Invocation& call) {
  const auto rounding = rounding_of(number(call, 1));
  if (!rounding) return other_error("no such way to round");
  return set_scale(decimal(call), number(call), *rounding);
}

Outcome divide_to(const BigDecimal& left, const BigDecimal& right, std::int64_t scale,
                  Rounding rounding) {
  if (right.is_zero()) return division_by_zero();
  const std::int64_t shift = scale + right.scale - left.scale;
  if (is_far(scale) || is_far(shift)) return too_many_digits();
  const WideInt top = shift > 0 ? WideInt(left.unscaled * power_of_ten(shift)) : left.unscaled;
  const WideInt bottom =
      shift < 0 ? WideInt(right.unscaled * power_of_ten(-shift)) : right.unscaled;
  const auto quotient = divide_wide(top, bottom, rounding);
  if (!quotient) return quotient.error();
  return big_decimal(*quotient, scale);
}

Outcome divide_rounded(const Invocation& call) {
  const bool has_scale = call.arguments.size() == 3;
  const auto rounding = rounding_of(number(call, has_scale ? 2 : 1));
  if (!rounding) return other_error("no such way to round");
  const std::int64_t scale = has_scale ? number(call, 1) : decimal(call).scale;
  return divide_to(decimal(call), other_decimal(call), scale, *rounding);
}

// Drops zeros at the end as long as the scale stays at least smallest.
BigDecimal strip_zeros(BigDecimal value, std::int64_t smallest) {
  while (value.scale > smallest && value.unscaled % 10 == 0) {
    value.unscaled /= 10;
    --value.scale;
  }
  return value;
}

// A quotient ends only if the divisor, without what it shares with the dividend, has no prime
// factors but 2 and 5.
Outcome divide_exactly(const Invocation& call) {
  const BigDecimal& left = decimal(call);
  const BigDecimal& right = other_decimal(call);
  if (right.is_zero()) return division_by_zero();
  const std::int64_t preferred = std::int64_t{left.scale} - right.scale;
  if (left.is_zero()) return big_decimal(0, preferred);
  WideInt rest = abs(right.unscaled) / gcd(left.unscaled, right.unscaled);
  std::int64_t digits = 0;
  for (; rest % 10 == 0; rest /= 10) ++digits;
  for (; rest % 5 == 0; rest /= 5) ++digits;
  for (; rest % 2 == 0; rest /= 2) ++digits;
  if (rest != 1) return arithmetic_error("the quotient has no end");
  if (is_far(digits) || is_far(preferred)) return too_many_digits();
  const WideInt quotient = left.unscaled * power_of_ten(digits) / right.unscaled;
  const BigDecimal exact{quotient, static_cast<std::int32_t>(preferred + digits)};
  const BigDecimal stripped = strip_zeros(exact, preferred);
  return big_decimal(stripped.unscaled, stripped.scale);
}

struct Aligned {
  WideInt left;
  WideInt right;
  std::int64_t scale = 0;
};

std::optional<Aligned> align(const Invocation& call) {
  const BigDecimal& left = decimal(call);
  const BigDecimal& right = other_decimal(call);
  const std::int64_t scale = std::max(left.scale, right.scale);
  if (is_far(scale - left.scale) || is_far(scale - right.scale)) return std::nullopt;
  return Aligned{left.unscaled * power_of_ten(scale - left.scale),
                 right.unscaled * power_of_ten(scale - right.scale), scale};
}

template <class Compute>
Outcome with_aligned(const Invocation& call, Compute compute) {
  const auto both = align(call);
  if (!both) return too_many_digits();
  return compute(*both);
}

// The whole part of a quotient, with the scale that Java gives it.
Outcome integral_quotient(const Aligned& both, const Invocation& call) {
  const std::int64_t preferred = std::int64_t{decimal(call).scale} - other_decimal(call).scale;
  const WideInt quotient = both.left / both.right;
  if (quotient.is_zero()) return big_decimal(0, preferred);
  if (preferred >= 0) return big_decimal(quotient * power_of_ten(preferred), preferred);
  const BigDecimal stripped = strip_zeros({quotient, 0}, preferred);
  return big_decimal(stripped.unscaled, stripped.scale);
}

Outcome exact_remainder(const Aligned& both, const Invocation& call) {
  Outcome quotient = integral_quotient(both, call);
  if (!quotient) return quotient;
  const std::int64_t scale =
      std::max<std::int64_t>(decimal(call).scale, std::int64_t{quotient->as_big_decimal().scale} +
                                                      other_decimal(call).scale);
  const BigDecimal rest{both.left % both.right, static_cast<std::int32_t>(both.scale)};
  return set_scale(rest, scale, Rounding::down);
}

template <class Compute>
Outcome with_decimal_divisor(const Invocation& call, Compute compute) {
  if (other_decimal(call).is_zero()) return division_by_zero();
  return with_aligned(call, [&](const Aligned& both) { return compute(both, call); });
}

Outcome quotient_and_remainder(const Aligned& both, const Invocation& call) {
  return pair_of(integral_quotient(both, call), exact_remainder(both, call));
}

Outcome decimal_power(const Invocation& call) {
  if (number(call) < 0 || number(call) > 999'999'999) {
    return arithmetic_error("the exponent is out of range");
  }
  const std::int64_t scale = std::int64_t{decimal(call).scale} * number(call);
  const auto bits = std::uint64_t{bits_of(decimal(call).unscaled)};
  const bool is_unit = abs(decimal(call).unscaled) <= 1;
  if (is_far(scale)) return too_many_digits();
  if (!is_unit && (bits - 1) * static_cast<std::uint64_t>(number(call)) > kMaxBigBits) {
    return too_many_digits();
  }
  const std::int64_t exponent = is_unit && number(call) > 0 ? 2 - number(call) % 2 : number(call);
  return big_decimal(
      boost::multiprecision::pow(decimal(call).unscaled, static_cast<unsigned>(exponent)), scale);
}

Outcome move_point(const Invocation& call, std::int64_t right) {
  if (right == 0) return call.target;
  const std::int64_t scale = std::int64_t{decimal(call).scale} - right;
  if (is_far(scale)) return too_many_digits();
  const BigDecimal moved{decimal(call).unscaled, static_cast<std::int32_t>(scale)};
  return scale < 0 ? set_scale(moved, 0, Rounding::unnecessary)
                   : big_decimal(moved.unscaled, moved.scale);
}

Outcome strip_trailing_zeros(const Invocation& call) {
  if (decimal(call).is_zero()) return big_decimal(0, 0);
  const BigDecimal stripped = strip_zeros(decimal(call), -kMaxScale);
  return big_decimal(stripped.unscaled, stripped.scale);
}

Outcome plain_text(const Invocation& call) {
  const BigDecimal& value = decimal(call);
  if (is_far(value.scale)) return too_many_digits();
  std::string digits = WideInt(abs(value.unscaled)).str();
  if (value.scale < 0 && digits != "0") digits.append(static_cast<std::size_t>(-value.scale), '0');
  if (value.scale > 0) {
    const auto fraction = static_cast<std::size_t>(value.scale);
    if (digits.size() <= fraction) digits.insert(0, fraction + 1 - digits.size(), '0');
    digits.insert(digits.size() - fraction, ".");
  }
  return make_string((value.unscaled < 0 ? "-" : "") + digits, call.meter);
}

// Exponents are multiples of three there.
Outcome engineering_text(const Invocation& call) {
  const BigDecimal& value = decimal(call);
  std::string digits = WideInt(abs(value.unscaled)).str();
  const std::int64_t exponent = static_cast<std::int64_t>(digits.size()) - 1 - value.scale;
  if (value.scale == 0 || (value.scale > 0 && exponent >= -6)) {
    return make_string(value.to_text(), call.meter);
  }
  std::int64_t before = exponent % 3;
  if (before < 0) before += 3;
  std::int64_t power = exponent - before;
  ++before;
  if (value.is_zero() && before > 1) {
    // A zero shows its scale by zeros behind the point: 0.00E+3 for 0E+1.
    digits = before == 2 ? "0.00" : "0.0";
    power += 3;
  } else if (static_cast<std::size_t>(before) >= digits.size()) {
    digits.append(static_cast<std::size_t>(before) - digits.size(), '0');
  } else {
    digits.insert(static_cast<std::size_t>(before), ".");
  }
  if (power != 0) digits += (power > 0 ? "E+" : "E") + std::to_string(power);
  return make_string((value.unscaled < 0 ? "-" : "") + digits, call.meter);
}

Outcome whole_exactly(const Invocation& call) {
  const auto whole = decimal(call).whole_part();
  if (!whole) return too_many_digits();
  if (!decimal(call).is_whole()) return arithmetic_error("the number has a fraction");
  return make_big_integer(whole->digits);
}

template <class Whole>
Outcome decimal_exactly(const Invocation& call) {
  const Outcome whole = whole_exactly(call);
  return whole ? exactly<Whole>(whole->as_big_integer().digits) : whole;
}

Outcome larger(const Invocation& call) {
  return decimal(call).compare(other_decimal(call)) >= 0 ? call.target : call.arguments[0];
}
Outcome smaller(const Invocation& call) {
  return decimal(call).compare(other_decimal(call)) <= 0 ? call.target : call.arguments[0];
}

Outcome whole_part(const Invocation& call) {
  const auto whole = decimal(call).whole_part();
  return whole ? make_big_integer(whole->digits) : Outcome(too_many_digits());
}

constexpr MethodEntry kBigDecimal[] = {
    {"abs", "",
     [](const Invocation& c) { return big_decimal(abs(decimal(c).unscaled), decimal(c).scale); }},
    {"add", "D",
     [](const Invocation& c) {
       return with_aligned(c, [](auto& b) { return big_decimal(b.left + b.right, b.scale); });
     }},
    {"divide", "D", divide_exactly},
    {"divide", "Di", divide_rounded},
    {"divide", "Dii", divide_rounded},
    {"divideAndRemainder", "D",
     [](const Invocation& c) { return with_decimal_divisor(c, quotient_and_remainder); }},
    {"divideToIntegralValue", "D",
     [](const Invocation& c) { return with_decimal_divisor(c, integral_quotient); }},
    {"intValueExact", "", decimal_exactly<std::int32_t>},
    {"longValueExact", "", decimal_exactly<std::int64_t>},
    {"max", "D", larger},
    {"min", "D", smaller},
    {"movePointLeft", "i", [](const Invocation& c) { return move_point(c, -number(c)); }},
    {"movePointRight", "i", [](const Invocation& c) { return move_point(c, number(c)); }},
    {"multiply", "D",
     [](const Invocation& c) {
       return big_decimal(decimal(c).unscaled * other_decimal(c).unscaled,
                          std::int64_t{decimal(c).scale} + other_decimal(c).scale);
     }},
    {"negate", "",
     [](const Invocation& c) { return big_decimal(-decimal(c).unscaled, decimal(c).scale); }},
    {"plus", "", [](const Invocation& c) { return Outcome(c.target); }},
    {"pow", "i", decimal_power},
    {"precision", "",
     [](const Invocation& c) { return Outcome(Value::int32(decimal(c).precision())); }},
    {"remainder", "D",
     [](const Invocation& c) { return with_decimal_divisor(c, exact_remainder); }},
    {"scale", "", [](const Invocation& c) { return Outcome(Value::int32(decimal(c).scale)); }},
    {"scaleByPowerOfTen", "i",
     [](const Invocation& c) {
       return big_decimal(decimal(c).unscaled, std::int64_t{decimal(c).scale} - number(c));
     }},
    {"setScale", "i",
     [](const Invocation& c) { return set_scale(decimal(c), number(c), Rounding::unnecessary); }},
    {"setScale", "ii", set_scale_rounded},
    {"signum", "",
     [](const Invocation& c) { return Outcome(Value::int32(decimal(c).unscaled.sign())); }},
    {"stripTrailingZeros", "", strip_trailing_zeros},
    {"subtract", "D",
     [](const Invocation& c) {
       return with_aligned(c, [](auto& b) { return big_decimal(b.left - b.right, b.scale); });
     }},
    {"toBigInteger", "", whole_part},
    {"toBigIntegerExact", "", whole_exactly},
    {"toEngineeringString", "", engineering_text},
    {"toPlainString", "", plain_text},
    {"ulp", "", [](const Invocation& c) { return big_decimal(1, decimal(c).scale); }},
    {"unscaledValue", "",
     [](const Invocation& c) { return make_big_integer(decimal(c).unscaled); }},
};

}  // namespace

std::span<const MethodEntry> big_decimal_methods() {
  return kBigDecimal;
}

}  // namespace tripgate::jexl

// BigInteger and BigDecimal with Java's text and scales; results keep 34 significant digits.
#include "engine/jexl/big_number.h"

#include <algorithm>

#include "engine/jexl/jexl_limits.h"
#include "engine/jexl/number_text.h"
#include "engine/jexl/text.h"

namespace tripgate::jexl {
namespace {

constexpr int kPrecision = 34;  // MathContext.DECIMAL128

WideInt power_of_ten(std::int64_t exponent) {
  return boost::multiprecision::pow(WideInt(10), static_cast<unsigned>(exponent));
}

int digit_count(const WideInt& value) {
  if (value.is_zero()) return 1;
  // msb * log10(2) is off by at most one.
  const auto bits = static_cast<double>(msb(abs(value)));
  const int guess = static_cast<int>(bits * 0.30102999566398120) + 1;
  return abs(value) >= power_of_ten(guess) ? guess + 1 : guess;
}

// value / divisor, rounded half even.
WideInt divide_rounded(const WideInt& value, const WideInt& divisor) {
  WideInt quotient;
  WideInt rest;
  divide_qr(value, divisor, quotient, rest);
  const WideInt twice = abs(rest) * 2;
  const int order = twice.compare(abs(divisor));
  if (order > 0 || (order == 0 && bit_test(abs(quotient), 0))) {
    quotient += (value < 0) == (divisor < 0) ? 1 : -1;
  }
  return quotient;
}

BigDecimal with_scale(WideInt unscaled, std::int64_t scale) {
  const std::int64_t bounded = std::clamp(scale, -kMaxScale * 4, kMaxScale * 4);
  return {std::move(unscaled), static_cast<std::int32_t>(bounded)};
}

// Drops trailing zeros as long as the scale stays at least smallest.
BigDecimal stripped(BigDecimal value, std::int64_t smallest) {
  while (value.scale > smallest) {
    if (value.unscaled.is_zero()) {
      value.scale = static_cast<std::int32_t>(smallest);
      break;
    }
    if (value.unscaled % 10 != 0) break;
    value.unscaled /= 10;
    --value.scale;
  }
  return value;
}

// Both operands' digits at the larger of their scales.
struct Aligned {
  WideInt left;
  WideInt right;
  std::int32_t scale = 0;
};

Aligned align(const BigDecimal& left, const BigDecimal& right) {
  const std::int32_t scale = std::max(left.scale, right.scale);
  return {left.unscaled * power_of_ten(scale - left.scale),
          right.unscaled * power_of_ten(scale - right.scale), scale};
}

}  // namespace

std::string BigInteger::to_text() const {
  return digits.str();
}

std::int64_t BigInteger::low_bits() const {
  const WideInt magnitude = abs(digits) & WideInt(~std::uint64_t{0});
  const auto bits = static_cast<std::uint64_t>(magnitude);
  return static_cast<std::int64_t>(digits < 0 ? ~bits + 1 : bits);
}

bool BigInteger::fits_int64() const {
  return digits >= std::numeric_limits<std::int64_t>::min() &&
         digits <= std::numeric_limits<std::int64_t>::max();
}

double BigInteger::to_double() const {
  return parse_java_double(to_text()).value_or(0);
}

std::optional<BigInteger> BigInteger::from_text(std::string_view text) {
  if (text.size() > kMaxNumberSize) return std::nullopt;
  std::string ascii;
  std::size_t at = 0;
  const bool is_negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) ++at;
  while (at < text.size()) {
    const auto digit = text::digit_value(text::decode(text, at));
    if (!digit) return std::nullopt;
    if (!ascii.empty() || *digit != 0 || at == text.size())
      ascii += static_cast<char>('0' + *digit);
  }
  if (ascii.empty()) return std::nullopt;
  WideInt value(ascii);
  if (is_negative) value = -value;
  return BigInteger{value};
}

std::string BigDecimal::to_text() const {
  std::string digits = WideInt(abs(unscaled)).str();
  const std::string sign = unscaled < 0 ? "-" : "";
  if (scale == 0) return sign + digits;
  const std::int64_t exponent = static_cast<std::int64_t>(digits.size()) - 1 - scale;
  if (scale > 0 && exponent >= -6) {
    const auto fraction = static_cast<std::size_t>(scale);
    if (digits.size() <= fraction) digits.insert(0, fraction + 1 - digits.size(), '0');
    digits.insert(digits.size() - fraction, ".");
    return sign + digits;
  }
  if (digits.size() > 1) digits.insert(1, ".");
  if (exponent == 0) return sign + digits;
  return sign + digits + "E" + (exponent > 0 ? "+" : "") + std::to_string(exponent);
}

int BigDecimal::precision() const {
  return digit_count(unscaled);
}

std::optional<BigInteger> BigDecimal::whole_part() const {
  if (unscaled.is_zero() || scale == 0) return BigInteger{unscaled};
  if (scale < -kMaxScale) return std::nullopt;
  if (scale < 0) return BigInteger{unscaled * power_of_ten(-scale)};
  if (scale > precision()) return BigInteger{};
  return BigInteger{unscaled / power_of_ten(scale)};
}

bool BigDecimal::is_whole() const {
  if (scale <= 0 || unscaled.is_zero()) return true;
  return scale <= precision() && unscaled % power_of_ten(scale) == 0;
}

int BigDecimal::compare(const BigDecimal& other) const {
  const int sign = unscaled.sign();
  if (sign != other.unscaled.sign() || sign == 0) return sign - other.unscaled.sign();
  const std::int64_t magnitude = std::int64_t{precision()} - scale;
  const std::int64_t other_magnitude = std::int64_t{other.precision()} - other.scale;
  if (magnitude != other_magnitude) return magnitude < other_magnitude ? -sign : sign;
  const Aligned both = align(*this, other);
  return both.left.compare(both.right);
}

BigDecimal BigDecimal::rounded() const {
  BigDecimal out = *this;
  // Rounding 99...9 up may carry into one more digit.
  for (int extra = out.precision() - kPrecision; extra > 0; extra = out.precision() - kPrecision) {
    out = with_scale(divide_rounded(out.unscaled, power_of_ten(extra)),
                     std::int64_t{out.scale} - extra);
  }
  return out;
}

std::optional<BigDecimal> BigDecimal::from_text(std::string_view text) {
  if (text.size() > kMaxNumberSize) return std::nullopt;
  const std::size_t e = text.find_first_of("eE");
  std::string digits(text.substr(0, e));
  std::int64_t scale = 0;
  const std::size_t point = digits.find('.');
  if (point != std::string::npos) {
    digits.erase(point, 1);
    scale = static_cast<std::int64_t>(digits.size() - point);
  }
  if (e != std::string_view::npos) {
    const auto exponent = parse_java_long(text.substr(e + 1));
    if (!exponent || *exponent > kMaxScale || *exponent < -kMaxScale) return std::nullopt;
    scale -= *exponent;
  }
  auto unscaled = BigInteger::from_text(digits);
  if (!unscaled) return std::nullopt;
  return BigDecimal{std::move(unscaled->digits), static_cast<std::int32_t>(scale)};
}

namespace {

// Adding 1E+5000 and 1E-5000 would build ten thousand digits to round them away: the far smaller
// operand only matters as a sign, so it is brought within reach of the rounding digit.
BigDecimal nearer(const BigDecimal& small, const BigDecimal& large) {
  const std::int64_t gap = (std::int64_t{large.precision()} - large.scale) -
                           (std::int64_t{small.precision()} - small.scale);
  if (gap <= 3 * kPrecision || small.is_zero() || large.is_zero()) return small;
  const std::int64_t scale =
      std::max<std::int64_t>(large.scale, kPrecision - large.precision() + large.scale) + 3;
  return with_scale(WideInt(small.unscaled.sign()), scale);
}

}  // namespace

BigDecimal add(const BigDecimal& left, const BigDecimal& right) {
  const Aligned both = align(nearer(left, right), nearer(right, left));
  return BigDecimal{both.left + both.right, both.scale}.rounded();
}

BigDecimal subtract(const BigDecimal& left, const BigDecimal& right) {
  return add(left, BigDecimal{-right.unscaled, right.scale});
}

BigDecimal multiply(const BigDecimal& left, const BigDecimal& right) {
  return with_scale(left.unscaled * right.unscaled, std::int64_t{left.scale} + right.scale)
      .rounded();
}

BigDecimal divide(const BigDecimal& left, const BigDecimal& right) {
  const std::int64_t preferred = std::int64_t{left.scale} - right.scale;
  if (left.is_zero()) return with_scale(WideInt(0), preferred);
  // Enough digits that the quotient has at least 34, plus a sticky digit for the rounding.
  const std::int64_t shift =
      std::max<std::int64_t>(0, kPrecision + 3 + right.precision() - left.precision());
  WideInt quotient;
  WideInt rest;
  divide_qr(WideInt(left.unscaled * power_of_ten(shift)), right.unscaled, quotient, rest);
  std::int64_t scale = preferred + shift;
  const bool is_exact = rest.is_zero();
  if (!is_exact) {
    quotient = quotient * 10 + ((left.unscaled < 0) == (right.unscaled < 0) ? 1 : -1);
    ++scale;
  }
  const BigDecimal exact = with_scale(quotient, scale);
  const BigDecimal result = exact.rounded();
  return is_exact && result.compare(exact) == 0 ? stripped(result, preferred) : result;
}

namespace {

// The scale that Java gives to the whole part of a quotient; nothing if it has too many digits.
std::optional<std::int64_t> quotient_scale(const WideInt& quotient, std::int64_t preferred) {
  const int digits = digit_count(quotient);
  const int surplus = digits - kPrecision;
  if (surplus > 0 && quotient % power_of_ten(surplus) != 0) return std::nullopt;
  const std::int64_t smallest = std::max(surplus, 0);
  if (preferred > -smallest) return std::min<std::int64_t>(-surplus, preferred);
  std::int64_t zeros = 0;
  for (WideInt rest = quotient; zeros < -preferred && rest % 10 == 0; rest /= 10) ++zeros;
  return -std::max(smallest, zeros);
}

}  // namespace

std::optional<BigDecimal> remainder(const BigDecimal& left, const BigDecimal& right) {
  const Aligned both = align(left, right);
  const WideInt quotient = both.left / both.right;
  const std::int64_t preferred = std::int64_t{left.scale} - right.scale;
  const auto scale = quotient.is_zero() ? preferred : quotient_scale(quotient, preferred);
  if (!scale) return std::nullopt;
  BigDecimal rest{both.left % both.right, both.scale};
  const std::int64_t wanted = std::max<std::int64_t>(left.scale, *scale + right.scale);
  if (wanted > rest.scale) {
    rest.unscaled *= power_of_ten(wanted - rest.scale);
  } else {
    rest.unscaled /= power_of_ten(rest.scale - wanted);
  }
  return with_scale(std::move(rest.unscaled), wanted);
}

}  // namespace tripgate::jexl

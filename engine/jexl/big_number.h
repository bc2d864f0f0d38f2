// Java's BigInteger and BigDecimal on top of Boost.Multiprecision.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tripgate::jexl {

using WideInt = boost::multiprecision::cpp_int;

/// A whole number of any size (bounded by kMaxBigBits where it is computed).
struct BigInteger {
  WideInt digits;

  [[nodiscard]] std::string to_text() const;
  /// The low 64 bits in two's complement, as Java's longValue().
  [[nodiscard]] std::int64_t low_bits() const;
  [[nodiscard]] bool fits_int64() const;
  [[nodiscard]] double to_double() const;

  /// Decimal digits with an optional sign; nothing if malformed or longer than kMaxNumberSize.
  [[nodiscard]] static std::optional<BigInteger> from_text(std::string_view text);
};

/// unscaled * 10^-scale.
struct BigDecimal {
  WideInt unscaled;
  std::int32_t scale = 0;

  /// Java's toString(): plain, or scientific when scale is negative or the exponent is below -6.
  [[nodiscard]] std::string to_text() const;
  /// Decimal digits of the unscaled value; 1 for zero.
  [[nodiscard]] int precision() const;
  /// The whole part, cut towards zero; nothing if it has more than kMaxScale digits.
  [[nodiscard]] std::optional<BigInteger> whole_part() const;
  [[nodiscard]] bool is_whole() const;
  [[nodiscard]] bool is_zero() const { return unscaled.is_zero(); }
  [[nodiscard]] int compare(const BigDecimal& other) const;
  /// Rounded half even to 34 significant digits (the reference's decimal context).
  [[nodiscard]] BigDecimal rounded() const;

  /// Java's constructor: sign, digits, point, exponent; nothing if malformed or out of bounds.
  [[nodiscard]] static std::optional<BigDecimal> from_text(std::string_view text);
};

[[nodiscard]] BigDecimal add(const BigDecimal& left, const BigDecimal& right);
[[nodiscard]] BigDecimal subtract(const BigDecimal& left, const BigDecimal& right);
[[nodiscard]] BigDecimal multiply(const BigDecimal& left, const BigDecimal& right);
/// right must not be zero.
[[nodiscard]] BigDecimal divide(const BigDecimal& left, const BigDecimal& right);
/// Sign of the left operand; right must not be zero. Nothing if the whole part of the quotient has
/// more than 34 digits, as in Java.
[[nodiscard]] std::optional<BigDecimal> remainder(const BigDecimal& left, const BigDecimal& right);

}  // namespace tripgate::jexl

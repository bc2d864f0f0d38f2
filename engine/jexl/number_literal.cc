// Decimal, octal, hexadecimal and floating literals with Java's suffixes; the longest form wins.
#include "engine/jexl/number_literal.h"

#include <algorithm>
#include <charconv>

#include "engine/jexl/big_number.h"
#include "engine/jexl/jexl_limits.h"
#include "engine/jexl/number_text.h"

namespace tripgate::jexl {
namespace {

std::size_t count_digits(std::string_view text, std::string_view allowed) {
  return std::min(text.find_first_not_of(allowed), text.size());
}

constexpr std::string_view kDecimal = "0123456789";
constexpr std::string_view kOctal = "01234567";
constexpr std::string_view kHex = "0123456789abcdefABCDEF";

char at(std::string_view text, std::size_t index) {
  return index < text.size() ? text[index] : '\0';
}

// Size of `[eE][+-]?digits` at the start, 0 if there is none.
std::size_t exponent_size(std::string_view text) {
  if (at(text, 0) != 'e' && at(text, 0) != 'E') return 0;
  const std::size_t sign = at(text, 1) == '+' || at(text, 1) == '-' ? 1 : 0;
  const std::size_t digits = count_digits(text.substr(std::min(1 + sign, text.size())), kDecimal);
  return digits == 0 ? 0 : 1 + sign + digits;
}

bool is_float_suffix(char c) {
  return std::string_view("dDfFbB").find(c) != std::string_view::npos;
}

// The size of a floating literal, 0 if the text does not start with one.
std::size_t float_size(std::string_view text) {
  const std::size_t whole = count_digits(text, kDecimal);
  const bool has_point = at(text, whole) == '.';
  const std::size_t fraction_at = has_point ? whole + 1 : whole;
  const std::size_t fraction = has_point ? count_digits(text.substr(fraction_at), kDecimal) : 0;
  const std::size_t end = fraction_at + fraction;
  const std::size_t exponent = exponent_size(text.substr(end));
  if (is_float_suffix(at(text, end + exponent))) return end + exponent + 1;
  return fraction > 0 ? end + exponent : 0;
}

NumberLiteral make_float(std::string_view text) {
  NumberLiteral out;
  out.size = text.size();
  const char suffix = text.back();
  const bool has_suffix = is_float_suffix(suffix);
  const std::string_view digits = has_suffix ? text.substr(0, text.size() - 1) : text;
  if (has_suffix && (suffix == 'b' || suffix == 'B')) {
    auto number = BigDecimal::from_text(digits);
    out.is_out_of_range = !number;
    if (number) out.value = Value::big_decimal(std::move(*number));
  } else if (has_suffix && (suffix == 'f' || suffix == 'F')) {
    float number = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (read.ec == std::errc::result_out_of_range) {
      number = static_cast<float>(parse_java_double(digits).value_or(0));
    }
    out.value = Value::float32(number);
  } else {
    out.value = Value::float64(parse_java_double(digits).value_or(0));
  }
  return out;
}

WideInt parse_radix(std::string_view digits, unsigned bits_per_digit) {
  WideInt value = 0;
  for (const char c : digits) {
    const int lower = c | 0x20;
    value <<= bits_per_digit;
    value += lower >= 'a' ? lower - 'a' + 10 : c - '0';
  }
  return value;
}

NumberLiteral make_integer(WideInt digits, std::size_t size, char suffix) {
  NumberLiteral out;
  out.size = size;
  const BigInteger number{std::move(digits)};
  if (suffix == 'h' || suffix == 'H') {
    out.value = Value::big_integer(number);
  } else if (suffix == 'l' || suffix == 'L') {
    out.is_out_of_range = !number.fits_int64();
    out.value = Value::int64(number.low_bits());
  } else {
    out.value =
        number.fits_int64() ? Value::integer(number.low_bits()) : Value::big_integer(number);
  }
  return out;
}

}  // namespace

NumberLiteral parse_number_literal(std::string_view text) {
  const bool is_hex = text[0] == '0' && (at(text, 1) == 'x' || at(text, 1) == 'X') &&
                      count_digits(text.substr(2), kHex) > 0;
  const std::size_t floating = is_hex ? 0 : float_size(text);
  if (floating > kMaxNumberSize) return {.size = floating, .is_out_of_range = true, .value = {}};
  if (floating > 0) return make_float(text.substr(0, floating));
  const std::size_t prefix = is_hex ? 2 : 0;
  const std::string_view allowed = is_hex ? kHex : text[0] == '0' ? kOctal : kDecimal;
  const std::string_view digits = text.substr(prefix, count_digits(text.substr(prefix), allowed));
  std::size_t size = prefix + digits.size();
  const char suffix = at(text, size);
  if (suffix != '\0' && std::string_view("lLhH").find(suffix) != std::string_view::npos) ++size;
  if (digits.size() > kMaxNumberSize) return {.size = size, .is_out_of_range = true, .value = {}};
  if (allowed != kDecimal) return make_integer(parse_radix(digits, is_hex ? 4 : 3), size, suffix);
  return make_integer(WideInt(std::string(digits)), size, suffix);
}

}  // namespace tripgate::jexl

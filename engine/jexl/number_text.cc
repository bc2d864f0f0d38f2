// Java's number text. The digits come from to_chars (the shortest that read back as the same
// number); only their layout is Java's own.
#include "engine/jexl/number_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "engine/jexl/big_number.h"
#include "engine/jexl/jexl_limits.h"
#include "engine/jexl/text.h"

namespace tripgate::jexl {
namespace {

// Java leaves the plain form below 10^-3 and from 10^7 on.
constexpr int kPlainExponentMin = -3;
constexpr int kPlainExponentMax = 6;

std::string plain_layout(const std::string& digits, int exponent) {
  if (exponent < 0) {
    return "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  }
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) return digits + std::string(whole - digits.size(), '0') + ".0";
  return digits.substr(0, whole) + "." + digits.substr(whole);
}

std::string layout(std::string digits, int exponent) {
  while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
  if (exponent >= kPlainExponentMin && exponent <= kPlainExponentMax) {
    return plain_layout(digits, exponent);
  }
  const std::string fraction = digits.size() == 1 ? "0" : digits.substr(1);
  return digits.substr(0, 1) + "." + fraction + "E" + std::to_string(exponent);
}

template <class Float>
std::string floating_text(Float value) {
  if (std::isnan(value)) return "NaN";
  const std::string sign = std::signbit(value) ? "-" : "";
  if (std::isinf(value)) return sign + "Infinity";
  if (value == 0) return sign + "0.0";
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::fabs(value),
                                 std::chars_format::scientific);
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
  const std::size_t e = text.find('e');
  std::string digits;
  for (const char c : text.substr(0, e)) {
    if (c != '.') digits += c;
  }
  int exponent = 0;
  const char* const from = text.data() + e + 1 + (text[e + 1] == '+' ? 1 : 0);
  std::from_chars(from, text.data() + text.size(), exponent);
  return sign + layout(digits, exponent);
}

std::optional<double> parse_unsigned(std::string_view text) {
  auto format = std::chars_format::general;
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    format = std::chars_format::hex;
    text.remove_prefix(2);
    // Java insists on the binary exponent.
    if (text.find_first_of("pP") == std::string_view::npos) return std::nullopt;
  }
  // from_chars also takes "inf", "nan" and a sign.
  const bool starts_well =
      !text.empty() && (text[0] == '.' || (text[0] >= '0' && text[0] <= '9') ||
                        (format == std::chars_format::hex && std::isxdigit(text[0]) != 0));
  if (!starts_well) return std::nullopt;
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, format);
  if (read.ptr != text.data() + text.size()) return std::nullopt;
  if (read.ec == std::errc::result_out_of_range) {
    const std::size_t e = text.find_first_of(format == std::chars_format::hex ? "pP" : "eE");
    const bool is_tiny =
        (e != std::string_view::npos && e + 1 < text.size() && text[e + 1] == '-') ||
        (e == std::string_view::npos && text[0] == '0');
    return is_tiny ? 0.0 : std::numeric_limits<double>::infinity();
  }
  return read.ec == std::errc{} ? std::optional(value) : std::nullopt;
}

}  // namespace

std::string double_text(double value) {
  return floating_text(value);
}

std::string float_text(float value) {
  return floating_text(value);
}

std::optional<double> parse_java_double(std::string_view text) {
  text = text::trim(text);
  bool is_negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    is_negative = text[0] == '-';
    text.remove_prefix(1);
  }
  std::optional<double> value;
  if (text == "NaN") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else if (text == "Infinity") {
    value = std::numeric_limits<double>::infinity();
  } else {
    const bool is_hex = text.size() > 1 && (text[1] == 'x' || text[1] == 'X');
    const char last = text.empty() ? '\0' : text.back();
    const bool has_suffix = last == 'd' || last == 'D' || last == 'f' || last == 'F';
    const bool is_suffix = has_suffix && (!is_hex || text.find_first_of("pP") != text.npos);
    if (is_suffix) text.remove_suffix(1);
    value = parse_unsigned(text);
  }
  if (value && is_negative) *value = -*value;
  return value;
}

std::optional<std::int64_t> parse_java_long(std::string_view text) {
  const bool is_negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  // Counting downwards reaches the smallest number too.
  std::int64_t value = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto digit = text::digit_value(text::decode(text, at));
    if (!digit || __builtin_mul_overflow(value, std::int64_t{10}, &value) ||
        __builtin_sub_overflow(value, static_cast<std::int64_t>(*digit), &value)) {
      return std::nullopt;
    }
  }
  if (is_negative) return value;
  if (value == std::numeric_limits<std::int64_t>::min()) return std::nullopt;
  return -value;
}

std::int64_t saturate(double value) noexcept {
  constexpr double kBound = 9223372036854775808.0;  // 2^63
  if (std::isnan(value)) return 0;
  if (value >= kBound) return std::numeric_limits<std::int64_t>::max();
  if (value < -kBound) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(value);
}

std::string number_text(const Value& number) {
  switch (number.kind()) {
    case Kind::float32:
      return float_text(static_cast<float>(number.as_double()));
    case Kind::float64:
      return double_text(number.as_double());
    case Kind::big_integer:
      return number.as_big_integer().to_text();
    case Kind::big_decimal:
      return number.as_big_decimal().to_text();
    default:
      return std::to_string(number.as_int64());
  }
}

}  // namespace tripgate::jexl

// Coercions of the strict arithmetic. A string that is no number fails outside of the reference's
// own error type, which matters inside wrappers.
#include <cmath>

#include "engine/jexl/big_number.h"
#include "engine/jexl/jexl_limits.h"
#include "engine/jexl/number_text.h"
#include "engine/jexl/operators.h"
#include "engine/jexl/value_text.h"

namespace tripgate::jexl {
namespace {

// Enough of a value to recognise it in a message.
constexpr std::size_t kShownBytes = 60;

EvalError not_coercible(const Value& value, std::string_view type) {
  if (value.is_null())
    return arithmetic_error("a null operand cannot become a " + std::string(type));
  return arithmetic_error("this value cannot become a " + std::string(type));
}

}  // namespace

EvalError arithmetic_error(std::string message) {
  return {ErrorKind::arithmetic, std::move(message)};
}

EvalError other_error(std::string message) {
  return {ErrorKind::other, std::move(message)};
}

EvalError limit_error(std::string message) {
  return {ErrorKind::limit, std::move(message)};
}

EvalError number_format_error(std::string_view text) {
  EvalError error = arithmetic_error("\"" + std::string(text.substr(0, kShownBytes)) +
                                     "\" is no number of the needed kind");
  error.is_foreign = true;
  return error;
}

Coerced<bool> to_boolean(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
      return not_coercible(value, "boolean");
    case Kind::boolean:
      return value.as_bool();
    case Kind::int32:
    case Kind::int64:
      return value.as_int64() != 0;
    case Kind::float32:
    case Kind::float64:
      return value.as_double() != 0 && !std::isnan(value.as_double());
    case Kind::big_integer:
      return !value.as_big_integer().digits.is_zero();
    case Kind::big_decimal:
      return !value.as_big_decimal().is_zero();
    case Kind::string:
      return !value.as_string().empty() && value.as_string() != "false";
    default:
      return true;
  }
}

Coerced<std::int64_t> to_long(const Value& value) {
  switch (value.kind()) {
    case Kind::boolean:
    case Kind::int32:
    case Kind::int64:
    case Kind::character:
      return value.as_int64();
    case Kind::float32:
    case Kind::float64:
      return saturate(value.as_double());
    case Kind::big_integer:
      return value.as_big_integer().low_bits();
    case Kind::big_decimal: {
      const auto whole = value.as_big_decimal().whole_part();
      return whole ? whole->low_bits() : 0;
    }
    case Kind::string: {
      if (value.as_string().empty()) return std::int64_t{0};
      const auto number = parse_java_long(value.as_string());
      if (!number) return number_format_error(value.as_string());
      return *number;
    }
    default:
      return not_coercible(value, "long");
  }
}

Coerced<double> to_double(const Value& value) {
  switch (value.kind()) {
    case Kind::boolean:
    case Kind::int32:
    case Kind::int64:
    case Kind::character:
      return static_cast<double>(value.as_int64());
    // By its text, so that 0.1f is 0.1.
    case Kind::float32:
      return parse_java_double(number_text(value)).value_or(0);
    case Kind::float64:
      return value.as_double();
    case Kind::big_integer:
      return value.as_big_integer().to_double();
    case Kind::big_decimal:
      return parse_java_double(number_text(value)).value_or(0);
    case Kind::string: {
      if (value.as_string().empty()) return std::nan("");
      const auto number = parse_java_double(value.as_string());
      if (!number) return number_format_error(value.as_string());
      return *number;
    }
    default:
      return not_coercible(value, "double");
  }
}

Coerced<BigInteger> to_big_integer(const Value& value) {
  switch (value.kind()) {
    case Kind::big_integer:
      return value.as_big_integer();
    case Kind::big_decimal: {
      auto whole = value.as_big_decimal().whole_part();
      if (!whole) return limit_error("this number has too many digits");
      return std::move(*whole);
    }
    case Kind::string: {
      if (value.as_string().empty()) return BigInteger{};
      auto number = BigInteger::from_text(value.as_string());
      if (!number) return number_format_error(value.as_string());
      return std::move(*number);
    }
    default: {
      const auto number = to_long(value);
      if (!number) return not_coercible(value, "big integer");
      return BigInteger{*number};
    }
  }
}

Coerced<BigDecimal> to_big_decimal(const Value& value) {
  switch (value.kind()) {
    case Kind::big_decimal:
      return value.as_big_decimal();
    case Kind::big_integer:
      return BigDecimal{value.as_big_integer().digits, 0}.rounded();
    case Kind::boolean:
      return BigDecimal{value.as_bool() ? 10 : 0, 1};
    case Kind::float32:
    case Kind::float64: {
      if (std::isnan(value.as_double())) return BigDecimal{};
      auto number = BigDecimal::from_text(number_text(value));
      if (!number) return number_format_error(number_text(value));
      return number->rounded();
    }
    case Kind::string: {
      if (value.as_string().empty()) return BigDecimal{};
      auto number = BigDecimal::from_text(value.as_string());
      if (!number) return number_format_error(value.as_string());
      return number->rounded();
    }
    default: {
      const auto number = to_long(value);
      if (!number) return not_coercible(value, "big decimal");
      return BigDecimal{*number, 0};
    }
  }
}

std::uint64_t combining_cost(const Value& left, const Value& right) {
  const auto words = [](const Value& value) -> std::uint64_t {
    constexpr std::uint64_t kDigitsPerWord = 19;
    constexpr std::uint64_t kBitsPerWord = 64;
    const auto words_of = [](const auto& digits) {
      return digits.is_zero() ? 0 : msb(abs(digits)) / kBitsPerWord;
    };
    if (value.is(Kind::big_integer)) return words_of(value.as_big_integer().digits);
    if (!value.is(Kind::big_decimal)) return 0;
    const BigDecimal& number = value.as_big_decimal();
    return words_of(number.unscaled) +
           static_cast<std::uint64_t>(std::abs(number.scale)) / kDigitsPerWord;
  };
  // Conversions between bases take quadratic time: 65 us, which are 500 steps, for 519 words. Any
  // operation on decimals takes a microsecond.
  constexpr std::uint64_t kSquareWordsPerStep = 256;
  constexpr std::uint64_t kDecimalSteps = 8;
  const bool is_decimal = left.is(Kind::big_decimal) || right.is(Kind::big_decimal);
  const std::uint64_t all = words(left) + words(right);
  return all * all / kSquareWordsPerStep + all / 8 + (is_decimal ? kDecimalSteps : 0);
}

bool charge_text_of(const Value& value, std::size_t text_size, Meter& meter) {
  constexpr std::size_t kMakingFactor = 6;
  const std::size_t factor = value.is(Kind::string) ? 1 : kMakingFactor;
  return meter.allocate(text_size) && meter.scan(factor * text_size);
}

bool charge_operands(const Value& left, const Value& right, Meter& meter) {
  constexpr std::size_t kParsingFactor = 4;
  for (const Value* const operand : {&left, &right}) {
    if (operand->is(Kind::string) && !meter.scan(kParsingFactor * operand->as_string().size())) {
      return false;
    }
  }
  return meter.step(combining_cost(left, right));
}

Coerced<std::string> to_string(const Value& value, Meter& meter) {
  if (value.is_null()) return not_coercible(value, "string");
  if (value.is_floating() && std::isnan(value.as_double())) return std::string();
  auto text = to_text(value, meter.memory_left());
  if (!text || !charge_text_of(value, text->size(), meter)) {
    return limit_error("the text of this value is too long");
  }
  return std::move(*text);
}

}  // namespace tripgate::jexl

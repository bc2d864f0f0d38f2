// Java's ways to write and to read numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/jexl/value.h"

namespace tripgate::jexl {

/// Double.toString(): `1.0`, `1.0E7`, `Infinity`, `NaN`.
[[nodiscard]] std::string double_text(double value);
/// Float.toString(), with the digits that tell floats apart.
[[nodiscard]] std::string float_text(float value);

/// Double.parseDouble(): white space around, suffix d or f, hex floats, NaN and Infinity.
[[nodiscard]] std::optional<double> parse_java_double(std::string_view text);
/// Long.parseLong(): optional sign and digits of any script; nothing when malformed or out of
/// range.
[[nodiscard]] std::optional<std::int64_t> parse_java_long(std::string_view text);

/// double -> long as Java casts: cut towards zero, saturating, NaN is 0.
[[nodiscard]] std::int64_t saturate(double value) noexcept;

/// Text of a number of any kind (jexl.md section 2).
[[nodiscard]] std::string number_text(const Value& number);

}  // namespace tripgate::jexl

// A value as the text that `+`, `==` with a string, and toString() see.
#pragma once

#include <optional>
#include <string>

#include "engine/jexl/value.h"

namespace tripgate::jexl {

/// Text of section 2 of jexl.md; null is `null`, NaN is `NaN`.
[[nodiscard]] std::string to_text(const Value& value);

/// As to_text, but nothing once it would be longer than limit bytes.
[[nodiscard]] std::optional<std::string> to_text(const Value& value, std::size_t limit);

}  // namespace tripgate::jexl

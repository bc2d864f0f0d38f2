// String.format().
#pragma once

#include <span>
#include <string_view>

#include "engine/jexl/operators.h"

namespace tripgate::jexl {

/// The text with each `%[index$][flags][width][.precision]conversion` replaced by its argument, as
/// java.util.Formatter does in the English locale: b h s c d o x e f g n %, in capitals too, flags
/// `-#+ 0,(`. Dates and hexadecimal floats are not offered. Errors: other, limit.
[[nodiscard]] Outcome java_format(std::string_view format, std::span<const Value> arguments,
                                  Meter& meter);

}  // namespace tripgate::jexl

// Java's hashCode().
#pragma once

#include "engine/jexl/budget.h"
#include "engine/jexl/operators.h"

namespace tripgate::jexl {

/// hashCode() as Java specifies it: of numbers, texts, lists, sets, maps and what they hold. What
/// Java tells apart by identity (arrays, functions) has no fixed one: its kind stands in.
/// Errors: limit.
[[nodiscard]] Coerced<std::int32_t> java_hash(const Value& value, Meter& meter);

}  // namespace tripgate::jexl

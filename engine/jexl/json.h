// JSON bodies into values and values into JSON.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/jexl/value.h"

namespace tripgate::jexl {

/// Parses one JSON text, strictly. Numbers stay exact: whole ones are Integer, Long or BigInteger,
/// others Double. Objects keep the order of their keys; of a repeated key the last value counts.
/// Errors: malformed or not UTF-8, deeper than kMaxDepth, longer than kMaxJsonSize.
[[nodiscard]] Result<Value, Diagnostic> parse_json(std::string_view text);

/// What a request's body becomes (triggers.md 8.3): an object or array, whatever follows it; null;
/// otherwise, also when it is not UTF-8, the raw text.
[[nodiscard]] Value parse_body(std::string_view body);

/// Compact JSON as in rendered text (triggers.md 8.2): entries whose value is null are dropped,
/// numbers have Java's text; bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string to_compact_json(const Value& value);

/// JSON that loses nothing: null entries are kept.
[[nodiscard]] std::string to_full_json(const Value& value);

}  // namespace tripgate::jexl

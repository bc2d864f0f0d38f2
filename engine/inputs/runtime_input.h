// The notation of a runtime input: `<+input>` and what follows it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"

namespace tripgate::inputs {

/// A value that is asked for when a run is requested.
struct RuntimeInput {
  std::optional<std::string> fallback;  ///< `default(x)`.
  std::optional<std::string> pattern;   ///< `regex(x)`, as Java writes it.
  /// The list of `allowedValues(x)`, `selectOneFrom(x)` or `selectManyFrom(x)`, as written.
  std::optional<std::string> allowed;
  bool is_asked_later = false;  ///< `executionInput()`: asked for when the node is reached.

  [[nodiscard]] bool has_validator() const { return pattern || allowed; }
};

/// What is wrong with the notation, and at which byte of the text.
struct NotationError {
  NotationError() = default;
  NotationError(std::size_t at, std::string text) : offset(at), message(std::move(text)) {}

  std::size_t offset = 0;
  std::string message;
};

/// Whether a scalar is a runtime input, well written or not (triggers.md 9.2).
[[nodiscard]] bool is_runtime_input(std::string_view text);

/// Reads a text that is_runtime_input. Its clauses may come in any order, each at most once; one
/// list of values at most. An argument ends at the first parenthesis after which the rest reads as
/// clauses. Linear in the text's size. Source: pipelines.md 1.1 (expression I) and 7.1.
[[nodiscard]] Result<RuntimeInput, NotationError> parse_runtime_input(std::string_view text);

/// Whether a text holds a closed `<+...>`, whose value is not known before a run.
[[nodiscard]] bool has_expression(std::string_view text);

/// The pieces of a list of values: split at commas outside `\'...\'` and `\"...\"`, trimmed, one
/// pair of outer quotes (with or without backslashes) removed. Source: triggers.md 9.6.
[[nodiscard]] std::vector<std::string> split_values(std::string_view list);

}  // namespace tripgate::inputs

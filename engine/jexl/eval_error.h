// Why an expression has no value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace tripgate::jexl {

/// Categories of jexl.md section 11; `limit` is ours: a budget ran out.
enum class ErrorKind : std::uint8_t {
  parse,
  undefined_variable,
  undefined_method,
  arithmetic,
  other,
  limit,
};

/// The category as corpora and explanations spell it ("undefined-variable"); limit reads "other".
[[nodiscard]] std::string_view to_string(ErrorKind kind) noexcept;

/// An evaluation that failed.
struct EvalError {
  EvalError() = default;
  EvalError(ErrorKind error_kind, std::string text) : kind(error_kind), message(std::move(text)) {}

  ErrorKind kind = ErrorKind::other;
  /// The reference fails here with something else than its own error type (a number that does not
  /// parse, a bad pattern under =~): such a failure inside a wrapper ends the whole condition
  /// instead of giving null (jexl.md section 12).
  bool is_foreign = false;
  static constexpr std::uint32_t kNoOffset = 0xffffffff;
  std::uint32_t offset = kNoOffset;  // Byte offset in the expression's text.
  std::string message;
};

}  // namespace tripgate::jexl

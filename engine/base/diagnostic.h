// What is wrong with a text that a person wrote, and where.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/result.h"

namespace tripgate {

/// A complaint about a configuration, trigger, pipeline or expression.
///
/// line and column count from 1; 0 means that the complaint is about the text as a whole. A column
/// counts bytes. file stays empty where the text did not come from a file.
struct Diagnostic {
  Diagnostic() = default;
  explicit Diagnostic(std::string text) : message(std::move(text)) {}
  Diagnostic(std::string text, ErrorCode why) : message(std::move(text)), cause(why) {}
  Diagnostic(std::uint32_t line_number, std::uint32_t column_number, std::string text)
      : line(line_number), column(column_number), message(std::move(text)) {}

  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string message;
  std::string file;
  /// Set where no text is at fault: the world failed while it was judged or acted on.
  ErrorCode cause;

  /// "file:line:column: message", leaving out what is unknown.
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

/// The line of `source` that a complaint is about and, below it, a caret under its column; both
/// end with a line break. Empty if the complaint has no column or lies outside the source. A long
/// line is cut around the caret, bytes that a terminal might obey are shown as `?`.
[[nodiscard]] std::string caret_lines(std::string_view source, const Diagnostic& complaint);

}  // namespace tripgate

// One line: what failed, why, and what to look at. A text that does not parse gets another hint
// than one whose values do not fit.
#include "engine/expressions/expression_failure.h"

#include <string>

namespace tripgate {
namespace {

/// Bytes of an expression that a message repeats.
constexpr std::size_t kShownMax = 200;

std::string shown(std::string_view text) {
  if (text.size() <= kShownMax) return std::string(text);
  std::size_t end = kShownMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "...";
}

std::string hint(std::string_view text, jexl::ErrorKind kind) {
  if (kind == jexl::ErrorKind::parse) {
    return "Please re-check the expression " + shown(text) +
           " are written in correct format of <+...> as well as for embedded expressions.";
  }
  return "Expression " + shown(text) +
         " might contain some unresolved expressions which could not be evaluated.";
}

}  // namespace

Diagnostic expression_failure(std::string_view text, const jexl::EvalError& error) {
  return Diagnostic("Expression evaluation failed: " + error.message + ". " +
                    hint(text, error.kind));
}

}  // namespace tripgate

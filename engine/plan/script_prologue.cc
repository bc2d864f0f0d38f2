// Single quotes keep every byte but themselves and NUL, so values pass without any other escape.
#include "engine/plan/script_prologue.h"

#include "engine/base/errc.h"

namespace tripgate::plan {

std::string quote_for_bash(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + '\'';
}

Result<std::string> script_prologue(
    const std::vector<std::pair<std::string, std::string>>& values) {
  std::string prologue;
  for (const auto& [variable, value] : values) {
    if (value.find('\0') != std::string::npos) return make_error_code(Errc::invalid_argument);
    prologue += variable + '=' + quote_for_bash(value) + '\n';
  }
  return prologue;
}

}  // namespace tripgate::plan

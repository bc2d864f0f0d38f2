// Splits a command's words into options and operands.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"

namespace tripgate::cli {

/// One option that a command takes.
struct Option {
  std::string_view name;              // without dashes: "file"
  char letter = 0;                    // 'f' for -f; 0: none
  std::string_view placeholder = {};  // "FILE"; empty: takes no value
  bool is_repeatable = false;
};

/// The words after the command's name.
class Arguments {
 public:
  /// `--name value`, `--name=value`, `-n value`, `-n`; `--` ends the options, `-` is an operand.
  /// Errors: an unknown option, a value that is missing or too much, an option given twice.
  [[nodiscard]] static Result<Arguments, Diagnostic> parse(std::span<const Option> options,
                                                           std::span<const std::string> words);

  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> value(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> values(std::string_view name) const;
  [[nodiscard]] const std::vector<std::string>& operands() const { return operands_; }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
  std::vector<std::string> operands_;
};

}  // namespace tripgate::cli

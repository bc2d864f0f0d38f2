// How a person reads an explanation: one block for each condition, what failed in capitals.
#pragma once

#include <ostream>
#include <string>

#include "engine/base/json_document.h"

namespace tripgate::cli {

/// Prints an array of conditions as `eventHistory/explain` has them.
void print_conditions(std::ostream& out, const JsonView& conditions);

/// Text on one line, in quotation marks, without characters that a terminal might obey.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace tripgate::cli

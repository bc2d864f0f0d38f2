// The text in front of a compiled script that sets its variables.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"

namespace tripgate::plan {

/// Assigns each value to its variable, single-quoted, one assignment per line; nothing is exported.
/// The caller runs prologue + script text as one file.
///
/// Errors: Errc::invalid_argument if a value holds a NUL byte, which bash cannot keep.
[[nodiscard]] Result<std::string> script_prologue(
    const std::vector<std::pair<std::string, std::string>>& values);

/// A text as one single-quoted word of bash.
[[nodiscard]] std::string quote_for_bash(std::string_view text);

}  // namespace tripgate::plan

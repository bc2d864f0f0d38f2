// Scripts for a shell that need not be bash.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/plan/script_placement.h"

namespace tripgate::plan {

/// Which grammar a shell reads scripts by.
enum class ShellDialect : std::uint8_t { bash, posix };

/// compile_script() for the shell of a dialect. A POSIX shell reads some constructs of bash as
/// something else: `[[ a && <+v> ]]` runs the value, and `cmd &>f <+v>` too. A script with blocks
/// and such a construct is refused for ShellDialect::posix.
[[nodiscard]] Placement compile_script_for(std::string_view script, ShellDialect dialect);

}  // namespace tripgate::plan

// Python scripts take values from their environment only.
#pragma once

#include <string_view>

#include "engine/plan/script_placement.h"

namespace tripgate::plan {

/// Compiles the script of a Run step whose shell is Python (pipelines.md 2.2): the text as it is.
///
/// Every block is refused at its place, in comments and strings too: Python has no way to name a
/// value inside a literal without changing the literal, so a block could only be pasted, and what
/// is pasted is code. The refusal names the safe way, which is envVariables and os.environ.
[[nodiscard]] Placement compile_python(std::string_view script);

}  // namespace tripgate::plan

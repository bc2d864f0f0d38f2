// What a person reads when an expression of a pipeline has no value.
#pragma once

#include <string_view>

#include "engine/base/diagnostic.h"
#include "engine/jexl/eval_error.h"

namespace tripgate {

/// The failure message of a node whose text could not be evaluated: the original's top-level text
/// and its hint (pipelines.md 6.10), with the reason between them.
///
/// text: as the pipeline has it; long texts are cut. Never holds a value.
[[nodiscard]] Diagnostic expression_failure(std::string_view text, const jexl::EvalError& error);

}  // namespace tripgate

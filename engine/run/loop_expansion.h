// From a loop's text to its iterations. Source: pipelines.md 1.7.
#pragma once

#include <functional>
#include <string_view>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/jexl/value.h"
#include "engine/plan/loop_strategy.h"
#include "engine/run/run_expressions.h"

namespace tripgate {

/// Iterations of one loop: more are refused.
inline constexpr std::size_t kIterationsMax = 10000;

/// Evaluates a text as a whole; a text that is one block gives that block's value.
using EvaluateText = std::function<Result<jexl::Value, Diagnostic>(std::string_view)>;

/// Expands a loop, evaluating what holds blocks. Errors: the messages of pipelines.md 1.7.
[[nodiscard]] Result<LoopExpansion, Diagnostic> expand_loop(const plan::LoopStrategy& loop,
                                                            const EvaluateText& evaluate);

}  // namespace tripgate

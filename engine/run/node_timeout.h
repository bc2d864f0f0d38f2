// How long a node may take.
#pragma once

#include <chrono>

#include "engine/run/run_expressions.h"

namespace tripgate {

/// The time that the plan gives a node, at most plan::kDurationMax; zero for none. A text that
/// renders to no duration is treated as absent: the plan's reader has refused all that can be told
/// before a run.
[[nodiscard]] std::chrono::seconds timeout_of(const plan::PlanTimeout& timeout, const RunTree& tree,
                                              NodeNumber node, RunExpressions& expressions);

}  // namespace tripgate

// Which other pipelines a pipeline starts.
#pragma once

#include <vector>

#include "engine/plan/plan_node.h"

namespace tripgate::plan {

/// The specs of the stages that run other pipelines (pipelines.md 1.8), in their order. Borrowed.
[[nodiscard]] std::vector<const ChainedPipelineSpec*> chained_pipelines(const PipelinePlan& plan);

}  // namespace tripgate::plan

// `strategy`: loops over a stage, a group or a step. Source: pipelines.md 1.7.
#pragma once

#include <optional>

#include "engine/plan/loop_strategy.h"
#include "engine/plan/plan_context.h"
#include "engine/yaml/mapping_reader.h"

namespace tripgate::plan {

/// Reads the key `strategy`; empty without one. Complaints have the texts of pipelines.md 1.7. A
/// strategy that is a runtime input becomes a matrix whose expression cannot be resolved.
[[nodiscard]] std::optional<LoopStrategy> read_loop(yaml::MappingReader& reader,
                                                    const PlanContext& context);

}  // namespace tripgate::plan

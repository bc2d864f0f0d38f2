// Barriers of a pipeline: their declaration, and steps that can never meet. Source: pipelines.md
// 1.10 and 2.6.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/plan_context.h"
#include "engine/yaml/mapping_reader.h"

namespace tripgate::plan {

/// Reads the key `flowControl` of a pipeline: the identifiers of its barriers.
[[nodiscard]] std::vector<std::string> read_barriers(yaml::MappingReader& pipeline,
                                                     yaml::Findings& findings);

/// Warns about two Barrier steps with one reference of which one runs after the other: the first
/// waits for the second until its timeout.
void remark_deadlocks(const std::vector<BarrierUse>& uses, yaml::Findings& findings);

}  // namespace tripgate::plan

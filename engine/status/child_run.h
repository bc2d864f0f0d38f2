// Stages of type Pipeline and the runs that they start (pipelines.md 1.8).
#pragma once

#include <string>
#include <string_view>

#include "engine/base/json_writer.h"
#include "engine/status/node_state.h"

namespace tripgate {

/// Names the run that a stage starts, as NodeState::instance keeps it.
[[nodiscard]] std::string encode_child_run(std::string_view plan_execution_id, std::string_view org,
                                           std::string_view project);

/// The plan execution id of the run that a stage started or is about to; empty for other nodes.
[[nodiscard]] std::string child_run_of(const NodeState& node);

/// `{"childPipelineExecutionDetails": {...}}` of a stage that has such a run.
void write_child_run(JsonWriter& json, const NodeState& stage);

}  // namespace tripgate

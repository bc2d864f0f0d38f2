// From planned nodes to the records that show them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/plan_node.h"
#include "engine/status/node_state.h"

namespace tripgate {

/// The record of a planned node that nothing has visited.
[[nodiscard]] NodeState make_node(const plan::PlanNode& plan, NodeNumber number, NodeNumber parent);

/// The setup id that all iterations of a loop share; the loop itself has the planned one.
[[nodiscard]] std::string iteration_setup_id(std::string_view loop_setup_id);

/// The nodes that a run shows before it begins: its stages, not started (pipelines.md 8.5).
[[nodiscard]] std::vector<NodeState> initial_nodes(const plan::PipelinePlan& plan);

}  // namespace tripgate

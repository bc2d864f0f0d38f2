// Where a node stands, as paths.
#pragma once

#include <string>
#include <vector>

#include "engine/status/execution.h"
#include "engine/status/node_state.h"

namespace tripgate {

/// The FQN of a node without parallel blocks: pipeline.stages.build.spec.execution.steps.compile.
/// nodes: all of the execution, by number. Source: pipelines.md 0.3.
[[nodiscard]] std::string base_fqn(const std::vector<NodeState>& nodes, NodeNumber node);

/// The key of a node's logs in the original's log service (pipelines.md 8.10).
[[nodiscard]] std::string log_base_key(const Execution& execution,
                                       const std::vector<NodeState>& nodes, NodeNumber node);

}  // namespace tripgate

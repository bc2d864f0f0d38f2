// One node of the graph and its members; private to graph_*.cc. Source: pipelines.md 8.6.
#pragma once

#include <vector>

#include "engine/base/json_writer.h"
#include "engine/status/execution.h"
#include "engine/status/node_state.h"

namespace tripgate {

/// A node and what surrounds it; all borrowed.
struct GraphNode {
  const Execution& execution;
  const std::vector<NodeState>& nodes;  ///< All of the execution, by number.
  const NodeState& state;
  const std::vector<NodeNumber>& children;  ///< Those that were visited.
};

/// Whether a node's children run at the same time, as far as the graph is concerned.
[[nodiscard]] bool runs_side_by_side(const NodeState& node);

/// Whether a process of the node was asked for.
[[nodiscard]] bool has_log(const NodeState& node);

/// The node as a member of `nodeMap` (graph_node.cc).
void write_graph_node(JsonWriter& json, const GraphNode& node);

/// `stepParameters` (graph_parameters.cc).
void write_parameters(JsonWriter& json, const GraphNode& node);

/// `executableResponses` (graph_responses.cc). log_key: the node's logBaseKey.
void write_responses(JsonWriter& json, const GraphNode& node, const std::string& log_key);

/// `interruptHistories` (graph_interrupts.cc).
void write_interrupts(JsonWriter& json, const GraphNode& node);

}  // namespace tripgate

// The shape of the graph: what was visited, and how it hangs together. A sequence is its first
// child, from which nextIds lead on; blocks and loops name all their children. Source:
// pipelines.md 8.6.
#include <algorithm>

#include "engine/status/graph_node.h"
#include "engine/status/status_json.h"

namespace tripgate {
namespace {

/// The visited children of each node.
using Children = std::vector<std::vector<NodeNumber>>;

bool is_visited(const NodeState& node) {
  return node.status != RunStatus::not_started && !node.is_old_retry;
}

Children children_of(const std::vector<NodeState>& nodes) {
  Children children(nodes.size());
  for (const NodeState& node : nodes) {
    if (node.number != kRootNode && is_visited(node)) children[node.parent].push_back(node.number);
  }
  return children;
}

void write_neighbours(JsonWriter& json, const std::vector<NodeState>& nodes,
                      const Children& children, NodeNumber number, NodeNumber root) {
  const NodeState& node = nodes[number];
  const std::vector<NodeNumber>& own = children[number];
  json.begin_object().key("children").begin_array();
  const std::size_t shown =
      runs_side_by_side(node) ? own.size() : std::min<std::size_t>(1, own.size());
  for (std::size_t i = 0; i < shown; ++i) json.string(nodes[own[i]].execution_id);
  json.end_array().key("nextIds").begin_array();
  if (number != root && !runs_side_by_side(nodes[node.parent])) {
    const std::vector<NodeNumber>& siblings = children[node.parent];
    const auto next = std::upper_bound(siblings.begin(), siblings.end(), number);
    if (next != siblings.end()) json.string(nodes[*next].execution_id);
  }
  json.end_array().end_object();
}

/// The node and what lies below it, parents first.
std::vector<NodeNumber> below(const Children& children, NodeNumber root) {
  std::vector<NodeNumber> numbers{root};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::vector<NodeNumber>& own = children[numbers[i]];
    numbers.insert(numbers.end(), own.begin(), own.end());
  }
  return numbers;
}

}  // namespace

void write_execution_graph(JsonWriter& json, const Execution& execution,
                           const std::vector<NodeState>& nodes, NodeNumber root) {
  const Children children = children_of(nodes);
  const std::vector<NodeNumber> shown =
      is_visited(nodes[root]) ? below(children, root) : std::vector<NodeNumber>();
  json.begin_object().member("rootNodeId", nodes[root].execution_id);
  json.key("nodeMap").begin_object();
  for (const NodeNumber number : shown) {
    json.key(nodes[number].execution_id);
    write_graph_node(json, {execution, nodes, nodes[number], children[number]});
  }
  json.end_object().key("nodeAdjacencyListMap").begin_object();
  for (const NodeNumber number : shown) {
    json.key(nodes[number].execution_id);
    write_neighbours(json, nodes, children, number, root);
  }
  json.end_object().key("executionMetadata").begin_object();
  json.member("accountId", execution.account).member("orgIdentifier", execution.org);
  json.member("projectIdentifier", execution.project);
  json.member("pipelineIdentifier", execution.pipeline);
  json.member("planExecutionId", execution.plan_execution_id).end_object();
  json.member("representationStrategy", "camelCase").end_object();
}

}  // namespace tripgate

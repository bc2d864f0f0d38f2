// The map of stages. Sequences are linked by nextIds; blocks and loops name their children, which
// link to nothing. Source: pipelines.md 8.5.
#include "engine/status/child_run.h"
#include "engine/status/initial_nodes.h"
#include "engine/status/status_json.h"

namespace tripgate {
namespace {

/// What a node is linked to.
struct Links {
  std::vector<std::string> children;
  std::string next;  ///< Empty: nothing follows.
};

std::string_view node_type(const NodeState& node) {
  if (node.is_loop) return node.loop_type;
  return node.kind == plan::NodeKind::parallel ? std::string_view("parallel") : node.type;
}

/// Iterations are known by the ids of their executions, everything else by setup ids.
const std::string& layout_key(const NodeState& node) {
  return node.iteration ? node.execution_id : node.setup_id;
}

void write_links(JsonWriter& json, const Links& links) {
  json.begin_object().key("currentNodeChildren").begin_array();
  for (const std::string& child : links.children) json.string(child);
  json.end_array().key("nextIds").begin_array();
  if (!links.next.empty()) json.string(links.next);
  json.end_array().end_object();
}

void write_module_info(JsonWriter& json, const NodeState& node) {
  json.begin_object();
  if (node.is_loop) {
    json.key("maxConcurrency").begin_object();
    json.member("value", static_cast<std::int64_t>(node.max_concurrency)).end_object();
    json.key("stepParameters");
    write_loop_parameters(json, node);
  }
  json.end_object();
}

void write_layout_node(JsonWriter& json, const NodeState& node, const Links& links) {
  json.begin_object().member("nodeType", node_type(node));
  json.member("nodeGroup", node.is_loop ? "STRATEGY" : "STAGE");
  json.member("nodeIdentifier", node.identifier).member("name", node.name);
  json.member("nodeUuid", node.setup_id).member("status", display_name(node.status));
  json.member("module", module_of(node)).key("moduleInfo");
  write_module_info(json, node);
  if (node.started_at_ms != 0) json.member("startTs", node.started_at_ms);
  if (node.ended_at_ms != 0) json.member("endTs", node.ended_at_ms);
  json.key("edgeLayoutList");
  write_links(json, links);
  if (node.run_info) {
    json.key("nodeRunInfo");
    write_run_info(json, *node.run_info);
  }
  json.member("barrierFound", node.has_barrier).key("failureInfo");
  write_message(json, node.failure.message);
  json.key("failureInfoDTO");
  write_failure(json, node.failure);
  if (!child_run_of(node).empty()) {
    json.key("stepDetails");
    write_child_run(json, node);
  }
  json.member("hidden", false);
  if (!node.execution_id.empty()) json.member("nodeExecutionId", node.execution_id);
  if (node.iteration) {
    json.key("strategyMetadata");
    write_strategy_metadata(json, node);
  }
  json.member("executionInputConfigured", node.asks_for_input);
  // Runs are rolled back within their stages; no stage of its own does it.
  json.member("isRollbackStageNode", false).end_object();
}

}  // namespace

void write_layout_map(JsonWriter& json, const std::vector<NodeState>& nodes) {
  // Children by parent, in the order of their numbers, which is that of the document.
  std::vector<std::pair<const NodeState*, Links>> shown;
  std::vector<std::size_t> place_of(nodes.empty() ? 0 : nodes.back().number + 1, 0);
  std::vector<std::size_t> last_of_root;
  for (const NodeState& node : nodes) {
    const bool is_shown = node.number != kRootNode && !node.is_old_retry;
    if (!is_shown) continue;
    place_of[node.number] = shown.size();
    if (node.parent == kRootNode) {
      if (!last_of_root.empty()) shown[last_of_root.back()].second.next = layout_key(node);
      last_of_root.push_back(shown.size());
    } else {
      shown[place_of[node.parent]].second.children.push_back(layout_key(node));
    }
    shown.emplace_back(&node, Links());
  }
  json.begin_object();
  for (auto& [node, links] : shown) {
    // Before its expansion a loop names the template of its iterations.
    if (node->is_loop && links.children.empty()) {
      links.children.push_back(iteration_setup_id(node->setup_id));
    }
    json.key(layout_key(*node));
    write_layout_node(json, *node, links);
  }
  json.end_object();
}

}  // namespace tripgate

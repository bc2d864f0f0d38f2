// How a node is at work: a process, a wait, or what is below it.
#include <algorithm>
#include <array>

#include "engine/status/child_run.h"
#include "engine/status/graph_node.h"

namespace tripgate {
namespace {

using plan::NodeKind;

/// Steps that wait for something other than a process.
constexpr std::array<std::string_view, 5> kWaitingTypes = {"Barrier", "EventListener",
                                                           "HarnessApproval", "Queue", "Wait"};

bool is_waiting_step(const NodeState& node) {
  const bool is_of_type = node.kind == NodeKind::step && !node.is_loop &&
                          std::ranges::find(kWaitingTypes, node.type) != kWaitingTypes.end();
  return is_of_type && node.status != RunStatus::skipped && node.status != RunStatus::input_waiting;
}

/// What the node was given, 0 if it had no end of its own.
UnixMs timeout_ms(const NodeState& node) {
  return node.expires_at_ms == 0 ? 0 : node.expires_at_ms - node.started_at_ms;
}

void write_process(JsonWriter& json, const NodeState& node, const std::string& log_key) {
  json.begin_object().key("task").begin_object().member("taskId", node.execution_id);
  json.member("taskCategory", "UNKNOWN_CATEGORY").key("logKeys").begin_array();
  json.string(log_key + "-commandUnit:Execute").end_array();
  json.key("units").begin_array().string("Execute").end_array();
  json.member("taskName", node.type).end_object().end_object();
}

void write_wait(JsonWriter& json, const NodeState& node, std::string_view callback_id) {
  json.begin_object().key("async").begin_object().key("callbackIds").begin_array();
  json.string(callback_id).end_array().key("logKeys").begin_array().end_array();
  json.key("units").begin_array().end_array().member("mode", "ASYNC");
  json.member("timeout", std::to_string(timeout_ms(node)));
  json.member("status", engine_name(node.status)).end_object().end_object();
}

void write_children(JsonWriter& json, const GraphNode& node) {
  json.begin_object().key("children").begin_object().key("children").begin_array();
  for (const NodeNumber child : node.children) {
    json.begin_object().member("childNodeId", node.nodes[child].setup_id).end_object();
  }
  json.end_array().member("maxConcurrency", std::to_string(node.state.max_concurrency));
  json.end_object().end_object();
}

void write_child(JsonWriter& json, const GraphNode& node) {
  json.begin_object().key("child").begin_object();
  json.member("childNodeId", node.nodes[node.children.front()].setup_id);
  json.key("logKeys").begin_array().end_array().key("units").begin_array().end_array();
  json.member("skip", false).end_object().end_object();
}

}  // namespace

void write_responses(JsonWriter& json, const GraphNode& node, const std::string& log_key) {
  const NodeState& state = node.state;
  json.begin_array();
  if (has_log(state)) {
    write_process(json, state, log_key);
  } else if (is_waiting_step(state)) {
    write_wait(json, state, state.execution_id);
  } else if (const std::string child = child_run_of(state); !child.empty()) {
    write_wait(json, state, child);
  } else if (runs_side_by_side(state)) {
    write_children(json, node);
  } else if (!node.children.empty()) {
    write_child(json, node);
  }
  json.end_array();
}

}  // namespace tripgate

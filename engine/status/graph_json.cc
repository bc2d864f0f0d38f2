// The graph of what was visited. A sequence is its first child, from which nextIds lead on; blocks
// and loops name all their children. Source: pipelines.md 8.6.
#include <algorithm>

#include "engine/status/node_path.h"
#include "engine/status/status_json.h"

namespace tripgate {
namespace {

using plan::NodeKind;

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

bool runs_side_by_side(const NodeState& node) {
  return node.is_loop || node.kind == NodeKind::parallel;
}

/// The names of pipelines.md 1.13.
std::string_view step_type(const NodeState& node) {
  if (node.is_loop) return "STRATEGY";
  switch (node.kind) {
    case NodeKind::stages:
      return "STAGES_STEP";
    case NodeKind::stage:
      if (node.type == "Approval") return "APPROVAL_STAGE";
      return node.type == "Pipeline" ? "PIPELINE_STAGE" : "CUSTOM_STAGE";
    case NodeKind::section:
      return node.is_rollback ? "NG_SECTION" : "NG_EXECUTION";
    case NodeKind::step_group:
      return "STEP_GROUP";
    case NodeKind::parallel:
      return "NG_FORK";
    case NodeKind::step:
      return node.type;
  }
  return node.type;
}

/// Outcomes by name; exported ones are no outcomes of the step itself.
void write_outcomes(JsonWriter& json, const NodeState& node) {
  json.begin_object();
  for (const auto& [name, outcome] : node.outcomes) {
    if (!name.starts_with('@')) json.key(name).raw(outcome);
  }
  json.end_object();
}

void write_parameters(JsonWriter& json, const NodeState& node) {
  json.begin_object().member("uuid", node.setup_id).member("identifier", node.identifier);
  json.member("name", node.name).member("type", node.type).key("spec");
  if (node.parameters.empty()) {
    json.begin_object().end_object();
  } else {
    json.raw(node.parameters);
  }
  json.end_object();
}

/// A step that waits for something other than a process.
bool is_waiting_step(const NodeState& node) {
  return node.kind == NodeKind::step && !node.is_loop && !node.instance.empty();
}

/// What the node was given, 0 if it had no end of its own.
UnixMs timeout_ms(const NodeState& node) {
  return node.expires_at_ms == 0 ? 0 : node.expires_at_ms - node.started_at_ms;
}

bool has_log(const NodeState& node) {
  return node.kind == NodeKind::step && !node.is_loop && node.start_count > 0;
}

void write_responses(JsonWriter& json, const NodeState& node, const std::string& log_key,
                     const std::vector<NodeNumber>& children, const std::vector<NodeState>& nodes) {
  json.begin_array();
  if (has_log(node)) {
    json.begin_object().key("task").begin_object().member("taskId", node.execution_id);
    json.member("taskCategory", "UNKNOWN_CATEGORY").key("logKeys").begin_array();
    json.string(log_key + "-commandUnit:Execute").end_array();
    json.key("units").begin_array().string("Execute").end_array();
    json.member("taskName", node.type).end_object().end_object();
  } else if (is_waiting_step(node)) {
    json.begin_object().key("async").begin_object().key("callbackIds").begin_array();
    json.string(node.execution_id).end_array().key("logKeys").begin_array().end_array();
    json.key("units").begin_array().end_array().member("mode", "ASYNC");
    json.member("timeout", std::to_string(timeout_ms(node)));
    json.member("status", engine_name(node.status)).end_object().end_object();
  } else if (runs_side_by_side(node)) {
    json.begin_object().key("children").begin_object().key("children").begin_array();
    for (const NodeNumber child : children) {
      json.begin_object().member("childNodeId", nodes[child].setup_id).end_object();
    }
    json.end_array().member("maxConcurrency", std::to_string(node.max_concurrency));
    json.end_object().end_object();
  } else if (!children.empty()) {
    json.begin_object().key("child").begin_object();
    json.member("childNodeId", nodes[children.front()].setup_id).key("logKeys").begin_array();
    json.end_array().key("units").begin_array().end_array().member("skip", false);
    json.end_object().end_object();
  }
  json.end_array();
}

std::string_view unit_status(RunStatus status) {
  if (status == RunStatus::skipped) return "SKIPPED";
  if (status == RunStatus::expired) return "EXPIRED";
  if (is_positive(status)) return "SUCCESS";
  return is_final(status) ? "FAILURE" : "RUNNING";
}

/// Protobuf JSON: times are text.
void write_progresses(JsonWriter& json, const NodeState& node) {
  json.begin_array();
  if (has_log(node)) {
    json.begin_object().member("unitName", "Execute").member("status", unit_status(node.status));
    json.member("startTime", std::to_string(node.started_at_ms));
    json.member("endTime", std::to_string(node.ended_at_ms)).end_object();
  }
  json.end_array();
}

void write_interrupts(JsonWriter& json, const NodeState& node) {
  json.begin_array();
  for (const InterruptMark& mark : node.interrupts) {
    json.begin_object().member("interruptId", mark.id);
    json.member("tookEffectAt", mark.took_effect_at_ms).member("interruptType", mark.type);
    json.key("interruptConfig").begin_object().key("issuedBy").begin_object();
    json.member("issueTime", std::to_string(mark.took_effect_at_ms));
    json.key(mark.issuer.empty() ? "adviserIssuer" : "manualIssuer").begin_object();
    if (!mark.issuer.empty()) json.member("user_id", mark.issuer);
    json.end_object().end_object().end_object().end_object();
  }
  json.end_array();
}

void write_time(JsonWriter& json, std::string_view key, UnixMs time) {
  json.key(key);
  time == 0 ? json.null() : json.number(time);
}

void write_node(JsonWriter& json, const Execution& execution, const std::vector<NodeState>& nodes,
                const NodeState& node, const std::vector<NodeNumber>& children) {
  const std::string log_key = log_base_key(execution, nodes, node.number);
  json.begin_object().member("uuid", node.execution_id).member("setupId", node.setup_id);
  json.member("name", node.name).member("identifier", node.identifier);
  json.member("baseFqn", base_fqn(nodes, node.number)).key("outcomes");
  write_outcomes(json, node);
  json.key("stepParameters");
  write_parameters(json, node);
  write_time(json, "startTs", node.started_at_ms);
  write_time(json, "endTs", node.ended_at_ms);
  json.member("stepType", step_type(node)).member("status", display_name(node.status));
  json.key("failureInfo");
  write_failure(json, node.failure);
  json.key("skipInfo").null().key("nodeRunInfo");
  node.run_info ? write_run_info(json, *node.run_info) : static_cast<void>(json.null());
  json.key("executableResponses");
  write_responses(json, node, log_key, children, nodes);
  json.key("unitProgresses");
  write_progresses(json, node);
  json.key("progressData").begin_object().key("unitProgresses");
  write_progresses(json, node);
  json.end_object().key("delegateInfoList").begin_array().end_array();
  json.key("interruptHistories");
  write_interrupts(json, node);
  json.key("stepDetails").null().key("strategyMetadata");
  node.iteration ? write_strategy_metadata(json, node) : static_cast<void>(json.null());
  json.key("retryNodeMetadata").null().member("executionInputConfigured", node.asks_for_input);
  json.member("logBaseKey", log_key).end_object();
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
    write_node(json, execution, nodes, nodes[number], children[number]);
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

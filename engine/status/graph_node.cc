// The members of a node, in the order of pipelines.md 8.6.
#include "engine/status/graph_node.h"

#include "engine/status/child_run.h"
#include "engine/status/node_path.h"
#include "engine/status/status_json.h"

namespace tripgate {
namespace {

using plan::NodeKind;

std::string_view stage_step_type(std::string_view type) {
  if (type == "Approval") return "APPROVAL_STAGE";
  if (type == "Pipeline") return "PIPELINE_STAGE";
  if (type == "Deployment") return "DEPLOYMENT_STAGE_STEP";
  return type == "CI" ? "IntegrationStageStepPMS" : "CUSTOM_STAGE";
}

/// The names of pipelines.md 1.13.
std::string_view step_type(const NodeState& node) {
  if (node.is_loop) return "STRATEGY";
  switch (node.kind) {
    case NodeKind::stages:
      return "STAGES_STEP";
    case NodeKind::stage:
      return stage_step_type(node.type);
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

void write_time(JsonWriter& json, std::string_view key, UnixMs time) {
  json.key(key);
  time == 0 ? json.null() : json.number(time);
}

}  // namespace

bool runs_side_by_side(const NodeState& node) {
  return node.is_loop || node.kind == NodeKind::parallel;
}

bool has_log(const NodeState& node) {
  return node.kind == NodeKind::step && !node.is_loop && node.start_count > 0;
}

void write_graph_node(JsonWriter& json, const GraphNode& node) {
  const NodeState& state = node.state;
  const std::string log_key = log_base_key(node.execution, node.nodes, state.number);
  json.begin_object().member("uuid", state.execution_id).member("setupId", state.setup_id);
  json.member("name", state.name).member("identifier", state.identifier);
  json.member("baseFqn", base_fqn(node.nodes, state.number)).key("outcomes");
  write_outcomes(json, state);
  json.key("stepParameters");
  write_parameters(json, node);
  write_time(json, "startTs", state.started_at_ms);
  write_time(json, "endTs", state.ended_at_ms);
  json.member("stepType", step_type(state)).member("status", display_name(state.status));
  json.key("failureInfo");
  write_failure(json, state.failure);
  json.key("skipInfo").null().key("nodeRunInfo");
  state.run_info ? write_run_info(json, *state.run_info) : static_cast<void>(json.null());
  json.key("executableResponses");
  write_responses(json, node, log_key);
  json.key("unitProgresses");
  write_progresses(json, state);
  json.key("progressData").begin_object().key("unitProgresses");
  write_progresses(json, state);
  json.end_object().key("delegateInfoList").begin_array().end_array();
  json.key("interruptHistories");
  write_interrupts(json, node);
  json.key("stepDetails");
  child_run_of(state).empty() ? static_cast<void>(json.null()) : write_child_run(json, state);
  json.key("strategyMetadata");
  state.iteration ? write_strategy_metadata(json, state) : static_cast<void>(json.null());
  json.key("retryNodeMetadata").null().member("executionInputConfigured", state.asks_for_input);
  json.member("logBaseKey", log_key).end_object();
}

}  // namespace tripgate

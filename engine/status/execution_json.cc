// The summary of an execution. The order of the members is part of the contract; what our engine
// has no notion of is left out, as the original leaves out nulls.
#include <algorithm>
#include <set>

#include "engine/status/status_json.h"

namespace tripgate {
namespace {

std::string_view requester(const ExecutionOrigin& origin) {
  return origin.principal_username.empty() ? origin.trigger : origin.principal_username;
}

void write_rerun(JsonWriter& json, const Execution& execution) {
  const ExecutionLineage& lineage = execution.lineage;
  json.member("isRerun", !lineage.rerun_of.empty());
  if (lineage.rerun_of.empty()) return;
  json.key("rerunInfo").begin_object().member("rootExecutionId", lineage.rerun_root);
  json.member("rootTriggerType", engine_name(lineage.rerun_root_type));
  json.member("prevExecutionId", lineage.rerun_of);
  json.member("prevTriggerType", engine_name(lineage.rerun_of_type)).end_object();
}

void write_trigger_info(JsonWriter& json, const Execution& execution) {
  const ExecutionOrigin& origin = execution.origin;
  const bool is_webhook = origin.type == TriggerType::webhook_custom;
  const std::string scope = execution.account + "/" + execution.org + "/" + execution.project + "/";
  json.begin_object().member("triggerType", engine_name(origin.type));
  json.key("triggeredBy").begin_object();
  json.member("uuid", is_webhook ? std::string_view("systemUser") : requester(origin));
  json.member("identifier", requester(origin)).key("extraInfo").begin_object();
  if (is_webhook) {
    json.member("execution_trigger_tag_needed_for_abort", execution.account + ":" + execution.org +
                                                              ":" + execution.project + ":" +
                                                              execution.pipeline);
    json.member("triggerRef", scope + origin.trigger);
    json.member("eventCorrelationId", origin.event_id);
  }
  if (!origin.principal_email.empty()) json.member("email", origin.principal_email);
  json.end_object();
  json.member("triggerIdentifier", origin.trigger).member("triggerName", origin.trigger_name);
  json.end_object();
  write_rerun(json, execution);
  json.end_object();
}

/// Protobuf JSON: 64-bit numbers are text. Identifiers need no percent-encoding, the separators do.
void write_governance(JsonWriter& json, const Execution& execution) {
  json.begin_object().member("id", "0").member("deny", false);
  json.key("details").begin_array().end_array().member("message", "");
  json.member("timestamp", std::to_string(execution.started_at_ms)).member("status", "pass");
  json.member("accountId", execution.account).member("orgId", execution.org);
  json.member("projectId", execution.project);
  json.member("entity", "accountIdentifier%3A" + execution.account + "%2ForgIdentifier%3A" +
                            execution.org + "%2FprojectIdentifier%3A" + execution.project +
                            "%2FpipelineIdentifier%3A" + execution.pipeline);
  json.member("type", "pipeline").member("action", "onrun");
  json.member("created", std::to_string(execution.created_at_ms)).end_object();
}

/// Exact statuses only: a skipped, expired or aborted stage is in no count but the total. A loop
/// counts once, a parallel block as many times as it has stages.
void write_counts(JsonWriter& json, const std::vector<NodeState>& nodes) {
  std::int64_t succeeded = 0;
  std::int64_t running = 0;
  std::int64_t failed = 0;
  std::int64_t total = 0;
  std::set<NodeNumber> blocks{kRootNode};
  for (const NodeState& node : nodes) {
    if (node.number == kRootNode || !blocks.contains(node.parent)) continue;
    if (node.kind == plan::NodeKind::parallel) {
      blocks.insert(node.number);
      continue;
    }
    ++total;
    succeeded += node.status == RunStatus::succeeded ? 1 : 0;
    running += node.status == RunStatus::running ? 1 : 0;
    failed += node.status == RunStatus::failed ? 1 : 0;
  }
  json.member("successfulStagesCount", succeeded).member("runningStagesCount", running);
  json.member("failedStagesCount", failed).member("totalStagesCount", total);
}

/// Those of the stages, each once, in the order in which they come up.
void write_modules(JsonWriter& json, const std::vector<NodeState>& nodes) {
  std::vector<std::string_view> modules;
  for (const NodeState& node : nodes) {
    if (node.kind != plan::NodeKind::stage) continue;
    const std::string_view module = module_of(node);
    if (std::ranges::find(modules, module) == modules.end()) modules.push_back(module);
  }
  json.begin_array();
  for (const std::string_view module : modules) json.string(module);
  json.end_array();
}

void write_parent(JsonWriter& json, const ParentStage& parent) {
  json.begin_object().member("hasParentPipeline", true);
  json.member("stageNodeId", parent.stage_node_id);
  json.member("executionId", parent.plan_execution_id).member("identifier", parent.pipeline);
  json.member("projectId", parent.project).member("orgId", parent.org);
  json.member("runSequence", static_cast<std::int64_t>(parent.run_sequence)).end_object();
}

void write_abortion(JsonWriter& json, const Abortion& abortion) {
  const bool is_own = abortion.username.empty();
  json.begin_object().member("email", abortion.email);
  json.member("userName", is_own ? std::string_view("systemUser") : abortion.username);
  json.member("createdAt", abortion.at_ms).end_object();
}

/// The selected stages and their names.
void write_selection(JsonWriter& json, const Execution& execution,
                     const std::vector<NodeState>& nodes) {
  json.key("stagesExecuted").begin_array();
  for (const std::string& stage : execution.selected_stages) json.string(stage);
  json.end_array().key("stagesExecutedNames").begin_object();
  for (const NodeState& node : nodes) {
    const bool is_selected = std::ranges::find(execution.selected_stages, node.identifier) !=
                             execution.selected_stages.end();
    const bool is_stage = node.kind == plan::NodeKind::stage && !node.iteration;
    if (is_stage && is_selected) json.member(node.identifier, node.name);
  }
  json.end_object();
}

/// What the run is among those that repeat each other (pipelines.md 8.8).
void write_repetition(JsonWriter& json, const ExecutionLineage& lineage) {
  const bool is_latest = lineage.retried_by.empty();
  json.member("canRetry", is_latest);
  json.member("showRetryHistory", !is_latest || !lineage.retry_of.empty());
}

void write_identity(JsonWriter& json, const Execution& execution) {
  json.member("pipelineIdentifier", execution.pipeline);
  json.member("orgIdentifier", execution.org).member("projectIdentifier", execution.project);
  json.member("planExecutionId", execution.plan_execution_id);
  json.member("name", execution.pipeline_name).member("yamlVersion", "0");
  json.member("status", display_name(execution.status)).key("tags").begin_array();
  for (const auto& [key, value] : execution.tags) {
    json.begin_object().member("key", key).member("value", value).end_object();
  }
  json.end_array();
}

}  // namespace

void write_execution_summary(JsonWriter& json, const Execution& execution,
                             const std::vector<NodeState>& nodes) {
  json.begin_object();
  write_identity(json, execution);
  json.key("executionTriggerInfo");
  write_trigger_info(json, execution);
  if (!execution.failure.message.empty()) {
    json.key("executionErrorInfo");
    write_message(json, execution.failure.message);
  }
  json.key("governanceMetadata");
  write_governance(json, execution);
  if (!execution.failure.message.empty()) {
    json.key("failureInfo");
    write_failure(json, execution.failure);
  }
  json.key("moduleInfo").begin_object().end_object().key("layoutNodeMap");
  write_layout_map(json, nodes);
  json.key("modules");
  write_modules(json, nodes);
  if (nodes.size() > 1) json.member("startingNodeId", nodes[1].setup_id);
  json.member("startTs", execution.started_at_ms);
  if (execution.ended_at_ms != 0) json.member("endTs", execution.ended_at_ms);
  json.member("createdAt", execution.created_at_ms);
  write_repetition(json, execution.lineage);
  json.member("runSequence", static_cast<std::int64_t>(execution.run_sequence));
  write_counts(json, nodes);
  const bool asks_for_input = std::any_of(
      nodes.begin(), nodes.end(), [](const NodeState& node) { return node.asks_for_input; });
  json.member("storeType", "INLINE").member("executionInputConfigured", asks_for_input);
  if (execution.parent.execution != 0) {
    json.key("parentStageInfo");
    write_parent(json, execution.parent);
  }
  const bool is_selection = !execution.selected_stages.empty();
  if (is_selection) write_selection(json, execution, nodes);
  json.member("allowStageExecutions", execution.allows_stage_selection);
  if (execution.abortion.at_ms != 0) {
    json.key("abortedBy");
    write_abortion(json, execution.abortion);
  }
  json.member("executionMode", "NORMAL");
  json.member("notesExistForPlanExecutionId", !execution.notes.empty());
  json.member("shouldUseSimplifiedKey", false);
  json.member("stagesExecution", is_selection).end_object();
}

}  // namespace tripgate

// The summary of an execution. The order of the members is part of the contract; what our engine
// has no notion of is left out, as the original leaves out nulls.
#include "engine/status/status_json.h"

namespace tripgate {
namespace {

/// Of all nodes that our pipelines can have (pipelines.md 8.4, "modules").
constexpr std::string_view kModule = "pms";

void write_trigger_info(JsonWriter& json, const Execution& execution) {
  const ExecutionOrigin& origin = execution.origin;
  const std::string scope = execution.account + "/" + execution.org + "/" + execution.project + "/";
  json.begin_object().member("triggerType", "WEBHOOK_CUSTOM").key("triggeredBy").begin_object();
  json.member("uuid", "systemUser");
  json.member("identifier",
              origin.principal_username.empty() ? origin.trigger : origin.principal_username);
  json.key("extraInfo").begin_object();
  json.member(
      "execution_trigger_tag_needed_for_abort",
      execution.account + ":" + execution.org + ":" + execution.project + ":" + execution.pipeline);
  json.member("triggerRef", scope + origin.trigger);
  json.member("eventCorrelationId", origin.event_id);
  if (!origin.principal_email.empty()) json.member("email", origin.principal_email);
  json.end_object();
  json.member("triggerIdentifier", origin.trigger).member("triggerName", origin.trigger_name);
  json.end_object().member("isRerun", false).end_object();
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

/// The form of the seed (pipelines.md 5.4): the default condition and its value.
void write_run_info(JsonWriter& json, bool was_met) {
  json.begin_object().member("whenCondition", "<+OnPipelineSuccess>");
  json.member("evaluatedCondition", was_met).key("expressions").begin_array().begin_object();
  json.member("expression", "OnPipelineSuccess");
  json.member("expressionValue", was_met ? "true" : "false").member("count", std::int64_t{1});
  json.end_object().end_array().end_object();
}

void write_message(JsonWriter& json, std::string_view message) {
  json.begin_object().member("message", message).end_object();
}

/// A script that fails has no failure type, one that ran too long has (pipelines.md 2.12).
void write_failure(JsonWriter& json, std::string_view message, RunStatus status) {
  json.begin_object().member("message", message).key("failureTypeList").begin_array();
  if (status == RunStatus::expired) json.string("TIMEOUT_FAILURE");
  json.end_array().key("responseMessages").begin_array().end_array().end_object();
}

void write_layout_node(JsonWriter& json, const NodeState& node, const std::string* next_id) {
  json.begin_object().member("nodeType", node.type).member("nodeGroup", "STAGE");
  json.member("nodeIdentifier", node.identifier).member("name", node.name);
  json.member("nodeUuid", node.setup_id).member("status", display_name(node.status));
  json.member("module", kModule).key("moduleInfo").begin_object().end_object();
  if (node.started_at_ms != 0) json.member("startTs", node.started_at_ms);
  if (node.ended_at_ms != 0) json.member("endTs", node.ended_at_ms);
  json.key("edgeLayoutList").begin_object().key("currentNodeChildren").begin_array().end_array();
  json.key("nextIds").begin_array();
  if (next_id != nullptr) json.string(*next_id);
  json.end_array().end_object();
  if (node.was_condition_met) {
    json.key("nodeRunInfo");
    write_run_info(json, *node.was_condition_met);
  }
  json.member("barrierFound", false);
  json.key("failureInfo");
  write_message(json, node.failure_message);
  json.key("failureInfoDTO");
  write_failure(json, node.failure_message, node.status);
  if (!node.execution_id.empty()) json.member("nodeExecutionId", node.execution_id);
  json.member("executionInputConfigured", false).end_object();
}

void write_layout_map(JsonWriter& json, const std::vector<StageState>& stages) {
  json.begin_object();
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const std::string* next = i + 1 < stages.size() ? &stages[i + 1].node.setup_id : nullptr;
    json.key(stages[i].node.setup_id);
    write_layout_node(json, stages[i].node, next);
  }
  json.end_object();
}

/// Exact statuses only: a skipped, expired or aborted stage is in no count but the total.
void write_counts(JsonWriter& json, const std::vector<StageState>& stages) {
  const auto count = [&](RunStatus status) {
    std::int64_t found = 0;
    for (const StageState& stage : stages) found += stage.node.status == status ? 1 : 0;
    return found;
  };
  json.member("successfulStagesCount", count(RunStatus::succeeded));
  json.member("runningStagesCount", count(RunStatus::running));
  json.member("failedStagesCount", count(RunStatus::failed));
  json.member("totalStagesCount", static_cast<std::int64_t>(stages.size()));
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

void write_execution_summary(JsonWriter& json, const Execution& execution) {
  json.begin_object();
  write_identity(json, execution);
  json.key("executionTriggerInfo");
  write_trigger_info(json, execution);
  if (!execution.failure_message.empty()) {
    json.key("executionErrorInfo");
    write_message(json, execution.failure_message);
  }
  json.key("governanceMetadata");
  write_governance(json, execution);
  if (!execution.failure_message.empty()) {
    json.key("failureInfo");
    write_failure(json, execution.failure_message, execution.status);
  }
  json.key("moduleInfo").begin_object().end_object().key("layoutNodeMap");
  write_layout_map(json, execution.stages);
  json.key("modules").begin_array().string(kModule).end_array();
  if (!execution.stages.empty()) {
    json.member("startingNodeId", execution.stages.front().node.setup_id);
  }
  json.member("startTs", execution.started_at_ms);
  if (execution.ended_at_ms != 0) json.member("endTs", execution.ended_at_ms);
  json.member("createdAt", execution.created_at_ms);
  json.member("canRetry", true).member("showRetryHistory", false);
  json.member("runSequence", static_cast<std::int64_t>(execution.run_sequence));
  write_counts(json, execution.stages);
  json.member("storeType", "INLINE").member("executionInputConfigured", false);
  json.member("allowStageExecutions", false).member("executionMode", "NORMAL");
  json.member("notesExistForPlanExecutionId", false).member("shouldUseSimplifiedKey", false);
  json.member("stagesExecution", false).end_object();
}

}  // namespace tripgate

// What approvers and later steps see of an approval, member for member as the original's
// (pipelines.md 2.5).
#include "engine/status/approval.h"

namespace tripgate {
namespace {

std::optional<std::string> null_if_empty(const std::string& text) {
  return text.empty() ? std::optional<std::string>() : text;
}

void write_activity(JsonWriter& json, const ApprovalActivity& activity) {
  json.begin_object().key("user").begin_object().member("name", activity.user.name);
  json.member("email", activity.user.email).end_object();
  json.member("action", activity.is_approval ? "APPROVE" : "REJECT");
  json.key("approverInputs").begin_array();
  for (const auto& [name, value] : activity.inputs) {
    json.begin_object().member("name", name).member("value", value).end_object();
  }
  json.end_array().member("comments", activity.comments);
  json.member("approvedAt", activity.at_ms).end_object();
}

void write_activities(JsonWriter& json, const Approval& approval) {
  json.key("approvalActivities").begin_array();
  for (const ApprovalActivity& activity : approval.activities) write_activity(json, activity);
  json.end_array();
}

void write_inputs(JsonWriter& json, const Approval& approval) {
  json.key("approverInputs").begin_array();
  for (const plan::ApproverInput& input : approval.inputs) {
    json.begin_object().member("name", input.name).member("defaultValue", input.default_value);
    json.member("required", input.is_required).key("allowedValues").begin_array();
    for (const std::string& value : input.allowed_values) json.string(value);
    json.end_array().member("regex", null_if_empty(input.regex));
    json.member("description", null_if_empty(input.description)).end_object();
  }
  json.end_array();
}

void write_auto_approval(JsonWriter& json, const Approval& approval) {
  if (!approval.auto_approval) {
    json.null_member("autoApprovalParams");
    return;
  }
  const AutoApproval& automatic = *approval.auto_approval;
  json.key("autoApprovalParams").begin_object().member("action", "APPROVE");
  json.key("scheduledDeadline").begin_object().member("timeZone", automatic.time_zone);
  json.member("time", automatic.time).end_object();
  json.member("comments", automatic.comments).end_object();
}

}  // namespace

void write_approval(JsonWriter& json, const Approval& approval, const NodeState& node) {
  json.begin_object().member("id", node.execution_id).member("type", "HarnessApproval");
  json.member("status", approval_status(approval, node)).member("deadline", approval.deadline_ms);
  json.key("details").begin_object().member("approvalMessage", approval.message);
  json.member("includePipelineExecutionHistory", approval.includes_history);
  json.key("approvers").begin_object().key("userGroups").begin_array();
  for (const std::string& group : approval.user_groups) json.string(group);
  json.end_array().member("minimumCount", std::int64_t{approval.minimum_count});
  json.member("disallowPipelineExecutor", approval.excludes_executor).end_object();
  write_activities(json, approval);
  write_auto_approval(json, approval);
  write_inputs(json, approval);
  json.key("validatedApprovalUserGroups").begin_array();
  for (const std::string& group : approval.valid_user_groups) {
    json.begin_object().member("identifier", group).member("name", group).end_object();
  }
  json.end_array();
  json.member("isAutoRejectEnabled", approval.rejects_older).end_object();
  json.member("createdAt", approval.created_at_ms);
  json.member("lastModifiedAt", approval.modified_at_ms);
  json.member("errorMessage", null_if_empty(node.failure.message)).end_object();
}

std::string approval_outcome(const Approval& approval) {
  JsonWriter json;
  json.begin_object();
  write_activities(json, approval);
  json.key("approverInputs").begin_object();
  if (!approval.activities.empty()) {
    for (const auto& [name, value] : approval.activities.back().inputs) json.member(name, value);
  }
  return json.end_object().end_object().take();
}

}  // namespace tripgate

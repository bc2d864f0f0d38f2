// An approval is kept as one JSON object. Its status is what its activities and its node say, so
// that the two cannot differ.
#include "engine/status/approval.h"

#include <algorithm>

#include "engine/base/json_document.h"

namespace tripgate {
namespace {

void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (const std::string& text : texts) json.string(text);
  json.end_array();
}

void write_input(JsonWriter& json, const plan::ApproverInput& input) {
  json.begin_object().member("name", input.name).member("defaultValue", input.default_value);
  json.member("required", input.is_required).member("regex", input.regex);
  write_texts(json, "allowedValues", input.allowed_values);
  json.member("description", input.description).end_object();
}

void write_stored_activity(JsonWriter& json, const ApprovalActivity& activity) {
  json.begin_object().member("user", activity.user.identifier);
  json.member("name", activity.user.name).member("email", activity.user.email);
  json.member("isApproval", activity.is_approval).member("isAutomatic", activity.is_automatic);
  json.key("inputs").begin_array();
  for (const auto& [name, value] : activity.inputs) {
    json.begin_object().member("name", name).member("value", value).end_object();
  }
  json.end_array().member("comments", activity.comments).member("at", activity.at_ms).end_object();
}

std::vector<std::string> read_texts(JsonView list) {
  std::vector<std::string> texts;
  for (const JsonView text : list.elements()) texts.push_back(text.text());
  return texts;
}

plan::ApproverInput read_input(JsonView input) {
  return {.name = input.find("name").text(),
          .default_value = input.find("defaultValue").text(),
          .is_required = input.find("required").boolean().value_or(false),
          .allowed_values = read_texts(input.find("allowedValues")),
          .regex = input.find("regex").text(),
          .description = input.find("description").text()};
}

ApprovalActivity read_activity(JsonView stored) {
  ApprovalActivity activity;
  activity.user = {stored.find("user").text(), stored.find("name").text(),
                   stored.find("email").text()};
  activity.is_approval = stored.find("isApproval").boolean().value_or(false);
  activity.is_automatic = stored.find("isAutomatic").boolean().value_or(false);
  for (const JsonView input : stored.find("inputs").elements()) {
    activity.inputs.emplace_back(input.find("name").text(), input.find("value").text());
  }
  activity.comments = stored.find("comments").text();
  activity.at_ms = stored.find("at").integer().value_or(0);
  return activity;
}

}  // namespace

bool Approval::is_rejected() const {
  return std::ranges::any_of(activities,
                             [](const auto& activity) { return !activity.is_approval; });
}

bool Approval::is_approved() const {
  if (is_rejected()) return false;
  return activities.size() >= minimum_count ||
         std::ranges::any_of(activities, &ApprovalActivity::is_automatic);
}

std::string encode_approval(const Approval& approval) {
  JsonWriter json;
  json.begin_object().member("message", approval.message);
  json.member("includesHistory", approval.includes_history);
  write_texts(json, "userGroups", approval.user_groups);
  write_texts(json, "validUserGroups", approval.valid_user_groups);
  json.member("minimumCount", std::int64_t{approval.minimum_count});
  json.member("excludesExecutor", approval.excludes_executor).key("inputs").begin_array();
  for (const plan::ApproverInput& input : approval.inputs) write_input(json, input);
  json.end_array().member("rejectsOlder", approval.rejects_older);
  json.member("callbackId", approval.callback_id);
  if (approval.auto_approval) {
    json.key("autoApproval").begin_object().member("at", approval.auto_approval->at_ms);
    json.member("time", approval.auto_approval->time);
    json.member("timeZone", approval.auto_approval->time_zone);
    json.member("comments", approval.auto_approval->comments).end_object();
  }
  json.member("createdAt", approval.created_at_ms).member("modifiedAt", approval.modified_at_ms);
  json.member("deadline", approval.deadline_ms).key("activities").begin_array();
  for (const ApprovalActivity& activity : approval.activities) {
    write_stored_activity(json, activity);
  }
  return json.end_array().end_object().take();
}

std::optional<Approval> decode_approval(const std::string& instance) {
  const auto document = JsonDocument::parse(instance);
  if (!document || !document->root().find("validUserGroups").is_array()) return std::nullopt;
  const JsonView root = document->root();
  Approval approval;
  approval.message = root.find("message").text();
  approval.includes_history = root.find("includesHistory").boolean().value_or(false);
  approval.user_groups = read_texts(root.find("userGroups"));
  approval.valid_user_groups = read_texts(root.find("validUserGroups"));
  approval.minimum_count =
      static_cast<std::uint32_t>(root.find("minimumCount").integer().value_or(1));
  approval.excludes_executor = root.find("excludesExecutor").boolean().value_or(false);
  for (const JsonView input : root.find("inputs").elements()) {
    approval.inputs.push_back(read_input(input));
  }
  approval.rejects_older = root.find("rejectsOlder").boolean().value_or(false);
  approval.callback_id = root.find("callbackId").text();
  if (const JsonView automatic = root.find("autoApproval")) {
    approval.auto_approval = {automatic.find("at").integer().value_or(0),
                              automatic.find("time").text(), automatic.find("timeZone").text(),
                              automatic.find("comments").text()};
  }
  approval.created_at_ms = root.find("createdAt").integer().value_or(0);
  approval.modified_at_ms = root.find("modifiedAt").integer().value_or(0);
  approval.deadline_ms = root.find("deadline").integer().value_or(0);
  for (const JsonView activity : root.find("activities").elements()) {
    approval.activities.push_back(read_activity(activity));
  }
  return approval;
}

std::string_view approval_status(const Approval& approval, const NodeState& node) {
  if (approval.is_rejected()) return "REJECTED";
  if (approval.is_approved()) return "APPROVED";
  if (!is_final(node.status)) return "WAITING";
  if (node.failure.types.has(FailureType::timeout)) return "EXPIRED";
  return node.status == RunStatus::aborted ? "ABORTED" : "FAILED";
}

}  // namespace tripgate

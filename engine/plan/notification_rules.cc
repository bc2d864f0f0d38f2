// A rule names events and one method. Rules that are switched off are read like the others: they
// may be switched on by a person who does not look at the rest.
#include "engine/plan/notification_rules.h"

#include <algorithm>
#include <array>
#include <set>

#include "engine/plan/expression_blocks.h"
#include "engine/plan/names.h"
#include "engine/plan/plan_parts.h"

namespace tripgate::plan {
namespace {

constexpr std::array<std::string_view, 13> kEventTypes = {
    "AllEvents",      "PipelineStart",        "PipelineSuccess", "PipelineFailed", "PipelineEnd",
    "PipelinePaused", "StageStart",           "StageSuccess",    "StageFailed",    "StepFailed",
    "TriggerFailed",  "WaitingForUserAction", "PipelineResumed"};

// A list of ids; one special word stands for all, which is the empty list.
std::vector<std::string> read_selection(yaml::MappingReader& reader, std::string_view key,
                                        std::string_view all) {
  std::vector<std::string> chosen = read_texts(reader, key);
  if (std::ranges::find(chosen, all) != chosen.end()) chosen.clear();
  return chosen;
}

NotificationRule::Event read_event(const yaml::Node& node, const std::string& rule,
                                   yaml::Findings& findings) {
  yaml::MappingReader reader(node, "an event of " + rule, findings);
  NotificationRule::Event event;
  if (const yaml::Node* type = reader.require_scalar("type")) {
    event.type = type->text;
    const bool is_known = std::ranges::find(kEventTypes, event.type) != kEventTypes.end();
    if (!is_known && !is_runtime_input(*type)) {
      findings.error(type->position, "Invalid value: " + type->text);
    }
    if (event.type == "TriggerFailed") {
      findings.warn(type->position,
                    "Ignoring TriggerFailed: where a trigger fails there is no run to tell of it");
    }
  }
  event.stages = read_selection(reader, "forStages", "AllStages");
  event.steps = read_selection(reader, "forSteps", "AllSteps");
  reader.finish();
  return event;
}

void read_webhook(yaml::MappingReader& spec, NotificationRule& rule, yaml::Findings& findings) {
  rule.method = NotificationRule::Method::webhook;
  rule.url = require_text(spec, "webhookUrl", findings);
  rule.headers = read_pairs(spec, "headers");
}

void read_email(yaml::MappingReader& spec, NotificationRule& rule, yaml::Findings& findings) {
  rule.method = NotificationRule::Method::email;
  rule.recipients = read_texts(spec, "recipients");
  if (rule.recipients.empty()) {
    findings.warn(spec.position(), spec.what() + " has no recipients, so nobody is told");
  }
}

void read_method(yaml::MappingReader& reader, NotificationRule& rule, yaml::Findings& findings) {
  const yaml::Node* node = find_map(reader, "notificationMethod");
  if (node == nullptr && reader.find("notificationMethod") == nullptr) {
    reader.require_mapping("notificationMethod");
  }
  if (node == nullptr) return;
  yaml::MappingReader method(*node, "notificationMethod of " + reader.what(), findings);
  const yaml::Node* type = method.require_scalar("type");
  const yaml::Node* spec_node = method.require_mapping("spec");
  method.finish();
  if (type == nullptr || spec_node == nullptr) return;
  yaml::MappingReader spec(*spec_node, "notificationMethod of " + reader.what(), findings);
  if (type->text == "Webhook") {
    read_webhook(spec, rule, findings);
  } else if (type->text == "Email") {
    read_email(spec, rule, findings);
  } else {
    return findings.error(type->position, "Notification method [" + type->text + "] (rule [" +
                                              rule.identifier +
                                              "]) is not supported by this runner");
  }
  spec.remark("userGroups", "Ignoring userGroups: user groups have no addresses here");
  spec.finish();
}

NotificationRule read_rule(const yaml::Node& node, yaml::Findings& findings) {
  yaml::MappingReader head(node, "a notification rule", findings);
  NotificationRule rule;
  rule.name = read_name(head, findings);
  rule.identifier = read_identifier(head, findings);
  yaml::MappingReader reader(node, "notification rule [" + rule.identifier + "]", findings);
  reader.skip({"name", "identifier"});
  rule.is_enabled = read_flag(reader, "enabled", true);
  const yaml::Node* events = find_list(reader, "pipelineEvents");
  if (events == nullptr && reader.find("pipelineEvents") == nullptr) {
    reader.require_sequence("pipelineEvents");
  }
  if (events != nullptr) {
    for (const yaml::Node& event : events->items) {
      rule.events.push_back(read_event(event, reader.what(), findings));
    }
  }
  read_method(reader, rule, findings);
  reader.finish();
  return rule;
}

}  // namespace

std::vector<NotificationRule> read_notification_rules(yaml::MappingReader& pipeline,
                                                      yaml::Findings& findings) {
  std::vector<NotificationRule> rules;
  const yaml::Node* list = find_list(pipeline, "notificationRules");
  if (list == nullptr) return rules;
  std::set<std::string> identifiers;
  for (const yaml::Node& entry : list->items) {
    NotificationRule rule = read_rule(entry, findings);
    if (!rule.identifier.empty() && !identifiers.insert(rule.identifier).second) {
      complain_twice(entry.position,
                     "pipeline.notificationRules[identifier:" + rule.identifier + "]", findings);
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace tripgate::plan

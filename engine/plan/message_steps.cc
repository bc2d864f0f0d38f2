// Steps that send a message or wait for one. Source: pipelines.md 2.7 and 2.10.
#include "engine/plan/plan_parts.h"
#include "engine/plan/step_spec_readers.h"

namespace tripgate::plan {
namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::string read_unblank(yaml::MappingReader& spec, std::string_view key, const char* complaint,
                         yaml::Findings& findings) {
  const yaml::Node* node = spec.find_scalar(key);
  if (node != nullptr && !is_blank(node->text)) return node->text;
  findings.error(node == nullptr ? spec.position() : node->position, complaint);
  return {};
}

}  // namespace

StepSpec read_email_spec(yaml::MappingReader& spec, const SpecPlace& place) {
  EmailSpec email;
  email.to = require_text(spec, "to", place.findings());
  email.cc = spec.text("cc");
  email.subject = read_unblank(spec, "subject", "Email subject cannot be blank", place.findings());
  email.body = read_unblank(spec, "body", "Email body cannot be blank", place.findings());
  for (const char* key : {"toUserGroups", "ccUserGroups"}) {
    spec.remark(key,
                std::string("Ignoring ") + key + ": user groups have no e-mail addresses here");
  }
  spec.skip({"fireAndForget", "inputVariables"});
  return email;
}

StepSpec read_event_listener_spec(yaml::MappingReader& spec, const SpecPlace& place) {
  EventListenerSpec listener;
  listener.webhook_identifier = require_text(spec, "webhookIdentifier", place.findings());
  listener.success_criteria = require_text(spec, "successCriteria", place.findings());
  listener.failure_criteria = spec.text("failureCriteria");
  const std::string fqn = place.fqn + ".spec";
  listener.inputs = read_variables(spec, "inputVariables", fqn, place.findings());
  listener.outputs = read_variables(spec, "outputVariables", fqn, place.findings());
  return listener;
}

}  // namespace tripgate::plan

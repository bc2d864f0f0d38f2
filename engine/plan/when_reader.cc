// The status that a `when` names becomes an alias of the expression language; what the aliases mean
// is decided when the condition is evaluated.
#include "engine/plan/when_reader.h"

#include "engine/plan/plan_parts.h"

namespace tripgate::plan {
namespace {

std::string default_status(ConditionOwner owner) {
  switch (owner) {
    case ConditionOwner::stage:
      return "<+OnPipelineSuccess>";
    case ConditionOwner::step:
      return "<+OnStageSuccess>";
    case ConditionOwner::rollback_step:
      break;
  }
  return "<+OnRollbackModeExecution> || <+OnStageFailure>";
}

std::string read_status(yaml::MappingReader& when, ConditionOwner owner, yaml::Findings& findings) {
  const bool is_stage = owner == ConditionOwner::stage;
  const std::string scope = is_stage ? "Pipeline" : "Stage";
  const std::string key = is_stage ? "pipelineStatus" : "stageStatus";
  const yaml::Node* status = when.find_scalar(key);
  if (status == nullptr || status->text.empty()) {
    findings.error(when.position(), scope + " Status in " + (is_stage ? "stage" : "step") +
                                        " when condition cannot be empty.");
  } else if (status->text == "Success") {
    return "<+On" + scope + "Success>";
  } else if (status->text == "Failure") {
    return "<+On" + scope + "Failure>";
  } else if (status->text == "All") {
    return "<+Always>";
  } else if (!is_runtime_input(*status)) {
    findings.error(status->position,
                   key + " must be Success, Failure or All, not \"" + status->text + "\"");
  }
  return default_status(owner);
}

}  // namespace

std::string read_run_condition(yaml::MappingReader& reader, ConditionOwner owner,
                               yaml::Findings& findings) {
  const yaml::Node* node = reader.find("when");
  if (node == nullptr) return default_status(owner);
  // Nobody said when, so never: the same as a condition that nobody gave.
  if (is_runtime_input(*node)) return "(" + default_status(owner) + ") && (false)";
  yaml::MappingReader when(*node, "when of " + reader.what(), findings);
  if (!node->is_mapping()) return default_status(owner);
  const std::string status = read_status(when, owner, findings);
  const yaml::Node* condition = when.find_scalar("condition");
  when.finish();
  if (condition == nullptr || condition->text.empty()) return status;
  if (condition->text.find("executionInput()") != std::string::npos) {
    findings.error(condition->position, "the condition of a when may not use executionInput()");
  }
  return status + " && (" + (is_runtime_input(*condition) ? "false" : condition->text) + ")";
}

}  // namespace tripgate::plan

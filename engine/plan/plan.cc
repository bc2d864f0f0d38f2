// Pipeline and stages: the outer half of the grammar. Steps are in plan_step.cc.
#include "engine/plan/plan.h"

#include <set>

#include "engine/plan/names.h"
#include "engine/plan/plan_step.h"
#include "engine/plan/setup_id.h"
#include "engine/yaml/parser.h"

namespace tripgate::plan {
namespace {

// A list item is a mapping with one key that says what it is.
const yaml::Node* read_wrapper(const yaml::Node& item, std::string_view wanted,
                               yaml::Findings& findings) {
  if (!item.is_mapping() || item.entries.size() != 1) {
    findings.error(item.position,
                   "an item must be a mapping with the one key " + std::string(wanted));
    return nullptr;
  }
  const yaml::Entry& entry = item.entries.front();
  if (entry.key.text == wanted) return &entry.value;
  findings.error(entry.key.position,
                 entry.key.text + " is not supported yet, only " + std::string(wanted));
  return nullptr;
}

void read_steps(const yaml::Node& list, PlanStage& stage, const PlanContext& context) {
  std::set<std::string> identifiers;
  const std::string path = stage.path + ".spec.execution.steps";
  if (list.items.empty()) {
    context.findings.error(list.position,
                           "steps of stage [" + stage.identifier + "] must hold at least one step");
  }
  for (const yaml::Node& item : list.items) {
    const yaml::Node* node = read_wrapper(item, "step", context.findings);
    if (node == nullptr) continue;
    PlanStep step = read_step(*node, path, context);
    if (!step.identifier.empty() && !identifiers.insert(step.identifier).second) {
      complain_twice(node->position,
                     "pipeline.stages.stage[identifier:" + stage.identifier +
                         "].spec.execution.steps.step[identifier:" + step.identifier + "]",
                     context.findings);
    }
    stage.steps.push_back(std::move(step));
  }
}

void read_custom_stage(yaml::MappingReader& reader, PlanStage& stage, const PlanContext& context) {
  const yaml::Node* spec_node = reader.find_mapping("spec");
  const yaml::Node* execution = spec_node == nullptr ? nullptr : spec_node->find("execution");
  if (execution == nullptr || execution->is_null()) {
    return context.findings.error(spec_node == nullptr ? reader.position() : spec_node->position,
                                  "Execution section is required in Custom stage");
  }
  yaml::MappingReader spec(*spec_node, "spec of stage [" + stage.identifier + "]",
                           context.findings);
  spec.skip({"execution"});
  spec.finish();
  yaml::MappingReader section(*execution, "execution of stage [" + stage.identifier + "]",
                              context.findings);
  const yaml::Node* rollback = section.find_sequence("rollbackSteps");
  if (rollback != nullptr && !rollback->items.empty())
    refuse_unsupported(section, {"rollbackSteps"});
  if (const yaml::Node* steps = section.require_sequence("steps"))
    read_steps(*steps, stage, context);
  section.finish();
}

void read_stage_type(yaml::MappingReader& reader, PlanStage& stage, const PlanContext& context) {
  const yaml::Node* type = reader.require_scalar("type");
  reader.skip({"spec"});
  if (type == nullptr) return;
  stage.type = type->text;
  if (stage.type == "Custom") return read_custom_stage(reader, stage, context);
  if (stage.type == "CI" || stage.type == "Deployment") {
    return context.findings.error(type->position,
                                  "Stage [" + stage.identifier + "] uses " + stage.type +
                                      ", which needs Harness Cloud or a delegate and is not "
                                      "supported here");
  }
  context.findings.error(type->position,
                         "Stage type [" + stage.type + "] is not supported by this runner");
}

PlanStage read_stage(const yaml::Node& node, const PlanContext& context) {
  yaml::MappingReader reader(node, "a stage", context.findings);
  PlanStage stage;
  if (refuse_template(reader, context.findings)) return stage;
  stage.name = read_name(reader, context.findings);
  stage.identifier = read_identifier(reader, context.findings);
  stage.path = "pipeline.stages." + stage.identifier;
  stage.setup_id = setup_id(context.execution_id, stage.path);
  stage.description = reader.text("description");
  stage.tags = reader.text_pairs("tags");
  stage.variables = read_flat_variables(
      reader, "variables", "pipeline.stages.stage[identifier:" + stage.identifier + "]",
      context.findings);
  stage.timeout = read_timeout(reader, context.defaults.stage_timeout, context.findings);
  refuse_unsupported(
      reader, {"when", "failureStrategies", "strategy", "skipCondition", "runMode", "dependsOn"});
  remark_delegates(reader);
  read_stage_type(reader, stage, context);
  reader.finish();
  return stage;
}

void read_stages(const yaml::Node& list, Plan& plan, const PlanContext& context) {
  std::set<std::string> identifiers;
  if (list.items.empty()) {
    context.findings.error(list.position, "stages must hold at least one stage");
  }
  for (const yaml::Node& item : list.items) {
    const yaml::Node* node = read_wrapper(item, "stage", context.findings);
    if (node == nullptr) continue;
    PlanStage stage = read_stage(*node, context);
    if (!stage.identifier.empty() && !identifiers.insert(stage.identifier).second) {
      complain_twice(node->position, "pipeline.stages.stage[identifier:" + stage.identifier + "]",
                     context.findings);
    }
    plan.stages.push_back(std::move(stage));
  }
}

// Recursion is bounded by the depth that the parser allows.
void refuse_runtime_inputs(const yaml::Node& node, yaml::Findings& findings) {
  if (node.is_scalar() && node.text.starts_with("<+input>")) {
    findings.error(node.position, "runtime inputs (<+input>) are not supported yet");
  }
  for (const yaml::Node& item : node.items) refuse_runtime_inputs(item, findings);
  for (const yaml::Entry& entry : node.entries) refuse_runtime_inputs(entry.value, findings);
}

}  // namespace

Plan read_pipeline(const yaml::Node& node, std::string_view execution_id,
                   const PlanDefaults& defaults, yaml::Findings& findings) {
  const PlanContext context{execution_id, defaults, findings};
  yaml::MappingReader reader(node, "pipeline", findings);
  Plan plan;
  if (refuse_template(reader, findings)) return plan;
  plan.name = read_name(reader, findings);
  plan.identifier = read_identifier(reader, findings);
  plan.org = read_scope(reader, "orgIdentifier", findings);
  plan.project = read_scope(reader, "projectIdentifier", findings);
  plan.description = reader.text("description");
  plan.tags = reader.text_pairs("tags");
  plan.variables = read_flat_variables(reader, "variables", "pipeline", findings);
  plan.timeout = read_timeout(reader, defaults.pipeline_timeout, findings);
  refuse_unsupported(reader, {"notificationRules", "flowControl"});
  reader.refuse("gitDetails", "Only inline pipelines are supported");
  remark_delegates(reader);
  reader.skip({"properties", "allowStageExecutions", "fixedInputsOnRerun"});
  if (const yaml::Node* stages = reader.require_sequence("stages")) {
    read_stages(*stages, plan, context);
  }
  reader.finish();
  refuse_runtime_inputs(node, findings);
  return plan;
}

Result<Plan, Diagnostic> plan_pipeline(std::string_view text, std::string_view execution_id,
                                       const PlanDefaults& defaults) {
  const Result<yaml::Document, Diagnostic> document = yaml::parse_document(text, "");
  if (!document) return document.error();
  const yaml::Node* root = document->root.find("pipeline");
  if (root == nullptr) return Diagnostic(1, 1, "the document's root is not pipeline");
  yaml::Findings findings;
  Plan plan = read_pipeline(*root, execution_id, defaults, findings);
  if (!findings.is_clean()) return findings.errors.front();
  return plan;
}

}  // namespace tripgate::plan

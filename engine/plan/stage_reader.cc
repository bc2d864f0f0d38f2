// A stage: its own keys, and an execution with steps and rollback steps.
#include <map>

#include "engine/plan/failure_reader.h"
#include "engine/plan/loop_reader.h"
#include "engine/plan/node_readers.h"
#include "engine/plan/plan_parts.h"
#include "engine/plan/setup_id.h"
#include "engine/plan/step_spec_readers.h"
#include "engine/plan/when_reader.h"
#include "engine/yaml/node_json.h"

namespace tripgate::plan {
namespace {

// What the readers of a stage's parts need to know of it.
struct StageReading {
  const std::string& fqn;
  const Enclosure& around;
  const PlanContext& context;

  [[nodiscard]] yaml::Findings& findings() const { return context.findings; }
};

std::string cloud_complaint(const std::string& identifier, std::string_view what) {
  return "Stage [" + identifier + "] uses " + std::string(what) +
         ", which needs Harness Cloud or a delegate and is not supported here";
}

Enclosure enclosure_of_steps(const PlanNode& stage, const PlanNode& section,
                             const StageReading& reading) {
  Enclosure inside;
  inside.path = inside.parallel_path = section.path + ".steps";
  inside.fqn = reading.fqn + ".spec.execution.steps";
  inside.inherited = stage.on_failure;
  inside.branches = reading.around.branches;
  inside.is_in_loop = stage.loop.has_value();
  // The loop, the stage and below it `spec`, `execution` and `steps`.
  inside.depth = reading.around.depth + (stage.loop ? 5 : 4);
  return inside;
}

void read_execution(const yaml::Node& node, PlanNode& stage, const StageReading& reading) {
  yaml::MappingReader reader(node, "execution of stage [" + stage.identifier + "]",
                             reading.findings());
  PlanNode section;
  section.kind = NodeKind::section;
  section.type = "NG_EXECUTION";
  section.identifier = "execution";
  section.name = "Execution";
  section.path = stage.path + ".spec.execution";
  section.setup_id = setup_id(reading.context.execution_id, section.path);
  std::map<std::string, yaml::Position> stage_steps;
  Enclosure inside = enclosure_of_steps(stage, section, reading);
  inside.stage_steps = &stage_steps;
  if (const yaml::Node* steps = reader.require_sequence("steps")) {
    read_step_list(*steps, section, inside, reading.context);
  }
  stage.children.push_back(std::move(section));
  read_rollback(reader, stage, inside, reading.context);
  reader.finish();
}

// A Deployment stage runs its steps if it asks for nothing that they would be deployed to.
void refuse_deployment(yaml::MappingReader& spec, const PlanNode& stage) {
  for (const char* key : {"service", "services", "serviceConfig", "environment", "environments",
                          "environmentGroup", "infrastructure"}) {
    spec.refuse(key, cloud_complaint(stage.identifier, key));
  }
  spec.skip({"deploymentType"});
}

// A CI stage runs its steps on this host if it brings neither a machine nor a repository.
void refuse_build_cloud(yaml::MappingReader& spec, const PlanNode& stage,
                        yaml::Findings& findings) {
  for (const char* key : {"infrastructure", "runtime", "platform", "serviceDependencies"}) {
    spec.refuse(key, cloud_complaint(stage.identifier, key));
  }
  for (const char* key : {"sharedPaths", "caching", "buildIntelligence", "slsa_provenance"}) {
    spec.remark(key, std::string("Ignoring ") + key + ": steps run on this host");
  }
  const yaml::Node* clone = spec.find("cloneCodebase");
  const bool is_open = clone != nullptr && is_runtime_input(*clone);
  if (!is_open && spec.flag("cloneCodebase", true)) {
    findings.error(clone == nullptr ? spec.position() : clone->position,
                   cloud_complaint(stage.identifier, "cloneCodebase"));
  }
}

void read_steps_stage(yaml::MappingReader& reader, PlanNode& stage, const StageReading& reading) {
  const yaml::Node* spec_node = reader.find_mapping("spec");
  const yaml::Node* execution = spec_node == nullptr ? nullptr : spec_node->find("execution");
  if (execution == nullptr || execution->is_null()) {
    return reading.findings().error(spec_node == nullptr ? reader.position() : spec_node->position,
                                    "Execution section is required in " + stage.type + " stage");
  }
  yaml::MappingReader spec(*spec_node, "spec of stage [" + stage.identifier + "]",
                           reading.findings());
  spec.skip({"execution"});
  if (stage.type == "Deployment") refuse_deployment(spec, stage);
  if (stage.type == "CI") refuse_build_cloud(spec, stage, reading.findings());
  spec.finish();
  read_execution(*execution, stage, reading);
}

void read_chained_stage(yaml::MappingReader& reader, PlanNode& stage, const StageReading& reading) {
  const yaml::Node* spec_node = reader.require_mapping("spec");
  if (stage.loop) {
    reading.findings().error(reader.find("strategy")->position,
                             "a stage of type Pipeline may not have a strategy");
  }
  if (spec_node == nullptr) return;
  yaml::MappingReader spec(*spec_node, "spec of stage [" + stage.identifier + "]",
                           reading.findings());
  stage.spec = read_chained_spec(spec, {stage.identifier, reading.fqn, spec_node->position, false,
                                        reading.around, reading.context});
  spec.finish();
  if (reading.context.is_for_run()) stage.written_spec = yaml::json_text(*spec_node);
}

void read_stage_type(yaml::MappingReader& reader, PlanNode& stage, const StageReading& reading) {
  const yaml::Node* type = reader.require_scalar("type");
  if (type == nullptr) return;
  stage.type = type->text;
  if (stage.type == "Pipeline") return read_chained_stage(reader, stage, reading);
  for (const char* known : {"Custom", "Approval", "Deployment", "CI"}) {
    if (stage.type == known) return read_steps_stage(reader, stage, reading);
  }
  reading.findings().error(type->position,
                           "Stage type [" + stage.type + "] is not supported by this runner");
}

// Keys that would change what runs and when; silence about them would be a lie.
void refuse_other_starts(yaml::MappingReader& reader, yaml::Findings& findings) {
  reader.refuse("skipCondition", "skipCondition is not supported; write it as when");
  reader.refuse("dependsOn", "dependsOn is not supported; stages run in the order of the list");
  const yaml::Node* mode = reader.find("runMode");
  const yaml::Node* type = mode == nullptr ? nullptr : mode->find("type");
  if (mode == nullptr || (type != nullptr && type->text == "Auto")) return;
  findings.error(mode->position,
                 "runMode " + (type == nullptr ? std::string() : type->text + " ") +
                     "is not supported; a stage of type Approval waits for a person");
}

}  // namespace

PlanNode read_stage_node(const yaml::Node& yaml_node, std::string_view kind,
                         const Enclosure& around, const PlanContext& context) {
  yaml::MappingReader reader(yaml_node, "a stage", context.findings);
  PlanNode stage;
  stage.kind = NodeKind::stage;
  if (refuse_template(reader, context.findings)) return stage;
  const std::string fqn = read_node_head(reader, kind, stage, around, context);
  stage.tags = read_pairs(reader, "tags");
  stage.variables = read_variables(reader, "variables", fqn, context.findings);
  stage.timeout = read_plan_timeout(reader, context.defaults.stage_timeout, context.findings);
  stage.run_condition = read_run_condition(reader, ConditionOwner::stage, context.findings);
  stage.own_on_failure = read_failure_strategies(reader, {}, context);
  stage.on_failure = stage.own_on_failure;
  stage.loop = read_loop(reader, context);
  refuse_other_starts(reader, context.findings);
  remark_delegates(reader);
  read_stage_type(reader, stage, {fqn, around, context});
  reader.skip({"spec"});
  reader.finish();
  return stage;
}

}  // namespace tripgate::plan

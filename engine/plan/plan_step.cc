// The ShellScript step of the flat plan.
#include "engine/plan/plan_step.h"

#include "engine/plan/names.h"
#include "engine/plan/setup_id.h"
#include "engine/plan/step_spec_readers.h"

namespace tripgate::plan {
namespace {

void read_shell_script(yaml::MappingReader& spec, PlanStep& step, const PlanContext& context) {
  const Enclosure nothing;
  const SpecPlace place{step.identifier, step.path, spec.position(), false, nothing, context};
  const StepSpec read = read_shell_script_spec(spec, place);
  if (const auto* script = std::get_if<ScriptSpec>(&read)) {
    step.script = script->script;
    step.working_directory = script->working_directory;
    step.environment = script->environment;
    step.outputs = script->outputs;
  }
  if (!step.outputs.empty()) {
    context.findings.warn(
        spec.find("outputVariables")->position,
        "outputVariables have no effect in this version: nothing reads them back");
  }
  refuse_unsupported(spec, {"outputAlias"});
  spec.finish();
}

}  // namespace

std::chrono::seconds read_timeout(yaml::MappingReader& reader, std::chrono::seconds fallback,
                                  yaml::Findings& findings) {
  const PlanTimeout timeout = read_plan_timeout(reader, fallback, findings);
  if (!timeout.expression.empty()) {
    findings.error(reader.find("timeout")->position,
                   "an expression as timeout is not supported yet (" + reader.what() + ")");
  }
  return timeout.fixed;
}

std::vector<PlanVariable> read_flat_variables(yaml::MappingReader& reader, std::string_view key,
                                              const std::string& fqn, yaml::Findings& findings) {
  std::vector<PlanVariable> variables = read_variables(reader, key, fqn, findings);
  const yaml::Node* list = reader.find(key);
  for (std::size_t i = 0; i < variables.size() && list != nullptr; ++i) {
    if (variables[i].type != PlanVariable::Type::secret) continue;
    findings.error(list->items[i].find("type")->position,
                   "variables of type Secret are not supported yet (" + variables[i].name + ")");
  }
  return variables;
}

PlanStep read_step(const yaml::Node& node, const std::string& path, const PlanContext& context) {
  yaml::Findings& findings = context.findings;
  yaml::MappingReader reader(node, "a step", findings);
  PlanStep step;
  if (refuse_template(reader, findings)) return step;
  step.name = read_name(reader, findings);
  step.identifier = read_identifier(reader, findings);
  step.path = path + "." + step.identifier;
  step.setup_id = setup_id(context.execution_id, step.path);
  step.timeout = read_timeout(reader, context.defaults.step_timeout, findings);
  refuse_unsupported(reader, {"when", "failureStrategies", "strategy"});
  remark_delegates(reader);
  reader.remark("enforce", "policies are not evaluated");
  reader.skip({"description"});
  const yaml::Node* type = reader.require_scalar("type");
  const yaml::Node* spec = reader.require_mapping("spec");
  reader.finish();
  if (type == nullptr) return step;
  step.type = type->text;
  if (step.type == "ShellScript") {
    if (spec == nullptr) return step;
    yaml::MappingReader spec_reader(*spec, "step [" + step.identifier + "]", findings);
    read_shell_script(spec_reader, step, context);
  } else if (step.type == "Policy") {
    findings.error(type->position,
                   "Policy step [" + step.identifier + "] is not supported by this runner");
  } else {
    findings.error(type->position, "Step type [" + step.type + "] (step [" + step.identifier +
                                       "]) is not supported by this runner");
  }
  return step;
}

}  // namespace tripgate::plan

// The ShellScript step. Its script is compiled here, so that a placement that bash would run is
// refused when the pipeline is saved, with the place of the expression in the file.
#include <set>

#include "engine/plan/command_rules.h"
#include "engine/plan/expression_blocks.h"
#include "engine/plan/names.h"
#include "engine/plan/plan_parts.h"
#include "engine/plan/setup_id.h"

namespace tripgate::plan {
namespace {

void read_script(const yaml::Node& node, PlanStep& step, yaml::Findings& findings) {
  if (node.text.find('\0') != std::string::npos) {
    return findings.error(node.position, "a script cannot hold a NUL byte");
  }
  Placement placement = compile_script(node.text);
  for (const PlacementRemark& refusal : placement.refusals) {
    findings.error(node.position_at(refusal.offset), refusal.message);
  }
  for (const PlacementRemark& warning : placement.warnings) {
    findings.warn(node.position_at(warning.offset), warning.message);
  }
  step.script = std::move(placement.script);
}

void read_source(yaml::MappingReader& spec, PlanStep& step, yaml::Findings& findings) {
  const yaml::Node* node = spec.require_mapping("source");
  if (node == nullptr) return;
  yaml::MappingReader source(*node, "source of " + spec.what(), findings);
  const yaml::Node* type = source.require_scalar("type");
  if (type != nullptr && type->text != "Inline") {
    findings.error(type->position, "Unsupported source type: " + type->text);
  } else if (const yaml::Node* inner = source.require_mapping("spec")) {
    yaml::MappingReader inline_spec(*inner, "the inline source of " + spec.what(), findings);
    if (const yaml::Node* script = inline_spec.require_scalar("script")) {
      read_script(*script, step, findings);
    }
    inline_spec.finish();
  }
  source.skip({"spec"});
  source.finish();
}

void read_shell(yaml::MappingReader& spec, yaml::Findings& findings) {
  const yaml::Node* shell = spec.require_scalar("shell");
  if (shell == nullptr || shell->text == "Bash") return;
  findings.error(shell->position, shell->text == "PowerShell"
                                      ? "Shell PowerShell is not supported on this host"
                                      : "the shell must be Bash, not \"" + shell->text + "\"");
}

void read_target(yaml::MappingReader& spec, PlanStep& step, yaml::Findings& findings) {
  const yaml::Node* node = spec.find_mapping("executionTarget");
  if (node == nullptr) return;
  yaml::MappingReader target(*node, "executionTarget of " + spec.what(), findings);
  step.working_directory = target.text("workingDirectory");
  if (const yaml::Node* host = target.find_scalar("host"); host != nullptr && !host->text.empty()) {
    findings.error(host->position, "SSH targets are not supported by this runner");
  }
  target.remark("connectorRef", "Ignoring connectorRef: no delegates in self-hosted mode");
  target.finish();
}

// The environment reaches bash before the script does, so a value must not land in a variable that
// bash or the loader obeys.
void check_environment(const std::vector<PlanVariable>& environment, yaml::Position at,
                       yaml::Findings& findings) {
  for (const PlanVariable& variable : environment) {
    if (!is_shell_name(variable.name)) {
      findings.error(at,
                     "the environment variable \"" + variable.name + "\" is no name for a shell");
    } else if (variable.name.starts_with(kReferencePrefix)) {
      findings.error(at, "names that begin with _tripgate_ are reserved");
    } else if (is_guarded_variable(variable.name) && has_block(variable.text)) {
      findings.error(at, variable.name + " acts on bash itself; use a variable of your own");
    }
  }
}

OutputVariable read_output(const yaml::Node& node, yaml::Findings& findings) {
  yaml::MappingReader reader(node, "an output variable", findings);
  OutputVariable output;
  if (const yaml::Node* name = reader.require_scalar("name")) {
    output.name = name->text;
    if (!is_shell_name(name->text) || name->text == "var") {
      findings.error(name->position,
                     "the output variable \"" + name->text +
                         "\" must match ^[a-zA-Z_][0-9a-zA-Z_]{0,127}$ and not be var");
    }
  }
  const yaml::Node* value = reader.find_scalar("value");
  if (value == nullptr || value->text.empty()) {
    findings.error(node.position, "Output variable [" + output.name + "] value found to be empty");
  } else if (!is_shell_name(value->text)) {
    findings.error(value->position, "the value of output variable " + output.name +
                                        " must be the name of a shell variable, not \"" +
                                        value->text + "\"");
  } else {
    output.shell_variable = value->text;
  }
  const std::string type = reader.text("type");
  output.is_secret = type == "Secret";
  if (!type.empty() && type != "String" && type != "Secret") {
    findings.error(node.position, "the type of output variable " + output.name +
                                      " must be String or Secret, not " + type);
  }
  reader.finish();
  return output;
}

void read_outputs(yaml::MappingReader& spec, PlanStep& step, yaml::Findings& findings) {
  std::set<std::string> names;
  const yaml::Node* list = spec.find_sequence("outputVariables");
  if (list == nullptr) return;
  if (!list->items.empty()) {
    findings.warn(list->position,
                  "outputVariables have no effect in this version: nothing reads them back");
  }
  for (const yaml::Node& item : list->items) {
    step.outputs.push_back(read_output(item, findings));
    if (!names.insert(step.outputs.back().name).second) {
      complain_twice(item.position,
                     step.path + ".spec.outputVariables[name:" + step.outputs.back().name + "]",
                     findings);
    }
  }
}

void read_shell_script(const yaml::Node& node, PlanStep& step, yaml::Findings& findings) {
  yaml::MappingReader spec(node, "step [" + step.identifier + "]", findings);
  read_shell(spec, findings);
  read_source(spec, step, findings);
  read_target(spec, step, findings);
  step.environment = read_variables(spec, "environmentVariables", step.path + ".spec", findings);
  check_environment(step.environment, node.position, findings);
  read_outputs(spec, step, findings);
  refuse_unsupported(spec, {"outputAlias"});
  remark_delegates(spec);
  spec.skip({"onDelegate", "metadata"});
  spec.finish();
}

}  // namespace

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
    if (spec != nullptr) read_shell_script(*spec, step, findings);
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

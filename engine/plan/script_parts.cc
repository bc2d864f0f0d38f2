// Scripts, environment and outputs. Everything that reaches a shell is judged here, in one place.
#include "engine/plan/script_parts.h"

#include <set>

#include "engine/plan/command_rules.h"
#include "engine/plan/expression_blocks.h"
#include "engine/plan/names.h"
#include "engine/plan/plan_parts.h"
#include "engine/plan/shell_dialect.h"

namespace tripgate::plan {
namespace {

// What runs instead of a script that nobody gave.
constexpr const char* kMissingScript =
    "echo 'the script is a runtime input that was not given' >&2; exit 1";
constexpr const char* kMissingPython =
    "raise SystemExit('the command is a runtime input that was not given')";

CompiledScript read_python(const yaml::Node& node, yaml::Findings& findings) {
  for (const ExpressionBlock& block : find_blocks(node.text)) {
    findings.error(node.position_at(block.offset),
                   "a Python command may not hold expressions; put the value into envVariables and "
                   "read it from os.environ");
  }
  return {node.text, {}};
}

OutputVariable read_output(const yaml::Node& node, OutputDefault fallback,
                           yaml::Findings& findings) {
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
  const bool is_absent = value == nullptr || value->text.empty();
  if (is_absent && fallback == OutputDefault::own_name) {
    output.shell_variable = output.name;
  } else if (is_absent) {
    findings.error(node.position, "Output variable [" + output.name + "] value found to be empty");
  } else if (is_shell_name(value->text) || is_runtime_input(*value)) {
    output.shell_variable = is_runtime_input(*value) ? output.name : value->text;
  } else {
    findings.error(value->position, "the value of output variable " + output.name +
                                        " must be the name of a shell variable, not \"" +
                                        value->text + "\"");
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

}  // namespace

CompiledScript read_script(const yaml::Node& node, ScriptSpec::Shell shell,
                           const SpecPlace& place) {
  yaml::Findings& findings = place.findings();
  const bool is_python = shell == ScriptSpec::Shell::python;
  if (is_runtime_input(node)) return {is_python ? kMissingPython : kMissingScript, {}};
  if (node.text.find('\0') != std::string::npos) {
    findings.error(node.position, "a script cannot hold a NUL byte");
    return {};
  }
  if (is_python) return read_python(node, findings);
  const bool is_bash = shell == ScriptSpec::Shell::bash;
  Placement placement =
      compile_script_for(node.text, is_bash ? ShellDialect::bash : ShellDialect::posix);
  for (const PlacementRemark& refusal : placement.refusals) {
    findings.error(node.position_at(refusal.offset), refusal.message);
  }
  for (const PlacementRemark& warning : placement.warnings) {
    findings.warn(node.position_at(warning.offset), warning.message);
  }
  return std::move(placement.script);
}

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

std::vector<PlanVariable> read_environment(yaml::MappingReader& spec, const SpecPlace& place) {
  std::vector<PlanVariable> environment =
      read_variables(spec, "environmentVariables", place.fqn + ".spec", place.findings());
  check_environment(environment, spec.position(), place.findings());
  const yaml::Node* list = spec.find("environmentVariables");
  for (std::size_t i = 0; i < environment.size(); ++i) {
    const yaml::Node& entry = list->items[i];
    const yaml::Node* value = entry.find("value");
    const yaml::Node* fallback = entry.find("default");
    if (value != nullptr ? !value->is_null() : fallback != nullptr && !fallback->is_null())
      continue;
    place.findings().error(entry.position,
                           "Env. variable [" + environment[i].name + "] value found to be null");
  }
  return environment;
}

std::vector<OutputVariable> read_outputs(yaml::MappingReader& spec, OutputDefault fallback,
                                         const SpecPlace& place) {
  std::vector<OutputVariable> outputs;
  std::set<std::string> names;
  const yaml::Node* list = find_list(spec, "outputVariables");
  if (list == nullptr) return outputs;
  for (const yaml::Node& entry : list->items) {
    outputs.push_back(read_output(entry, fallback, place.findings()));
    const std::string& name = outputs.back().name;
    if (!names.insert(name).second) {
      complain_twice(entry.position, place.fqn + ".spec.outputVariables[name:" + name + "]",
                     place.findings());
    }
  }
  return outputs;
}

std::optional<OutputScope> read_scope_word(yaml::MappingReader& reader, bool allows_step_group,
                                           yaml::Findings& findings) {
  const yaml::Node* scope = reader.require_scalar("scope");
  if (scope == nullptr) return {};
  if (scope->text == "Pipeline" || is_runtime_input(*scope)) return OutputScope::pipeline;
  if (scope->text == "Stage") return OutputScope::stage;
  if (scope->text == "StepGroup" && allows_step_group) return OutputScope::step_group;
  findings.error(scope->position,
                 std::string("scope must be ") +
                     (allows_step_group ? "Pipeline, Stage or StepGroup" : "Pipeline or Stage") +
                     ", not \"" + scope->text + "\"");
  return {};
}

std::optional<OutputAlias> read_output_alias(yaml::MappingReader& spec, const SpecPlace& place) {
  const yaml::Node* node = find_map(spec, "outputAlias");
  if (node == nullptr) return {};
  yaml::MappingReader reader(*node, "outputAlias of " + spec.what(), place.findings());
  OutputAlias alias;
  const yaml::Node* key = reader.find_scalar("key");
  if (key == nullptr || key->text.empty()) {
    place.findings().error(node->position,
                           "Empty value for key is not allowed in output alias configuration");
  } else {
    alias.key = key->text;
  }
  alias.scope = read_scope_word(reader, true, place.findings()).value_or(OutputScope::pipeline);
  reader.finish();
  if (place.is_in_loop) {
    place.findings().error(node->position, "outputAlias is not allowed inside a loop");
  }
  return alias;
}

}  // namespace tripgate::plan

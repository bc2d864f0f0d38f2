// The Run step in its local mode: no container, the shell of this host. Source: pipelines.md 2.2.
#include "engine/plan/expression_blocks.h"
#include "engine/plan/plan_parts.h"
#include "engine/plan/script_parts.h"
#include "engine/plan/step_spec_readers.h"

namespace tripgate::plan {
namespace {

using Shell = ScriptSpec::Shell;

Shell read_shell(yaml::MappingReader& spec, yaml::Findings& findings) {
  const yaml::Node* shell = spec.find_scalar("shell");
  if (shell == nullptr || shell->text == "Sh" || is_runtime_input(*shell)) return Shell::sh;
  if (shell->text == "Bash") return Shell::bash;
  if (shell->text == "Python") return Shell::python;
  if (shell->text == "Powershell" || shell->text == "Pwsh") {
    findings.error(shell->position, "Shell PowerShell is not supported on this host");
  } else {
    findings.error(shell->position,
                   "the shell must be Sh, Bash or Python, not \"" + shell->text + "\"");
  }
  return Shell::sh;
}

// Without a container there is nothing that these could act on.
void refuse_containers(yaml::MappingReader& spec, const SpecPlace& place) {
  spec.refuse("image", "Step [" + place.identifier +
                           "] uses image, which needs a container runtime and is not supported by "
                           "this runner");
  for (const char* key :
       {"imagePullPolicy", "privileged", "runAsUser", "resources", "registryRef"}) {
    spec.remark(key, std::string("Ignoring ") + key + ": steps run without containers");
  }
  spec.remark("reports", "Ignoring reports: test reports are not collected");
}

std::vector<PlanVariable> read_run_environment(yaml::MappingReader& spec, const SpecPlace& place) {
  std::vector<PlanVariable> environment;
  for (auto& [name, text] : read_pairs(spec, "envVariables")) {
    environment.push_back({std::move(name), PlanVariable::Type::string, std::move(text), false});
  }
  check_environment(environment, spec.position(), place.findings());
  return environment;
}

}  // namespace

StepSpec read_run_spec(yaml::MappingReader& spec, const SpecPlace& place) {
  ScriptSpec script;
  script.shell = read_shell(spec, place.findings());
  script.stops_at_first_error = script.shell != Shell::python;
  if (const yaml::Node* command = spec.require_scalar("command")) {
    script.script = read_script(*command, script.shell, place);
  }
  script.environment = read_run_environment(spec, place);
  script.outputs = read_outputs(spec, OutputDefault::own_name, place);
  script.alias = read_output_alias(spec, place);
  refuse_containers(spec, place);
  return script;
}

}  // namespace tripgate::plan

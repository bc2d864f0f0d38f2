// The ShellScript step: Bash, inline, on this host. Source: pipelines.md 2.1.
#include "engine/plan/plan_parts.h"
#include "engine/plan/script_parts.h"
#include "engine/plan/step_spec_readers.h"

namespace tripgate::plan {
namespace {

void read_shell(yaml::MappingReader& spec, yaml::Findings& findings) {
  const yaml::Node* shell = spec.require_scalar("shell");
  if (shell == nullptr || shell->text == "Bash" || is_runtime_input(*shell)) return;
  findings.error(shell->position, shell->text == "PowerShell"
                                      ? "Shell PowerShell is not supported on this host"
                                      : "the shell must be Bash, not \"" + shell->text + "\"");
}

void read_source(yaml::MappingReader& spec, ScriptSpec& script, const SpecPlace& place) {
  const yaml::Node* node = find_map(spec, "source");
  if (node == nullptr && spec.find("source") == nullptr) node = spec.require_mapping("source");
  if (node == nullptr) return;
  yaml::Findings& findings = place.findings();
  yaml::MappingReader source(*node, "source of " + spec.what(), findings);
  const yaml::Node* type = source.require_scalar("type");
  if (type != nullptr && type->text != "Inline" && !is_runtime_input(*type)) {
    findings.error(type->position, "Unsupported source type: " + type->text);
  } else if (const yaml::Node* inner = source.require_mapping("spec")) {
    yaml::MappingReader inline_spec(*inner, "the inline source of " + spec.what(), findings);
    if (const yaml::Node* text = inline_spec.require_scalar("script")) {
      script.script = read_script(*text, script.shell, place);
    }
    inline_spec.finish();
  }
  source.skip({"spec"});
  source.finish();
}

void read_target(yaml::MappingReader& spec, ScriptSpec& script, const SpecPlace& place) {
  const yaml::Node* node = find_map(spec, "executionTarget");
  if (node == nullptr) return;
  yaml::MappingReader target(*node, "executionTarget of " + spec.what(), place.findings());
  script.working_directory = target.text("workingDirectory");
  if (const yaml::Node* host = target.find_scalar("host"); host != nullptr && !host->text.empty()) {
    place.findings().error(host->position, "SSH targets are not supported by this runner");
  }
  target.remark("connectorRef", "Ignoring connectorRef: no delegates in self-hosted mode");
  target.finish();
}

}  // namespace

StepSpec read_shell_script_spec(yaml::MappingReader& spec, const SpecPlace& place) {
  ScriptSpec script;
  read_shell(spec, place.findings());
  read_source(spec, script, place);
  read_target(spec, script, place);
  script.environment = read_environment(spec, place);
  script.outputs = read_outputs(spec, OutputDefault::none, place);
  script.alias = read_output_alias(spec, place);
  spec.skip({"onDelegate", "metadata"});
  remark_delegates(spec);
  return script;
}

}  // namespace tripgate::plan

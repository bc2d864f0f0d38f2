// Rendering happens when a step starts, so that it sees what earlier steps left.
#include "engine/run/leaf_command.h"

#include <algorithm>

#include "engine/base/json_writer.h"
#include "engine/base/secret_text.h"
#include "engine/plan/script_prologue.h"
#include "engine/run/call_leaf.h"
#include "engine/run/node_objects.h"
#include "engine/run/node_timeout.h"

namespace tripgate {
namespace {

/// Bytes of one output of a Run step (pipelines.md 9.3).
constexpr std::size_t kRunOutputMax = 64 * 1024;

StepShell step_shell(plan::ScriptSpec::Shell shell) {
  switch (shell) {
    case plan::ScriptSpec::Shell::bash:
      return StepShell::bash;
    case plan::ScriptSpec::Shell::sh:
      return StepShell::sh;
    case plan::ScriptSpec::Shell::python:
      return StepShell::python;
  }
  return StepShell::bash;
}

/// Renders the parts of one script step.
class ScriptCommand {
 public:
  ScriptCommand(const RunTree& tree, NodeNumber node, const plan::ScriptSpec& spec,
                NodeExpressions& expressions)
      : tree_(tree), node_(node), spec_(spec), expressions_(expressions) {}

  Result<StepCommand, Diagnostic> make() {
    StepCommand command;
    command.shell = step_shell(spec_.shell);
    command.script = spec_.script.text;
    command.stops_on_error = spec_.stops_at_first_error;
    if (spec_.stops_at_first_error) command.output_value_max_bytes = kRunOutputMax;
    for (const plan::OutputVariable& output : spec_.outputs) {
      command.outputs.push_back({output.name, output.shell_variable, output.is_secret});
    }
    if (const auto added = add_values(command); !added) return added.error();
    if (const auto added = add_environment(command); !added) return added.error();
    if (spec_.working_directory.empty()) return command;
    auto directory = expressions_.render(tree_, node_, spec_.working_directory);
    if (!directory) return directory.error();
    command.working_directory = std::move(*directory);
    return command;
  }

 private:
  Result<std::string, Diagnostic> render(const std::string& text, StepCommand& command) {
    return expressions_.render_for_process(tree_, node_, text, command.secrets);
  }

  Result<void, Diagnostic> add_values(StepCommand& command) {
    std::vector<std::pair<std::string, std::string>> values;
    for (const plan::ScriptReference& reference : spec_.script.references) {
      auto value = render(reference.expression, command);
      if (!value) return value.error();
      values.emplace_back(reference.variable, std::move(*value));
    }
    Result<std::string> prologue = plan::script_prologue(values);
    for (auto& [name, value] : values) wipe(value);
    if (!prologue) return Diagnostic("a value of its expressions holds a NUL byte");
    command.prologue = std::move(*prologue);
    return {};
  }

  Result<void, Diagnostic> add_environment(StepCommand& command) {
    for (const plan::PlanVariable& variable : spec_.environment) {
      auto value = render(variable.text, command);
      if (!value) return value.error();
      command.environment.emplace_back(variable.name, std::move(*value));
    }
    return {};
  }

  const RunTree& tree_;
  NodeNumber node_;
  const plan::ScriptSpec& spec_;
  NodeExpressions& expressions_;
};

bool is_secret_output(const plan::ScriptSpec& spec, std::string_view name) {
  return std::any_of(spec.outputs.begin(), spec.outputs.end(),
                     [name](const plan::OutputVariable& output) {
                       return output.is_secret && output.name == name;
                     });
}

/// `{"outputVariables":{...}}`, and the same again for whoever knows the step's alias. Secret ones
/// are left out: records are plain text, and statuses show them.
std::vector<std::pair<std::string, std::string>> script_outcomes(const RunTree& tree,
                                                                 NodeNumber node,
                                                                 const plan::ScriptSpec& spec,
                                                                 NodeExpressions& expressions,
                                                                 const StepResult& result) {
  if (result.outputs.empty()) return {};
  JsonWriter variables;
  variables.begin_object();
  for (const auto& [name, value] : result.outputs) {
    if (!is_secret_output(spec, name)) variables.member(name, value);
  }
  variables.end_object();
  const std::string values = variables.take();
  JsonWriter output;
  output.begin_object().key("outputVariables").raw(values).end_object();
  std::vector<std::pair<std::string, std::string>> outcomes{{"output", output.take()}};
  if (!spec.alias) return outcomes;
  const auto key = expressions.render(tree, node, spec.alias->key);
  if (key) outcomes.emplace_back(exported_outcome_name(spec.alias->scope, *key), values);
  return outcomes;
}

}  // namespace

Result<StepCommand, Diagnostic> make_command(const RunTree& tree, NodeNumber number,
                                             NodeExpressions& expressions,
                                             const CallSettings& calls) {
  const LiveNode& node = tree.at(number);
  Result<StepCommand, Diagnostic> command =
      Diagnostic("Step type [" + node.plan->type + "] is not supported by this runner");
  if (const auto* script = std::get_if<plan::ScriptSpec>(&node.plan->spec)) {
    command = ScriptCommand(tree, number, *script, expressions).make();
  } else if (const auto* http = std::get_if<plan::HttpSpec>(&node.plan->spec)) {
    command = make_http_leaf(tree, number, *http, expressions, calls);
  } else if (const auto* email = std::get_if<plan::EmailSpec>(&node.plan->spec)) {
    command = make_email_leaf(tree, number, *email, expressions, calls);
  }
  if (!command) return command;
  command->event_id = tree.execution().origin.event_id;
  command->node_key = node.plan->setup_id;
  if (node.state.iteration) command->node_key += node.state.iteration->postfix;
  command->timeout = timeout_of(node.plan->timeout, tree, number, expressions);
  return command;
}

void wipe_secrets(StepCommand& command) {
  if (command.secrets.empty()) return;
  wipe(command.prologue);
  wipe(command.script);
  for (auto& [name, value] : command.environment) wipe(value);
  for (std::string& secret : command.secrets) wipe(secret);
}

AttemptId attempt_id(const Execution& execution, const NodeState& node) {
  return {execution.plan_execution_id, node.execution_id, node.start_count - 1};
}

LeafEnd judge_result(const RunTree& tree, NodeNumber number, NodeExpressions& expressions,
                     const StepResult& result) {
  if (!result.interrupted.empty()) return {RunStatus::failed, {result.interrupted, {}}, {}};
  if (!result.start_error.empty()) return start_failure(tree, number, result.start_error);
  if (result.timed_out) return {RunStatus::expired, timeout_failure(), {}};
  if (result.aborted) {
    return {RunStatus::aborted,
            {"Script execution interrupted, possibly due to a timeout or pipeline abort.", {}},
            {}};
  }
  const plan::StepSpec& spec = tree.at(number).plan->spec;
  if (const auto* http = std::get_if<plan::HttpSpec>(&spec)) {
    return judge_http_leaf(tree, number, *http, expressions, result);
  }
  if (std::holds_alternative<plan::EmailSpec>(spec)) return judge_email_leaf(tree, number, result);
  if (!result.output_error.empty()) {
    return {RunStatus::failed, {"Shell Script execution failed. " + result.output_error, {}}, {}};
  }
  if (!result.is_success()) {
    return {
        RunStatus::failed, {"Shell Script execution failed. Please check execution logs.", {}}, {}};
  }
  const auto* script = std::get_if<plan::ScriptSpec>(&spec);
  if (script == nullptr) return {};
  return {RunStatus::succeeded, {}, script_outcomes(tree, number, *script, expressions, result)};
}

LeafEnd start_failure(const RunTree& tree, NodeNumber node, const std::string& reason) {
  const plan::StepSpec& spec = tree.at(node).plan->spec;
  if (std::holds_alternative<plan::EmailSpec>(spec)) {
    return {RunStatus::failed, {reason, {FailureType::application}}, {}};
  }
  return {RunStatus::failed, {"Shell Script Failed to execute. Reason: " + reason, {}}, {}};
}

}  // namespace tripgate

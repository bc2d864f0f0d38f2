// Rendering happens when a step starts, so that it sees what earlier steps left.
#include "engine/run/step_launch.h"

#include "engine/plan/script_prologue.h"
#include "engine/run/step_renderer.h"

namespace tripgate {

Result<StepCommand, Diagnostic> make_step_command(const Execution& execution,
                                                  const plan::Plan& plan, StepPlace place,
                                                  std::string_view head_bytes,
                                                  std::string_view body) {
  const plan::PlanStep& step = plan.stages[place.stage].steps[place.step];
  const StepRenderer renderer(execution, plan, place, head_bytes, body);
  std::vector<std::pair<std::string, std::string>> values;
  for (const plan::ScriptReference& reference : step.script.references) {
    Result<std::string, Diagnostic> value = renderer.render(reference.expression);
    if (!value) return value.error();
    values.emplace_back(reference.variable, std::move(*value));
  }
  Result<std::string> prologue = plan::script_prologue(values);
  if (!prologue) return Diagnostic("a value of its expressions holds a NUL byte");
  StepCommand command;
  command.prologue = std::move(*prologue);
  command.script = step.script.text;
  command.event_id = execution.origin.event_id;
  command.timeout = step.timeout;
  for (const plan::OutputVariable& output : step.outputs) {
    command.outputs.push_back({output.name, output.shell_variable, output.is_secret});
  }
  for (const plan::PlanVariable& variable : step.environment) {
    Result<std::string, Diagnostic> value = renderer.render(variable.text);
    if (!value) return value.error();
    command.environment.emplace_back(variable.name, std::move(*value));
  }
  if (!step.working_directory.empty()) {
    Result<std::string, Diagnostic> directory = renderer.render(step.working_directory);
    if (!directory) return directory.error();
    command.working_directory = std::move(*directory);
  }
  return command;
}

AttemptId attempt_id(const Execution& execution, StepPlace place) {
  const StepState& step = execution.stages[place.stage].steps[place.step];
  return {execution.plan_execution_id, step.node.setup_id, step.attempt_count - 1};
}

}  // namespace tripgate

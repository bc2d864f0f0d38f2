// From a planned step to the command that a process runs.
#pragma once

#include <string>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/plan/plan.h"
#include "engine/run/command_runner.h"
#include "engine/run/progress.h"
#include "engine/status/execution.h"

namespace tripgate {

/// Renders a step's values. Values reach the script through its prologue and its environment only;
/// the script's text is the plan's.
///
/// head_bytes, body: the event that started the execution. Errors: why the step cannot start, for
/// its failure message.
[[nodiscard]] Result<StepCommand, Diagnostic> make_step_command(const Execution& execution,
                                                                const plan::Plan& plan,
                                                                StepPlace place,
                                                                std::string_view head_bytes,
                                                                std::string_view body);

/// The name under which an attempt is started and found again.
[[nodiscard]] AttemptId attempt_id(const Execution& execution, StepPlace place);

}  // namespace tripgate

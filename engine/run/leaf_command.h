// From a planned step to the command that a process runs, and from its result to the step's end.
#pragma once

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/call/call_settings.h"
#include "engine/run/command_runner.h"
#include "engine/run/node_expressions.h"
#include "engine/run/run_machine.h"

namespace tripgate {

/// Renders a step's values. Values reach a script through its prologue and its environment only;
/// the script's text is the plan's. Errors: why the step cannot start, for its failure message.
[[nodiscard]] Result<StepCommand, Diagnostic> make_command(const RunTree& tree, NodeNumber node,
                                                           NodeExpressions& expressions,
                                                           const CallSettings& calls);

/// Overwrites what may hold plain text of secrets, once the command was handed over.
void wipe_secrets(StepCommand& command);

/// The name under which an attempt is started and found again.
[[nodiscard]] AttemptId attempt_id(const Execution& execution, const NodeState& node);

/// What an attempt's end means for its step: status, failure types (pipelines.md 2.12), outcomes.
[[nodiscard]] LeafEnd judge_result(const RunTree& tree, NodeNumber node,
                                   NodeExpressions& expressions, const StepResult& result);

/// The end of a step that could not start.
[[nodiscard]] LeafEnd start_failure(const RunTree& tree, NodeNumber node,
                                    const std::string& reason);

}  // namespace tripgate

// Http and Email steps in a run: what the call library asks for is found in the run's tree.
#pragma once

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/call/call_settings.h"
#include "engine/run/command_runner.h"
#include "engine/run/node_expressions.h"
#include "engine/run/run_machine.h"

namespace tripgate {

/// The command of an Http step. Errors: why it cannot start.
[[nodiscard]] Result<StepCommand, Diagnostic> make_http_leaf(const RunTree& tree, NodeNumber node,
                                                             const plan::HttpSpec& spec,
                                                             NodeExpressions& expressions,
                                                             const CallSettings& settings);

/// What the end of its call means (pipelines.md 2.3 and 2.12).
[[nodiscard]] LeafEnd judge_http_leaf(const RunTree& tree, NodeNumber node,
                                      const plan::HttpSpec& spec, NodeExpressions& expressions,
                                      const StepResult& result);

/// The command of an Email step. Errors: why it cannot start, in the original's words.
[[nodiscard]] Result<StepCommand, Diagnostic> make_email_leaf(const RunTree& tree, NodeNumber node,
                                                              const plan::EmailSpec& spec,
                                                              NodeExpressions& expressions,
                                                              const CallSettings& settings);

/// What the end of its call means (pipelines.md 2.7).
[[nodiscard]] LeafEnd judge_email_leaf(const RunTree& tree, NodeNumber node,
                                       const StepResult& result);

}  // namespace tripgate

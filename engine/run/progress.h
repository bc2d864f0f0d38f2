// How an execution moves: pure steps from one record to the next, without I/O.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "engine/base/clock.h"
#include "engine/run/command_runner.h"
#include "engine/status/execution.h"

namespace tripgate {

/// A step's place in its execution.
struct StepPlace {
  std::size_t stage = 0;
  std::size_t step = 0;

  friend bool operator==(const StepPlace&, const StepPlace&) = default;
};

/// The step that is under way; empty if none is.
[[nodiscard]] std::optional<StepPlace> running_step(const Execution& execution);

/// Visits nodes from where the execution stands until a step has to run, which is entered as
/// running with its first attempt, or until the execution is final (then empty). A node whose
/// default condition does not hold is visited and skipped (pipelines.md 4.6).
std::optional<StepPlace> advance(Execution& execution, UnixMs now_ms);

/// What an attempt's end means for its step.
struct StepVerdict {
  RunStatus status = RunStatus::succeeded;
  std::string failure_message;  // empty after a success
};
[[nodiscard]] StepVerdict judge_result(const StepResult& result);

/// Enters the end of the step that is under way.
void end_step(Execution& execution, StepPlace place, StepVerdict verdict, UnixMs now_ms);

/// Ends an execution from outside: what runs and the execution itself get the status, what was not
/// visited stays so.
void end_all(Execution& execution, StepVerdict verdict, UnixMs now_ms);

}  // namespace tripgate

// An execution that holds a place among the running ones.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "engine/plan/plan.h"
#include "engine/run/progress.h"
#include "engine/status/execution.h"

namespace tripgate {

struct ActiveRun {
  Execution execution;
  plan::Plan plan;
  /// The running step's attempt was started or adopted, and its end will be told.
  bool is_attempt_under_way = false;
  /// A record of it is on its way to the disk.
  bool is_saving = false;
  /// Somebody asked for its end; it comes with the end of its step.
  bool is_aborting = false;
  /// A deadline passed; the same.
  bool is_expiring = false;

  /// Unix time at which the stage or the pipeline is out of time, whichever is first.
  [[nodiscard]] UnixMs deadline_ms() const {
    using std::chrono::milliseconds;
    const std::optional<StepPlace> place = running_step(execution);
    UnixMs deadline = execution.started_at_ms + milliseconds(plan.timeout).count();
    if (place && place->stage < plan.stages.size()) {
      deadline = std::min(deadline, execution.stages[place->stage].node.started_at_ms +
                                        milliseconds(plan.stages[place->stage].timeout).count());
    }
    return deadline;
  }
};

/// Where an execution queues: executions of one project share a lane.
[[nodiscard]] inline std::string lane_of(const Execution& execution) {
  return execution.account + '/' + execution.org + '/' + execution.project;
}

}  // namespace tripgate

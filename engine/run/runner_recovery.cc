// After a restart: every attempt that was journaled and has no end is looked for before anything is
// started, so that no step starts twice.
#include "engine/base/errc.h"
#include "engine/base/log.h"
#include "engine/run/runner_impl.h"
#include "engine/run/step_launch.h"
#include "engine/status/execution_store.h"

namespace tripgate {
namespace {

/// Active executions read by one snapshot.
constexpr std::size_t kChunk = 1000;

}  // namespace

ErrorCode Runner::Impl::recover() {
  ExecutionNumber last = 0;
  for (;;) {
    std::vector<ExecutionNumber> numbers;
    {
      const auto txn = parts_.store.begin_read();
      if (!txn) return txn.error();
      auto listed = list_active_executions(*txn, dbs(), last, kChunk);
      if (!listed) return listed.error();
      numbers = std::move(*listed);
    }
    if (numbers.empty()) break;
    last = numbers.back();
    for (const ExecutionNumber number : numbers) {
      if (const ErrorCode error = take_up(number); error) return error;
    }
  }
  // The writes wait until every attempt was looked for: their ends start further steps.
  for (auto& [number, run] : active_) {
    if (!run.is_attempt_under_way) save(run);
  }
  begin_waiting();
  arm_timer();
  return {};
}

ErrorCode Runner::Impl::take_up(ExecutionNumber number) {
  Result<Execution> execution = load(number);
  if (!execution) return execution.error();
  if (execution->status == RunStatus::queued) {
    queue_.push(lane_of(*execution), number);
    return {};
  }
  queue_.hold(lane_of(*execution));
  ActiveRun& run = active_[number];
  run.execution = std::move(*execution);
  Result<plan::Plan, Diagnostic> plan = load_plan(run.execution);
  if (!plan) {
    end_all(run.execution, {RunStatus::errored, plan.error().message}, parts_.clock.now_ms());
    return {};
  }
  run.plan = std::move(*plan);
  if (const auto place = running_step(run.execution)) adopt_step(run, *place);
  return {};
}

void Runner::Impl::adopt_step(ActiveRun& run, StepPlace place) {
  const AttemptId id = attempt_id(run.execution, place);
  const Result<Adoption> adoption =
      parts_.commands.adopt(id, end_of(run.execution.number, id.number));
  if (adoption && *adoption == Adoption::never_started) {
    ++run.execution.stages[place.stage].steps[place.step].attempt_count;
    return;
  }
  run.is_attempt_under_way = true;
  if (adoption) return;
  // Nobody can say whether it runs: starting it again could run it twice.
  log_error("step " + id.node_id + " of " + id.execution_id +
            " cannot be found again: " + adoption.error().message());
  StepResult lost;
  lost.interrupted = "interrupted: its files cannot be read: " + adoption.error().message();
  end_of(run.execution.number, id.number)(lost);
}

}  // namespace tripgate

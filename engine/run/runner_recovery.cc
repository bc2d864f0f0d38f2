// After a restart: every attempt that was journaled and has no end is looked for before anything is
// started, so that no step starts twice.
#include "engine/base/errc.h"
#include "engine/base/log.h"
#include "engine/run/leaf_command.h"
#include "engine/run/runner_impl.h"
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
  for (auto& [number, run] : active_) finish_turn(*run);
  for (Execution& child : std::exchange(unbegun_children_, {})) begin(std::move(child));
  begin_waiting();
  arm_timer();
  return announce_pending();
}

ErrorCode Runner::Impl::take_up(ExecutionNumber number) {
  Result<Execution> execution = load(number);
  if (!execution && execution.error() == Errc::store_corrupt) {
    // One broken record must not keep all others from running, at every start anew.
    log_error("execution " + std::to_string(number) + " cannot be read and is left as it is");
    return {};
  }
  if (!execution) return execution.error();
  const bool is_child = execution->parent.execution != 0;
  if (execution->status == RunStatus::queued && !is_child) {
    queue_.push(lane_of(*execution), number);
    return {};
  }
  queue_.hold(lane_of(*execution));
  if (execution->status == RunStatus::queued) {
    // Its parent holds a place and waits for it.
    unbegun_children_.push_back(std::move(*execution));
    return {};
  }
  auto loaded = load_run(*execution);
  if (!loaded && may_be_read_later(loaded.error().cause)) return loaded.error().cause;
  if (!loaded) {
    end_unplanned(std::move(*execution), loaded.error());
    return {};
  }
  ActiveRun& run = *active_.emplace(number, std::move(*loaded)).first->second;
  hold_keys_again(run);
  run.machine.resume(parts_.clock.now_ms());
  for (const RunEffect& effect : run.machine.take_effects()) {
    if (effect.type == RunEffect::Type::start_process) {
      adopt_step(run, effect.node);
    } else {
      run.effects.push_back(effect);
    }
  }
  return {};
}

void Runner::Impl::adopt_step(ActiveRun& run, NodeNumber node) {
  const NodeState& state = run.tree.state(node);
  const bool is_ending = state.status == RunStatus::discontinuing;
  const AttemptId id = attempt_id(run.tree.execution(), state);
  const Result<Adoption> adoption =
      parts_.commands.adopt(id, end_of(run.tree.execution().number, node, id.number));
  if (adoption && *adoption == Adoption::never_started) {
    if (is_ending) {
      return run.machine.end_leaf(node, {RunStatus::aborted, {}, {}}, parts_.clock.now_ms());
    }
    ++run.tree.edit(node).start_count;
    run.effects.push_back({RunEffect::Type::start_process, node});
    return;
  }
  ++process_count_;
  run.attempts_under_way.insert(node);
  if (adoption) {
    if (*adoption == Adoption::ended) run.ended_before.insert(node);
    if (is_ending) parts_.commands.abort(id);
    return;
  }
  // Nobody can say whether it runs: starting it again could run it twice.
  log_error("step " + id.node_id + " of " + id.execution_id +
            " cannot be found again: " + adoption.error().message());
  StepResult lost;
  lost.interrupted = "interrupted: its files cannot be read: " + adoption.error().message();
  end_of(run.tree.execution().number, node, id.number)(lost);
}

}  // namespace tripgate

// From turn to turn: what changed is written, then what the turn asks for is done. One write of a
// run is under way at a time; what happens meanwhile goes with the next, so that records and
// effects keep their order even when a full disk makes a write wait.
#include "engine/base/errc.h"
#include "engine/base/log.h"
#include "engine/run/leaf_command.h"
#include "engine/run/runner_impl.h"
#include "engine/status/execution_store.h"

namespace tripgate {
namespace {

/// Until records that found the store full are written again.
constexpr std::chrono::seconds kSaveRetryPause{1};

ErrorCode write_turn(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                     const SavedTurn& turn) {
  const ErrorCode error = put_nodes(txn, dbs, turn.head.number, turn.changes.nodes);
  if (error) return error;
  if (const ErrorCode failed = put_notifications(txn, dbs, turn.notifications)) return failed;
  return turn.changes.is_head_changed ? save_execution(txn, dbs, turn.head) : ErrorCode();
}

}  // namespace

void Runner::Impl::finish_turn(ActiveRun& run) {
  for (const RunEffect& effect : run.machine.take_effects()) run.effects.push_back(effect);
  run.expressions.release_event();
  if (!run.is_saving) save(run);
  release_keys_of_stages(run);
  arm_timer();
}

void Runner::Impl::save(ActiveRun& run) {
  auto turn = std::make_shared<SavedTurn>();
  run.take_tags();
  turn->changes = run.tree.take_changes();
  turn->head = run.tree.execution();
  turn->notifications = notifications_of(run, turn->changes);
  turn->effects = std::exchange(run.effects, {});
  turn->on_durable = std::exchange(run.on_durable, {});
  if (turn->changes.is_empty() && turn->effects.empty() && turn->on_durable.empty()) return;
  run.is_saving = true;
  submit(turn);
  prepare(run, turn->effects);
}

/// The disk has the turn in hand meanwhile.
void Runner::Impl::prepare(const ActiveRun& run, std::span<const RunEffect> effects) {
  for (const RunEffect& effect : effects) {
    if (effect.type != RunEffect::Type::start_process) continue;
    parts_.commands.prepare(attempt_id(run.tree.execution(), run.tree.state(effect.node)));
  }
}

void Runner::Impl::submit(std::shared_ptr<SavedTurn> turn) {
  parts_.store.submit(
      [self = shared_from_this(), turn](lmdb::WriteTransaction& txn) {
        return write_turn(txn, self->dbs(), *turn);
      },
      [self = shared_from_this(), turn](ErrorCode error) {
        self->post([turn, error](Impl& impl) { impl.on_saved(turn, error); });
      });
}

void Runner::Impl::on_saved(const std::shared_ptr<SavedTurn>& turn, ErrorCode error) {
  const ExecutionNumber number = turn->head.number;
  if (find(number) == nullptr || error == Errc::cancelled || error == Errc::store_io) return;
  if (error) {
    log_error("execution " + std::to_string(number) + " cannot be stored: " + error.message());
    auto pause = std::make_shared<boost::asio::steady_timer>(parts_.executor, kSaveRetryPause);
    pause->async_wait([self = shared_from_this(), pause, turn](const ErrorCode&) {
      if (!self->is_stopped_) self->submit(turn);
    });
    return;
  }
  for (const PendingNotification& notification : turn->notifications) {
    if (ActiveRun* run = find(number)) announce(*run, notification, false);
  }
  for (const auto& tell : turn->on_durable) tell();
  for (const RunEffect& effect : turn->effects) {
    if (ActiveRun* run = find(number)) perform(*run, effect);
  }
  ActiveRun* run = find(number);
  if (run == nullptr) return;
  if (is_final(turn->head.status)) return finish(number);
  run->is_saving = false;
  save(*run);
}

void Runner::Impl::perform(ActiveRun& run, const RunEffect& effect) {
  const NodeState& node = run.tree.state(effect.node);
  switch (effect.type) {
    case RunEffect::Type::start_process:
      pending_starts_.push(lane_of(run.tree.execution()),
                           {run.tree.execution().number, effect.node});
      return start_pending();
    case RunEffect::Type::abort_process:
      if (run.attempts_under_way.contains(effect.node)) {
        return parts_.commands.abort(attempt_id(run.tree.execution(), node));
      }
      // It waited for a place and never began.
      run.machine.end_leaf(effect.node, {RunStatus::aborted, {}, {}}, parts_.clock.now_ms());
      return finish_turn(run);
    case RunEffect::Type::acquire_queue:
      return acquire_key(run, effect.node);
    case RunEffect::Type::start_child:
      return start_child(run, effect.node);
    case RunEffect::Type::abort_child:
      return abort_child(run, effect.node);
    case RunEffect::Type::listen:
      return listen(run, effect.node);
    case RunEffect::Type::reject_older:
      return reject_older(run, effect.node);
    case RunEffect::Type::use_defaults:
      return use_defaults(run, effect.node);
  }
}

/// Starts processes as long as there are places.
void Runner::Impl::start_pending() {
  while (process_count_ < parts_.limits.processes_max) {
    const auto start = pending_starts_.pop();
    if (!start) return;
    ActiveRun* run = find(start->execution);
    const bool still_starts =
        run != nullptr && run->tree.state(start->node).status == RunStatus::running;
    if (still_starts) start_process(*run, start->node);
  }
}

void Runner::Impl::start_process(ActiveRun& run, NodeNumber node) {
  std::string refusal;
  const ErrorCode error = start_step(run, node, refusal);
  if (!error && refusal.empty()) {
    ++process_count_;
    run.attempts_under_way.insert(node);
    return;
  }
  const std::string reason = refusal.empty() ? error.message() : refusal;
  run.machine.end_leaf(node, start_failure(run.tree, node, reason), parts_.clock.now_ms());
  finish_turn(run);
}

ErrorCode Runner::Impl::start_step(ActiveRun& run, NodeNumber node, std::string& refusal) {
  Result<StepCommand, Diagnostic> command =
      make_command(run.tree, node, run.expressions, parts_.calls);
  run.expressions.release_event();
  if (!command) {
    refusal = command.error().message;
    return {};
  }
  const AttemptId id = attempt_id(run.tree.execution(), run.tree.state(node));
  const ErrorCode failed =
      parts_.commands.start(id, *command, end_of(run.tree.execution().number, node, id.number));
  wipe_secrets(*command);
  return failed;
}

OnStepEnd Runner::Impl::end_of(ExecutionNumber number, NodeNumber node, std::uint32_t attempt) {
  // The runner of commands may outlive this one.
  return [weak = weak_from_this(), number, node, attempt](const StepResult& result) {
    const std::shared_ptr<Impl> self = weak.lock();
    if (!self) return;
    self->post([=](Impl& impl) { impl.on_step_end(number, node, attempt, result); });
  };
}

void Runner::Impl::on_step_end(ExecutionNumber number, NodeNumber node, std::uint32_t attempt,
                               const StepResult& result) {
  ActiveRun* run = find(number);
  if (run == nullptr || run->attempts_under_way.erase(node) == 0) return;
  --process_count_;
  run->ended_before.erase(node);
  if (attempt_id(run->tree.execution(), run->tree.state(node)).number == attempt) {
    const UnixMs now_ms = parts_.clock.now_ms();
    run->machine.end_leaf(node, judge_result(run->tree, node, run->expressions, result), now_ms);
    // What was due before goes with the same turn: nothing begins whose time is up.
    const std::optional<UnixMs> due_ms = run->machine.next_due_ms();
    if (run->ended_before.empty() && due_ms && *due_ms <= now_ms) run->machine.tick(now_ms);
    finish_turn(*run);
  }
  start_pending();
}

}  // namespace tripgate

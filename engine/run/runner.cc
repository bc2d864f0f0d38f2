// Which runs are at work, and the doors through which others reach them.
#include "engine/run/runner.h"

#include <algorithm>

#include "engine/base/errc.h"
#include "engine/base/log.h"
#include "engine/run/runner_impl.h"
#include "engine/status/execution_store.h"
#include "engine/status/new_id.h"
#include "engine/status/run_text.h"

namespace tripgate {
namespace {

/// What was at work in a run ends as the run does.
ErrorCode end_stored_nodes(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                           const Execution& execution) {
  const auto nodes = load_nodes(txn, dbs, execution.number);
  if (!nodes) return nodes.error() == Errc::store_corrupt ? ErrorCode() : nodes.error();
  std::vector<NodeWrite> writes;
  for (const NodeState& node : *nodes) {
    if (is_final(node.status) || node.status == RunStatus::not_started) continue;
    const NodeState* parent = node.parent < nodes->size() ? &(*nodes)[node.parent] : nullptr;
    NodeWrite write{node, is_stage_level(node, parent)};
    write.node.status = execution.status;
    write.node.ended_at_ms = execution.ended_at_ms;
    write.node.failure = execution.failure;
    writes.push_back(std::move(write));
  }
  return put_nodes(txn, dbs, execution.number, writes);
}

Interrupt named(const InterruptRequest& request) {
  return {request.type, std::nullopt, make_short_id(), request.username, request.email};
}

}  // namespace

void Runner::Impl::enqueue(const std::vector<ExecutionNumber>& created) {
  for (const ExecutionNumber number : created) {
    const Result<Execution> execution = load(number);
    if (execution) {
      queue_.push(lane_of(*execution), number);
      continue;
    }
    log_error("execution " + std::to_string(number) +
              " cannot be read: " + execution.error().message());
    if (may_be_read_later(execution.error())) queue_later(number);
  }
  // For who asked before they were here.
  for (const ExecutionNumber number : created) meet(number);
  begin_waiting();
}

void Runner::Impl::begin_waiting() {
  while (const auto turn = is_draining_ ? std::nullopt : queue_.pop()) begin_turn(*turn);
  publish_counts();
}

void Runner::Impl::begin_turn(const RunQueue::Turn& turn) {
  Result<Execution> execution = load(turn.number);
  if (execution) return begin(std::move(*execution));
  log_error("execution " + std::to_string(turn.number) +
            " cannot be read: " + execution.error().message());
  if (may_be_read_later(execution.error())) return begin_later(turn);
  // The next start tries again: the record is still marked as active.
  queue_.release(turn.project);
  meet(turn.number);
}

void Runner::Impl::begin(Execution execution) {
  const ExecutionNumber number = execution.number;
  auto run = load_run(execution);
  if (!run && may_be_read_later(run.error().cause)) {
    log_error("execution " + std::to_string(number) + " has to wait: " + run.error().message);
    return begin_later({lane_of(execution), number});
  }
  if (!run) return end_unplanned(std::move(execution), run.error());
  ActiveRun& active = *active_.emplace(number, std::move(*run)).first->second;
  active.machine.begin(parts_.clock.now_ms());
  finish_turn(active);
  meet(number);
}

/// Ends a run whose plan cannot be made any more. It has no tree: its records are ended as they
/// are. If that cannot be stored, the next start tries again.
void Runner::Impl::end_unplanned(Execution execution, const Diagnostic& reason) {
  const ExecutionNumber number = execution.number;
  const std::string lane = lane_of(execution);
  execution.failure = {reason.message, {}};
  execution.status = RunStatus::errored;
  execution.ended_at_ms = parts_.clock.now_ms();
  parts_.store.submit(
      [self = shared_from_this(), record = std::move(execution)](lmdb::WriteTransaction& txn) {
        const ErrorCode error = end_stored_nodes(txn, self->dbs(), record);
        return error ? error : save_execution(txn, self->dbs(), record);
      },
      [self = shared_from_this(), number, lane](ErrorCode error) {
        if (error) log_error("the end of a run cannot be stored: " + error.message());
        self->post([number, lane](Impl& impl) {
          impl.queue_.release(lane);
          impl.finish(number);
        });
      });
}

void Runner::Impl::interrupt(ExecutionNumber number, InterruptRequest request,
                             OnInterrupted on_done) {
  ActiveRun* run = find(number);
  if (run == nullptr) return interrupt_inactive(number, std::move(request), std::move(on_done));
  Interrupt interrupt = named(request);
  if (!request.node_execution_id.empty()) {
    interrupt.node = run->tree.find(request.node_execution_id);
    if (!interrupt.node) {
      return on_done(Diagnostic("No node execution exists for id " + request.node_execution_id));
    }
  }
  const auto done = run->machine.interrupt(interrupt, parts_.clock.now_ms());
  if (!done) return on_done(done.error());
  run->on_durable.push_back([on_done = std::move(on_done),
                             id = Result<std::string, Diagnostic>(boost::system::in_place_value,
                                                                  interrupt.id)] { on_done(id); });
  finish_turn(*run);
}

/// A run that waits for its turn can only be aborted. One that is on its way from one state to the
/// next in the store is asked when it arrives.
void Runner::Impl::interrupt_inactive(ExecutionNumber number, InterruptRequest request,
                                      OnInterrupted on_done) {
  Result<Execution> execution = load(number);
  if (!execution) {
    if (execution.error() == Errc::not_found) {
      return on_done(Diagnostic("No Plan Execution exists for that id"));
    }
    return on_done(Diagnostic("the execution cannot be read: " + execution.error().message(),
                              execution.error()));
  }
  if (is_final(execution->status)) {
    return on_done(Diagnostic("Execution is already finished with status: [" +
                              std::string(engine_name(execution->status)) + "]"));
  }
  const bool is_abort = request.type == InterruptType::abort_all;
  if (!is_abort && execution->status == RunStatus::queued) {
    return on_done(Diagnostic("Execution waits for its turn: it can only be aborted"));
  }
  const std::string lane = lane_of(*execution);
  if (is_abort && queue_.remove(lane, number)) {
    return abort_queued(std::move(*execution), named(request), std::move(on_done));
  }
  kept_[number].emplace_back(std::move(request), std::move(on_done));
}

/// Whoever asked for an interrupt of a run that was on its way.
void Runner::Impl::meet(ExecutionNumber number) {
  auto kept = kept_.extract(number);
  if (kept.empty()) return;
  for (auto& [request, on_done] : kept.mapped()) {
    interrupt(number, std::move(request), std::move(on_done));
  }
}

void Runner::Impl::abort_queued(Execution execution, const Interrupt& interrupt,
                                OnInterrupted on_done) {
  const ExecutionNumber number = execution.number;
  const std::string lane = lane_of(execution);
  const UnixMs now_ms = parts_.clock.now_ms();
  execution.status = RunStatus::aborted;
  execution.ended_at_ms = now_ms;
  execution.abortion = {now_ms, interrupt.username, interrupt.email};
  parts_.store.submit(
      [self = shared_from_this(), record = std::move(execution)](lmdb::WriteTransaction& txn) {
        return save_execution(txn, self->dbs(), record);
      },
      [self = shared_from_this(), lane, number, id = interrupt.id,
       on_done = std::move(on_done)](ErrorCode error) {
        self->post([lane, number, id, error, on_done](Impl& impl) {
          if (error) {
            on_done(Diagnostic("the store refused: " + error.message(), error));
            impl.wait_again(lane, number);
            return impl.meet(number);
          }
          on_done(Result<std::string, Diagnostic>(boost::system::in_place_value, id));
          impl.meet(number);
          if (impl.parts_.on_ended) impl.parts_.on_ended(number);
          if (impl.parts_.on_room) impl.parts_.on_room();
        });
      });
  publish_counts();
}

/// A run whose abort could not be stored takes its turn as if nobody had asked.
void Runner::Impl::wait_again(const std::string& lane, ExecutionNumber number) {
  queue_.push(lane, number);
  begin_waiting();
}

void Runner::Impl::abort_all() {
  is_draining_ = true;
  for (const RunQueue::Turn& turn : std::exchange(delayed_, {})) queue_.release(turn.project);
  std::vector<ExecutionNumber> numbers;
  for (const auto& [number, run] : active_) numbers.push_back(number);
  for (const ExecutionNumber number : numbers) interrupt(number, {}, [](const auto&) {});
  publish_counts();
}

void Runner::Impl::check_deadlines() {
  const UnixMs now_ms = parts_.clock.now_ms();
  if (now_ms >= delayed_until_ms_) begin_delayed();
  for (auto& [number, run] : active_) {
    const std::optional<UnixMs> due_ms = run->machine.next_due_ms();
    if (!due_ms || *due_ms > now_ms || !run->ended_before.empty()) continue;
    run->machine.tick(now_ms);
    finish_turn(*run);
  }
  arm_timer();
}

void Runner::Impl::arm_timer() {
  std::optional<UnixMs> nearest_ms;
  if (!is_draining_ && has_delayed()) nearest_ms = delayed_until_ms_;
  for (const auto& [number, run] : active_) {
    const std::optional<UnixMs> due_ms = run->machine.next_due_ms();
    if (due_ms) nearest_ms = std::min(nearest_ms.value_or(*due_ms), *due_ms);
  }
  if (!nearest_ms) return;
  timer_.expires_after(
      std::chrono::milliseconds(std::max<UnixMs>(1, *nearest_ms - parts_.clock.now_ms())));
  timer_.async_wait([weak = weak_from_this()](const ErrorCode& error) {
    const std::shared_ptr<Impl> self = weak.lock();
    if (!error && self && !self->is_stopped_) self->check_deadlines();
  });
}

void Runner::Impl::finish(ExecutionNumber number) {
  if (const auto run = active_.find(number); run != active_.end()) {
    queue_.release(lane_of(run->second->tree.execution()));
    active_.erase(run);
  }
  grant(keys_.release_run(number));
  meet(number);
  tell_parent(number);
  if (parts_.on_ended) parts_.on_ended(number);
  begin_waiting();
  if (parts_.on_room) parts_.on_room();
}

void Runner::Impl::stop() {
  is_stopped_ = true;
  timer_.cancel();
}

ActiveRun* Runner::Impl::find(ExecutionNumber number) {
  const auto run = active_.find(number);
  return run == active_.end() ? nullptr : run->second.get();
}

void Runner::Impl::publish_counts() {
  waiting_count_ = queue_.waiting_count();
  running_count_ = queue_.running_count();
}

Runner::Runner(Parts parts) : impl_(std::make_shared<Impl>(std::move(parts))) {}

Runner::~Runner() = default;

ErrorCode Runner::recover() {
  return impl_->recover();
}

void Runner::begin_new(std::span<PlannedRun* const> runs) {
  impl_->begin_new(runs);
}

void Runner::take_over(const std::vector<CreatedRun>& created) {
  impl_->take_over(created);
}

void Runner::enqueue(std::vector<ExecutionNumber> created) {
  impl_->waiting_count_ += created.size();
  impl_->post([numbers = std::move(created)](Impl& impl) { impl.enqueue(numbers); });
}

void Runner::interrupt(ExecutionNumber number, InterruptRequest request, OnInterrupted on_done) {
  impl_->post_for<std::string>(
      std::move(on_done), [number, request = std::move(request)](Impl& impl, const auto& done) {
        impl.interrupt(number, request, done);
      });
}

void Runner::act_on_approval(ExecutionNumber number, std::string node, ApprovalRequest request,
                             OnAnswered on_done) {
  impl_->post_for<void>(
      std::move(on_done),
      [number, node = std::move(node), request = std::move(request)](Impl& impl, const auto& done) {
        impl.act_on_approval(number, node, request, done);
      });
}

void Runner::end_wait(ExecutionNumber number, std::string node, bool is_success,
                      OnAnswered on_done) {
  impl_->post_for<void>(std::move(on_done),
                        [number, node = std::move(node), is_success](Impl& impl, const auto& done) {
                          impl.end_wait(number, node, is_success, done);
                        });
}

void Runner::offer_events() {
  if (impl_->listener_count_ == 0) return;
  impl_->post([](Impl& impl) { impl.offer_events(); });
}

void Runner::give_input(std::string node_execution_id, std::string given, OnInputGiven on_given) {
  impl_->post_for<bool>(std::move(on_given),
                        [node = std::move(node_execution_id), given = std::move(given)](
                            Impl& impl, const auto& told) { impl.give_input(node, given, told); });
}

void Runner::abort(ExecutionNumber number) {
  interrupt(number, {}, [](const auto&) {});
}

void Runner::abort_all() {
  impl_->post([](Impl& impl) { impl.abort_all(); });
}

void Runner::check_deadlines() {
  impl_->check_deadlines();
}

void Runner::stop() {
  impl_->post([](Impl& impl) { impl.stop(); });
}

std::size_t Runner::waiting_count() const {
  return impl_->waiting_count_;
}
std::size_t Runner::running_count() const {
  return impl_->running_count_;
}

std::size_t Runner::room() const {
  const std::size_t most = impl_->parts().limits.backlog_max;
  return most - std::min(most, waiting_count());
}

}  // namespace tripgate

// The loop between records and processes. Each function takes a run one step further and returns;
// what comes next arrives as the end of a write or of a step.
#include "engine/run/runner.h"

#include <algorithm>

#include "engine/base/errc.h"
#include "engine/base/log.h"
#include "engine/run/runner_impl.h"
#include "engine/run/step_launch.h"
#include "engine/status/execution_store.h"

namespace tripgate {
namespace {

/// Until a record that found the store full is written again.
constexpr std::chrono::seconds kSaveRetryPause{1};

const StepVerdict kAborted = {
    RunStatus::aborted,
    "Script execution interrupted, possibly due to a timeout or pipeline abort."};

}  // namespace

void Runner::Impl::enqueue(const std::vector<ExecutionNumber>& created) {
  for (const ExecutionNumber number : created) {
    const Result<Execution> execution = load(number);
    if (execution) {
      queue_.push(lane_of(*execution), number);
    } else {
      log_error("execution " + std::to_string(number) +
                " cannot be read: " + execution.error().message());
    }
  }
  begin_waiting();
}

void Runner::Impl::begin_waiting() {
  while (const std::optional<ExecutionNumber> number = queue_.pop()) {
    Result<Execution> execution = load(*number);
    if (execution) {
      begin(std::move(*execution));
      continue;
    }
    // The next start tries again: the record is still marked as active.
    log_error("execution " + std::to_string(*number) +
              " cannot be read: " + execution.error().message());
  }
  publish_counts();
}

void Runner::Impl::begin(Execution execution) {
  const ExecutionNumber number = execution.number;
  ActiveRun& run = active_[number];
  run.execution = std::move(execution);
  Result<plan::Plan, Diagnostic> plan = load_plan(run.execution);
  const UnixMs now_ms = parts_.clock.now_ms();
  if (plan) {
    run.plan = std::move(*plan);
    (void)advance(run.execution, now_ms);
  } else {
    end_all(run.execution, {RunStatus::errored, plan.error().message}, now_ms);
  }
  save(run);
}

void Runner::Impl::save(ActiveRun& run) {
  run.is_saving = true;
  auto record = std::make_shared<const Execution>(run.execution);
  parts_.store.submit(
      [self = shared_from_this(), record](lmdb::WriteTransaction& txn) {
        return save_execution(txn, self->dbs(), *record);
      },
      [self = shared_from_this(), number = record->number](ErrorCode error) {
        self->post([number, error](Impl& impl) { impl.on_saved(number, error); });
      });
}

void Runner::Impl::on_saved(ExecutionNumber number, ErrorCode error) {
  ActiveRun* run = find(number);
  if (run == nullptr || error == Errc::cancelled || error == Errc::store_io) return;
  if (error) {
    log_error("execution " + std::to_string(number) + " cannot be stored: " + error.message());
    auto pause = std::make_shared<boost::asio::steady_timer>(parts_.executor, kSaveRetryPause);
    pause->async_wait([self = shared_from_this(), pause, number](const ErrorCode&) {
      ActiveRun* waiting = self->find(number);
      if (waiting != nullptr && !self->is_stopped_) self->save(*waiting);
    });
    return;
  }
  run->is_saving = false;
  if (is_final(run->execution.status)) return finish(number);
  if (const auto place = running_step(run->execution)) launch(*run, *place);
}

void Runner::Impl::launch(ActiveRun& run, StepPlace place) {
  const ExecutionNumber number = run.execution.number;
  const AttemptId id = attempt_id(run.execution, place);
  run.is_attempt_under_way = true;
  StepResult refused;
  if (run.is_aborting) {
    refused.aborted = true;
  } else if (start_step(run, place, refused.start_error)) {
    log_warning("step " + id.node_id + " of " + id.execution_id +
                " did not start: " + refused.start_error);
  } else {
    return arm_timer();
  }
  post([number, attempt = id.number, refused](Impl& impl) {
    impl.on_step_end(number, attempt, refused);
  });
}

ErrorCode Runner::Impl::start_step(ActiveRun& run, StepPlace place, std::string& refusal) {
  const Result<StoredEvent> event = parts_.journal.load(run.execution.origin.event_sequence);
  if (!event) {
    refusal = "the event cannot be read: " + event.error().message();
    return event.error();
  }
  auto command = make_step_command(run.execution, run.plan, place, event->head_bytes, event->body);
  if (!command) {
    refusal = command.error().message;
    return make_error_code(Errc::invalid_argument);
  }
  const AttemptId id = attempt_id(run.execution, place);
  const ErrorCode error =
      parts_.commands.start(id, *command, end_of(run.execution.number, id.number));
  if (error) refusal = error.message();
  return error;
}

OnStepEnd Runner::Impl::end_of(ExecutionNumber number, std::uint32_t attempt) {
  return [weak = weak_from_this(), number, attempt](const StepResult& result) {
    const std::shared_ptr<Impl> self = weak.lock();
    if (!self) return;
    self->post(
        [number, attempt, result](Impl& impl) { impl.on_step_end(number, attempt, result); });
  };
}

void Runner::Impl::on_step_end(ExecutionNumber number, std::uint32_t attempt,
                               const StepResult& result) {
  ActiveRun* run = find(number);
  if (run == nullptr || !run->is_attempt_under_way) return;
  const std::optional<StepPlace> place = running_step(run->execution);
  if (!place || attempt_id(run->execution, *place).number != attempt) return;
  run->is_attempt_under_way = false;
  StepVerdict verdict = judge_result(result);
  if (run->is_expiring && verdict.status == RunStatus::aborted) {
    verdict = {RunStatus::expired, "Script execution timed out"};
  }
  run->is_expiring = false;
  const UnixMs now_ms = parts_.clock.now_ms();
  end_step(run->execution, *place, std::move(verdict), now_ms);
  if (run->is_aborting) {
    end_all(run->execution, kAborted, now_ms);
  } else {
    (void)advance(run->execution, now_ms);
  }
  save(*run);
}

void Runner::Impl::finish(ExecutionNumber number) {
  const auto run = active_.find(number);
  queue_.release(lane_of(run->second.execution));
  active_.erase(run);
  if (parts_.on_ended) parts_.on_ended(number);
  begin_waiting();
  if (parts_.on_room) parts_.on_room();
}

void Runner::Impl::abort(ExecutionNumber number) {
  if (ActiveRun* run = find(number)) {
    run->is_aborting = true;
    const auto place = running_step(run->execution);
    if (run->is_attempt_under_way && place) {
      parts_.commands.abort(attempt_id(run->execution, *place));
    }
    return;
  }
  Result<Execution> execution = load(number);
  if (!execution || !queue_.remove(lane_of(*execution), number)) return;
  queue_.hold(lane_of(*execution));
  ActiveRun& run = active_[number];
  run.execution = std::move(*execution);
  end_all(run.execution, kAborted, parts_.clock.now_ms());
  save(run);
  publish_counts();
}

void Runner::Impl::abort_all() {
  std::vector<ExecutionNumber> numbers;
  for (const auto& [number, run] : active_) numbers.push_back(number);
  for (const ExecutionNumber number : numbers) abort(number);
}

void Runner::Impl::check_deadlines() {
  const UnixMs now_ms = parts_.clock.now_ms();
  for (auto& [number, run] : active_) {
    if (!run.is_attempt_under_way || run.is_expiring || now_ms < run.deadline_ms()) continue;
    run.is_expiring = true;
    if (const auto place = running_step(run.execution)) {
      parts_.commands.abort(attempt_id(run.execution, *place));
    }
  }
  arm_timer();
}

void Runner::Impl::arm_timer() {
  std::optional<UnixMs> nearest_ms;
  for (const auto& [number, run] : active_) {
    if (!run.is_attempt_under_way || run.is_expiring) continue;
    nearest_ms = std::min(nearest_ms.value_or(run.deadline_ms()), run.deadline_ms());
  }
  if (!nearest_ms) return;
  timer_.expires_after(
      std::chrono::milliseconds(std::max<UnixMs>(1, *nearest_ms - parts_.clock.now_ms())));
  timer_.async_wait([weak = weak_from_this()](const ErrorCode& error) {
    const std::shared_ptr<Impl> self = weak.lock();
    if (!error && self && !self->is_stopped_) self->check_deadlines();
  });
}

void Runner::Impl::stop() {
  is_stopped_ = true;
  timer_.cancel();
}

ActiveRun* Runner::Impl::find(ExecutionNumber number) {
  const auto run = active_.find(number);
  return run == active_.end() ? nullptr : &run->second;
}

Result<Execution> Runner::Impl::load(ExecutionNumber number) const {
  const auto txn = parts_.store.begin_read();
  if (!txn) return txn.error();
  return load_execution(*txn, dbs(), number);
}

Result<plan::Plan, Diagnostic> Runner::Impl::load_plan(const Execution& execution) const {
  const auto text = parts_.catalog.load_pipeline_version(
      {execution.account, execution.org, execution.project, execution.pipeline},
      execution.pipeline_version);
  if (!text) return Diagnostic("the pipeline's text cannot be read: " + text.error().message());
  return plan::plan_pipeline(*text, execution.plan_execution_id, parts_.plan_defaults);
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

void Runner::enqueue(std::vector<ExecutionNumber> created) {
  impl_->waiting_count_ += created.size();
  impl_->post([numbers = std::move(created)](Impl& impl) { impl.enqueue(numbers); });
}

void Runner::abort(ExecutionNumber number) {
  impl_->post([number](Impl& impl) { impl.abort(number); });
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

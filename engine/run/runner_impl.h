// The runner's state and the small steps between them; private to runner*.cc.
#pragma once

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>

#include "engine/run/active_run.h"
#include "engine/run/run_queue.h"
#include "engine/run/runner.h"

namespace tripgate {

/// The life of a run: begin -> save -> (durable) launch -> step's end -> save -> ... -> finish.
/// Nothing is done because of a record before that record is durable.
class Runner::Impl : public std::enable_shared_from_this<Impl> {
 public:
  explicit Impl(Parts parts)
      : parts_(std::move(parts)),
        queue_(parts_.limits.running_max, parts_.limits.running_per_project_max),
        timer_(parts_.executor) {}

  /// Runs a step of this on the executor.
  template <class Step>
  void post(Step step) {
    boost::asio::post(parts_.executor, [self = shared_from_this(), step = std::move(step)] {
      if (!self->is_stopped_) step(*self);
    });
  }

  // Recovery (runner_recovery.cc).
  ErrorCode recover();

  // Life (runner.cc).
  void enqueue(const std::vector<ExecutionNumber>& created);
  void abort(ExecutionNumber number);
  void abort_all();
  void check_deadlines();
  void stop();

  [[nodiscard]] const Parts& parts() const { return parts_; }

  std::atomic<std::size_t> waiting_count_ = 0;
  std::atomic<std::size_t> running_count_ = 0;

 private:
  [[nodiscard]] const StateDatabases& dbs() const { return parts_.store.databases(); }
  [[nodiscard]] Result<Execution> load(ExecutionNumber number) const;
  [[nodiscard]] Result<plan::Plan, Diagnostic> load_plan(const Execution& execution) const;
  ActiveRun* find(ExecutionNumber number);

  ErrorCode take_up(ExecutionNumber number);
  void adopt_step(ActiveRun& run, StepPlace place);

  void begin_waiting();
  void begin(Execution execution);
  void save(ActiveRun& run);
  void on_saved(ExecutionNumber number, ErrorCode error);
  void launch(ActiveRun& run, StepPlace place);
  [[nodiscard]] ErrorCode start_step(ActiveRun& run, StepPlace place, std::string& refusal);
  [[nodiscard]] OnStepEnd end_of(ExecutionNumber number, std::uint32_t attempt);
  void on_step_end(ExecutionNumber number, std::uint32_t attempt, const StepResult& result);
  void finish(ExecutionNumber number);
  void publish_counts();
  void arm_timer();

  Parts parts_;
  RunQueue queue_;
  std::map<ExecutionNumber, ActiveRun> active_;
  boost::asio::steady_timer timer_;
  bool is_stopped_ = false;
};

}  // namespace tripgate

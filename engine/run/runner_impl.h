// The runner's state and the small steps between them; private to runner*.cc.
#pragma once

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "engine/base/errc.h"
#include "engine/run/active_run.h"
#include "engine/run/event_listener.h"
#include "engine/run/queue_keys.h"
#include "engine/run/run_queue.h"
#include "engine/run/runner.h"
#include "engine/run/start_queue.h"
#include "engine/status/run_text.h"

namespace tripgate {

/// Whether a record that could not be read is there and may be readable soon.
[[nodiscard]] bool may_be_read_later(const ErrorCode& error);

/// The life of a run: an input makes a turn of its machine; what changed is written; what the turn
/// asks for is done once that is durable, and its end is the next input.
class Runner::Impl : public std::enable_shared_from_this<Impl> {
 public:
  explicit Impl(Parts parts)
      : parts_(std::move(parts)),
        surroundings_{parts_.user_groups, [this] { return parts_.journal.last_durable(); }},
        queue_(parts_.limits.running_max, parts_.limits.running_per_project_max),
        timer_(parts_.executor) {}

  /// Runs a step of this on the executor.
  template <class Step>
  void post(Step step) {
    boost::asio::post(parts_.executor, [self = shared_from_this(), step = std::move(step)] {
      if (!self->is_stopped_) step(*self);
    });
  }

  /// The same for somebody who waits for an answer; step: is given on_done. Once this has stopped
  /// the answer is Errc::cancelled.
  template <class T, class Step>
  void post_for(std::function<void(const Result<T, Diagnostic>&)> on_done, Step step) {
    boost::asio::post(parts_.executor, [self = shared_from_this(), on_done = std::move(on_done),
                                        step = std::move(step)] {
      if (self->is_stopped_) return on_done(Diagnostic("the engine is stopping", Errc::cancelled));
      step(*self, on_done);
    });
  }

  // Recovery (runner_recovery.cc).
  ErrorCode recover();

  // New runs (runner_first_turn.cc).
  void begin_new(std::span<PlannedRun* const> runs);
  void take_over(const std::vector<CreatedRun>& created);

  // Life (runner.cc).
  void enqueue(const std::vector<ExecutionNumber>& created);
  void interrupt(ExecutionNumber number, InterruptRequest request, OnInterrupted on_done);
  void give_input(const std::string& node, const std::string& given, const OnInputGiven& on_given);
  void abort_all();
  void check_deadlines();
  void stop();

  // Steps that wait for people (runner_waiting.cc).
  void act_on_approval(ExecutionNumber number, const std::string& node,
                       const ApprovalRequest& request, OnAnswered on_done);
  void offer_events();
  void end_wait(ExecutionNumber number, const std::string& node, bool is_success,
                OnAnswered on_done);

  [[nodiscard]] const Parts& parts() const { return parts_; }

  std::atomic<std::size_t> waiting_count_ = 0;
  std::atomic<std::size_t> running_count_ = 0;
  std::atomic<std::size_t> listener_count_ = 0;

 private:
  [[nodiscard]] const StateDatabases& dbs() const { return parts_.store.databases(); }

  // Out of the records (runner_loading.cc).
  [[nodiscard]] Result<Execution> load(ExecutionNumber number) const;
  [[nodiscard]] Result<std::unique_ptr<ActiveRun>, Diagnostic> load_run(Execution execution) const;
  [[nodiscard]] Result<plan::PipelinePlan, Diagnostic> load_plan(
      const Execution& execution, const std::optional<RunText>& own) const;
  [[nodiscard]] Result<std::unique_ptr<ActiveRun>, Diagnostic> make_active(
      Execution execution, plan::PipelinePlan plan, std::vector<NodeState> nodes,
      const std::optional<RunText>& own) const;
  void begin_later(const RunQueue::Turn& turn);
  void queue_later(ExecutionNumber number);
  [[nodiscard]] bool has_delayed() const { return !delayed_.empty() || !unread_.empty(); }
  void delay();
  void begin_delayed();
  ActiveRun* find(ExecutionNumber number);

  ErrorCode take_up(ExecutionNumber number);
  void adopt_step(ActiveRun& run, NodeNumber node);

  void make_first_turn(PlannedRun& planned);
  void go_on(std::unique_ptr<ActiveRun> run, std::shared_ptr<SavedTurn> turn);
  void begin_waiting();
  void begin_turn(const RunQueue::Turn& turn);
  void begin(Execution execution);
  void end_unplanned(Execution execution, const Diagnostic& reason);
  void interrupt_inactive(ExecutionNumber number, InterruptRequest request, OnInterrupted on_done);
  void abort_queued(Execution execution, const Interrupt& interrupt, OnInterrupted on_done);
  void wait_again(const std::string& lane, ExecutionNumber number);
  void meet(ExecutionNumber number);

  // From turn to turn (runner_turns.cc).
  void finish_turn(ActiveRun& run);
  void save(ActiveRun& run);
  void submit(std::shared_ptr<SavedTurn> turn);
  void prepare(const ActiveRun& run, std::span<const RunEffect> effects);
  void on_saved(const std::shared_ptr<SavedTurn>& turn, ErrorCode error);
  void perform(ActiveRun& run, const RunEffect& effect);
  void start_process(ActiveRun& run, NodeNumber node);
  void start_pending();
  [[nodiscard]] ErrorCode start_step(ActiveRun& run, NodeNumber node, std::string& refusal);
  [[nodiscard]] OnStepEnd end_of(ExecutionNumber number, NodeNumber node, std::uint32_t attempt);
  void on_step_end(ExecutionNumber number, NodeNumber node, std::uint32_t attempt,
                   const StepResult& result);
  void finish(ExecutionNumber number);

  // Notifications (runner_notifications.cc).
  [[nodiscard]] std::vector<PendingNotification> notifications_of(
      ActiveRun& run, const RunTree::Changes& changes) const;
  void announce(ActiveRun& run, const PendingNotification& notification, bool may_have_begun);
  [[nodiscard]] ErrorCode announce_pending();

  // Keys of Queue steps (runner_queues.cc).
  void acquire_key(ActiveRun& run, NodeNumber node);
  void grant(std::vector<QueueClaim> claims);
  void release_keys_of_stages(const ActiveRun& run);
  void hold_keys_again(const ActiveRun& run);

  // Steps that wait for people (runner_waiting.cc).
  template <class Turn>
  void take_turn(ExecutionNumber number, const std::string& node_id, OnAnswered on_done,
                 const Turn& turn);
  void reject_older(ActiveRun& run, NodeNumber node);
  [[nodiscard]] std::vector<std::pair<ExecutionNumber, NodeNumber>> older_approvals(
      const ActiveRun& run, NodeNumber node) const;
  void close_approval(ExecutionNumber number, NodeNumber node);

  // Listeners (runner_listeners.cc).
  void listen(const ActiveRun& run, NodeNumber node);
  void offer_events_to(ExecutionNumber number, NodeNumber node);
  [[nodiscard]] Result<std::vector<EventSequence>> events_behind(
      const Execution& execution, const EventListener& listener) const;

  // Chained pipelines (runner_children.cc).
  void start_child(ActiveRun& run, NodeNumber node);
  void create_child(ActiveRun& run, NodeNumber node, const std::string& id);
  void on_child_created(const Execution& child, ExecutionNumber parent, NodeNumber node,
                        ErrorCode error);
  void abort_child(const ActiveRun& run, NodeNumber node);
  void tell_parent(ExecutionNumber child);
  [[nodiscard]] std::optional<std::string> child_outputs(const plan::ChainedPipelineSpec& spec,
                                                         Execution child) const;
  void end_stage(ActiveRun& run, NodeNumber node, LeafEnd end);

  // Input while runs are under way (runner_inputs.cc).
  [[nodiscard]] std::pair<ActiveRun*, NodeNumber> find_asking(const std::string& node);
  [[nodiscard]] Result<bool, Diagnostic> take_input(ActiveRun& run, NodeNumber node,
                                                    const std::string* given);
  [[nodiscard]] Result<AnsweredNode, Diagnostic> plan_answer(const ActiveRun& run, NodeNumber node,
                                                             const std::string* given) const;
  void use_defaults(ActiveRun& run, NodeNumber node);

  void publish_counts();
  void arm_timer();

  Parts parts_;
  RunSurroundings surroundings_;
  RunQueue queue_;
  std::map<ExecutionNumber, std::unique_ptr<ActiveRun>> active_;
  /// Have a place, and records that cannot be read at the moment.
  std::vector<RunQueue::Turn> delayed_;
  /// Are to be queued, and cannot be read at the moment.
  std::vector<ExecutionNumber> unread_;
  UnixMs delayed_until_ms_ = 0;
  StartQueue pending_starts_;
  std::size_t process_count_ = 0;
  /// For runs that are neither waiting nor at work at this moment: `meet` takes them up.
  std::map<ExecutionNumber, std::vector<std::pair<InterruptRequest, OnInterrupted>>> kept_;
  QueueKeys keys_;
  /// Steps that listen, by run.
  std::set<std::pair<ExecutionNumber, NodeNumber>> listeners_;
  /// Child runs and the stages that wait for them.
  std::map<ExecutionNumber, std::pair<ExecutionNumber, NodeNumber>> children_;
  /// Children that recovery found before they had begun.
  std::vector<Execution> unbegun_children_;
  boost::asio::steady_timer timer_;
  bool is_stopped_ = false;
  bool is_draining_ = false;  // Nothing begins; what runs is aborted.
};

}  // namespace tripgate

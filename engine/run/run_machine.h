// How a run moves: pure steps from one state at rest to the next, without I/O.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/run/approval_rules.h"
#include "engine/run/run_expressions.h"
#include "engine/run/run_tree.h"
#include "engine/run/user_groups.h"

namespace tripgate {

/// What must happen outside once the changes of the turn are durable.
struct RunEffect {
  enum class Type : std::uint8_t {
    start_process,  ///< Render and start the node's process.
    abort_process,  ///< TERM, later KILL; its end is told as always.
    acquire_queue,  ///< Ask for the key in the node's instance; told by `grant`.
    start_child,    ///< Start the pipeline that the stage names, or find it again; its end is told
                    ///< by `end_leaf`.
    abort_child,
    listen,        ///< Offer events to the node, by `offer_event`, until it waits no more.
    reject_older,  ///< Reject the same step in older runs; told by `close_approval`.
    use_defaults,  ///< Go on with the defaults of what the node asked for; told by `give_input`.
  };

  Type type = Type::start_process;
  NodeNumber node = 0;

  friend bool operator==(const RunEffect&, const RunEffect&) = default;
};

/// How a leaf ended: a step's process, a child run, an approval.
struct LeafEnd {
  RunStatus status = RunStatus::succeeded;  ///< Succeeded or a broken one.
  Failure failure;
  std::vector<std::pair<std::string, std::string>> outcomes;  ///< By name, JSON objects.
};

/// What a person may do to a run or a node of it (pipelines.md 8.7).
enum class InterruptType : std::uint8_t {
  abort_all,
  abort,  ///< Of a node only.
  pause,
  resume,
  ignore,
  stage_rollback,
  step_group_rollback,
  mark_as_success,
  mark_as_failure,
  user_marked_failure,
  expire_all,
  retry,
};

/// "AbortAll"; compares names in any case. Nothing for other words.
[[nodiscard]] std::optional<InterruptType> parse_interrupt(std::string_view name);
[[nodiscard]] std::string_view interrupt_name(InterruptType type);
/// "ABORT_ALL": as a node's history shows it (pipelines.md 8.6).
[[nodiscard]] std::string_view engine_name(InterruptType type);

struct Interrupt {
  InterruptType type = InterruptType::abort_all;
  std::optional<NodeNumber> node;  ///< Absent: the whole run.
  std::string id;                  ///< 22 characters, for the answer and the history.
  std::string username;            ///< Empty: the engine itself.
  std::string email;
};

/// Whether a step of that spec is a process of its own; the others only wait.
[[nodiscard]] bool runs_as_process(const plan::StepSpec& spec);

/// The failure of a node whose time was up.
[[nodiscard]] Failure timeout_failure();
/// The failure of a node that a person ended as failed.
[[nodiscard]] Failure user_marked_failure();

/// What a machine knows of the engine around its run.
struct RunSurroundings {
  UserGroups user_groups;
  /// The newest event that was accepted; a listener waits for later ones. Empty: there are none.
  std::function<std::uint64_t()> newest_event = {};
};

/// Drives one run. Every input is one turn: when it returns, the tree is at rest, and what changed
/// and what must be done can be taken. The machine borrows all that it is given.
class RunMachine {
 public:
  RunMachine(RunTree& tree, RunExpressions& expressions, const RunSurroundings& surroundings);

  /// Starts a queued run.
  void begin(UnixMs now_ms);

  /// Takes up a stored run: times count again, and leaves are given back as effects; a
  /// start_process then means "find it again, or start it if it never was".
  void resume(UnixMs now_ms);

  /// A process, child run or approval has ended. Ignored if the node is final already.
  void end_leaf(NodeNumber node, LeafEnd end, UnixMs now_ms);

  /// A Queue step got its key.
  void grant(NodeNumber node, UnixMs now_ms);

  /// Somebody approves or rejects. Errors: the texts of pipelines.md 2.5.
  [[nodiscard]] Result<void, Diagnostic> act_on_approval(NodeNumber node,
                                                         const ApprovalRequest& request,
                                                         UnixMs now_ms);

  /// Rejects a step because a younger run was approved: whoever that was may do it, even where
  /// they may not act on this run (pipelines.md 2.5). False if the step does not wait.
  bool reject_as_older(NodeNumber node, const ApprovalRequest& request, UnixMs now_ms);

  /// The same step of older runs was rejected.
  void close_approval(NodeNumber node, UnixMs now_ms);

  /// Lets a listener look at an event that its trigger got: it ends, or goes on waiting for those
  /// behind the event. event: what expressions see as `event`; nullptr passes it over.
  void offer_event(NodeNumber node, std::uint64_t sequence, const jexl::Value* event,
                   UnixMs now_ms);

  /// Ends a Wait step by a person's word. Errors: the step does not wait.
  [[nodiscard]] Result<void, Diagnostic> end_wait(NodeNumber node, bool is_success, UnixMs now_ms);

  /// A node that asked for input goes on by the plan of it that has the answer. given: nothing if
  /// that is its defaults. False if the node does not wait for input.
  bool give_input(NodeNumber node, const std::shared_ptr<const plan::PlanNode>& plan,
                  std::optional<std::string> given, UnixMs now_ms);

  /// Does what is due by now.
  void tick(UnixMs now_ms);

  /// When `tick` has something to do; nothing if only others can move the run.
  [[nodiscard]] std::optional<UnixMs> next_due_ms() const;

  /// Errors: the texts of pipelines.md 8.7.
  [[nodiscard]] Result<void, Diagnostic> interrupt(const Interrupt& interrupt, UnixMs now_ms);

  /// Notes what a waiting node found out; the node stays where it is.
  void set_instance(NodeNumber node, std::string instance);

  /// In the order in which they came up. Do them after the changes are durable.
  [[nodiscard]] std::vector<RunEffect> take_effects();

 private:
  struct Timer {
    UnixMs at_ms;
    NodeNumber node;
    friend auto operator<=>(const Timer&, const Timer&) = default;
  };

  // Visiting (run_machine.cc).
  void enter(const plan::PlanNode& plan, NodeNumber parent);
  void start(NodeNumber node);
  void note_parameters(NodeNumber node);
  void resume_leaf(NodeNumber node);
  [[nodiscard]] bool holds_condition(NodeNumber node);
  [[nodiscard]] bool holds_inputs(NodeNumber node);
  void open(NodeNumber node);
  void open_step(NodeNumber node);
  void settle_all();
  void on_child_settled(NodeNumber parent, NodeNumber child);
  void continue_sequence(NodeNumber parent);
  void continue_stage(NodeNumber stage);
  [[nodiscard]] bool has_rolled_back(NodeNumber node) const;
  void finish(NodeNumber node);
  void finish_as(NodeNumber node, RunStatus status, Failure failure);
  [[nodiscard]] bool is_stopped(NodeNumber node) const;
  [[nodiscard]] Failure failure_of_children(NodeNumber node) const;
  void settle(NodeNumber node);
  void end_turn();
  [[nodiscard]] RunStatus active_leaf_status() const;
  void show_run_as(RunStatus status);

  // Steps that wait without a process (machine_waiting.cc).
  void open_waiting(NodeNumber node);
  void open_wait(NodeNumber node, const plan::WaitSpec& spec);
  void open_queue(NodeNumber node, const plan::QueueSpec& spec);
  void open_barrier(NodeNumber node);
  void open_chained(NodeNumber node);

  // Approvals (machine_approval.cc).
  void open_approval(NodeNumber node);
  void resume_approval(NodeNumber node);
  [[nodiscard]] Result<void, Diagnostic> note_activity(NodeNumber node, Approval approval,
                                                       const ApprovalRequest& request,
                                                       UnixMs now_ms);
  void approve_automatically(NodeNumber node);
  void settle_approval(NodeNumber node, const Approval& approval);
  void finish_approval(NodeNumber node, const Approval& approval);

  // Listeners (machine_listener.cc).
  void open_listener(NodeNumber node, const plan::EventListenerSpec& spec);
  [[nodiscard]] bool holds_criteria(NodeNumber node, const std::string& criteria,
                                    const jexl::Value* event);

  // Input while the run is under way (machine_input.cc).
  [[nodiscard]] bool still_asks(NodeNumber node) const;
  void ask_for_input(NodeNumber node);
  void expire_input(NodeNumber node);

  // Barriers (machine_barrier.cc).
  void note_parties(const plan::PlanNode& node, const plan::PlanNode* parent);
  void settle_barriers();
  void settle_barrier(const std::string& reference);
  [[nodiscard]] bool may_still_come(const plan::PlanNode& step) const;

  // Loops (machine_loop.cc).
  void open_loop(NodeNumber loop);
  void continue_loop(NodeNumber loop);
  void finish_loop(NodeNumber loop);
  [[nodiscard]] bool has_failed_child(NodeNumber number) const;

  // Failures (machine_failure.cc).
  void break_node(NodeNumber node, RunStatus status, Failure failure);
  void apply(NodeNumber node, const plan::FailureAction* action);
  void end_intervention(NodeNumber node, RunStatus as);
  void plan_retry(NodeNumber node, const plan::FailureAction& action);
  void wait_for_retry(NodeNumber node, const plan::FailureAction& action);
  void retry(NodeNumber node);
  void request_rollback(NodeNumber node, plan::NodeKind scope);
  void roll_back_itself(NodeNumber node);
  void request_group_retry(NodeNumber node, const plan::FailureAction& action);
  [[nodiscard]] const plan::FailureAction* action_for(NodeNumber node) const;

  // Ends from outside (machine_interrupt.cc).
  void discontinue(NodeNumber node, RunStatus as);
  void discontinue_below(NodeNumber node, RunStatus as);
  void discontinue_leaf(NodeNumber node, RunStatus as);
  void abort_run(std::string_view username, std::string_view email);
  void resume_paused();
  void expire(NodeNumber node);
  [[nodiscard]] Result<void, Diagnostic> interrupt_node(const Interrupt& interrupt,
                                                        NodeNumber node);
  void apply_word(NodeNumber node, InterruptType type);

  // Time (machine_time.cc).
  void schedule(NodeNumber node, UnixMs at_ms);
  void set_due(NodeNumber node, UnixMs at_ms);
  void set_timeout(NodeNumber node);
  void on_due(NodeNumber node);

  RunTree& tree_;
  RunExpressions& expressions_;
  const RunSurroundings& surroundings_;
  UnixMs now_ms_ = 0;  // Of the turn.
  std::vector<RunEffect> effects_;
  std::deque<NodeNumber> settled_;  // Their parents are still to be told.
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::vector<NodeNumber> barrier_steps_;  // That wait, or did in this turn.
  std::unordered_map<const plan::PlanNode*, const plan::PlanNode*> plan_parents_;
  std::map<std::string, std::vector<const plan::PlanNode*>> barrier_parties_;  // By reference.
};

}  // namespace tripgate

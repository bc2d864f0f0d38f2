// Visiting nodes, and what happens when one has ended. A node that ends is put on a queue, and its
// parent is told from the loop at the end of the turn: a thousand skipped siblings take no stack.
#include "engine/run/run_machine.h"

#include <algorithm>

#include "engine/run/step_parameters.h"
#include "engine/status/new_id.h"

namespace tripgate {

using enum plan::NodeKind;

RunMachine::RunMachine(RunTree& tree, RunExpressions& expressions,
                       const RunSurroundings& surroundings)
    : tree_(tree), expressions_(expressions), surroundings_(surroundings) {
  if (!tree.plan().barriers.empty()) note_parties(tree.plan().stages, nullptr);
}

void RunMachine::begin(UnixMs now_ms) {
  now_ms_ = now_ms;
  tree_.move_run(RunStatus::running, now_ms);
  set_timeout(kRootNode);
  tree_.edit_execution().expires_at_ms = tree_.state(kRootNode).expires_at_ms;
  start(kRootNode);
  end_turn();
}

void RunMachine::resume(UnixMs now_ms) {
  now_ms_ = now_ms;
  for (NodeNumber number = 0; number < tree_.size(); ++number) {
    const LiveNode& node = tree_.at(number);
    if (node.is_retired || node.state.status == RunStatus::not_started) continue;
    if (node.state.due_at_ms != 0) schedule(number, node.state.due_at_ms);
    if (is_final(node.state.status)) continue;
    if (node.state.expires_at_ms != 0) schedule(number, node.state.expires_at_ms);
    resume_leaf(number);
  }
  end_turn();
}

void RunMachine::resume_leaf(NodeNumber number) {
  const LiveNode& node = tree_.at(number);
  if (node.state.is_loop) return;
  const plan::StepSpec& spec = node.plan->spec;
  switch (node.state.status) {
    case RunStatus::running:
    case RunStatus::discontinuing:
      if (runs_as_process(spec)) effects_.push_back({RunEffect::Type::start_process, number});
      if (std::holds_alternative<plan::ChainedPipelineSpec>(spec)) {
        effects_.push_back({RunEffect::Type::start_child, number});
        effects_.push_back({RunEffect::Type::abort_child, number});
      }
      break;
    case RunStatus::resource_waiting:
      effects_.push_back({RunEffect::Type::acquire_queue, number});
      break;
    case RunStatus::approval_waiting:
      resume_approval(number);
      break;
    case RunStatus::async_waiting:
      if (std::holds_alternative<plan::BarrierSpec>(spec)) barrier_steps_.push_back(number);
      if (std::holds_alternative<plan::ChainedPipelineSpec>(spec)) {
        effects_.push_back({RunEffect::Type::start_child, number});
      }
      if (std::holds_alternative<plan::EventListenerSpec>(spec)) {
        effects_.push_back({RunEffect::Type::listen, number});
      }
      break;
    default:
      break;
  }
}

void RunMachine::end_leaf(NodeNumber number, LeafEnd end, UnixMs now_ms) {
  const NodeState& node = tree_.state(number);
  if (is_final(node.status) || node.status == RunStatus::intervention_waiting) return;
  now_ms_ = now_ms;
  if (node.status == RunStatus::discontinuing) {
    const RunStatus as = node.discontinued_as;
    Failure failure = as == RunStatus::expired ? timeout_failure() : std::move(end.failure);
    if (as == RunStatus::failed) failure = user_marked_failure();
    break_node(number, as, std::move(failure));
  } else if (is_broken(end.status) || end.status == RunStatus::aborted) {
    tree_.edit(number).outcomes = std::move(end.outcomes);
    break_node(number, end.status, std::move(end.failure));
  } else {
    tree_.edit(number).outcomes = std::move(end.outcomes);
    finish_as(number, end.status, {});
  }
  end_turn();
}

void RunMachine::set_instance(NodeNumber node, std::string instance) {
  tree_.edit(node).instance = std::move(instance);
}

std::vector<RunEffect> RunMachine::take_effects() {
  return std::exchange(effects_, {});
}

/// Visits a child that the plan has there: one that was shown before it began, or a new one. What
/// an earlier run has done is not visited again.
void RunMachine::enter(const plan::PlanNode& plan, NodeNumber parent) {
  for (const NodeNumber child : tree_.at(parent).children) {
    const LiveNode& node = tree_.at(child);
    if (node.plan == &plan && node.state.is_identity) return;
    if (node.plan == &plan && node.state.status == RunStatus::not_started) return start(child);
  }
  start(tree_.add(plan, parent, nullptr));
}

void RunMachine::start(NodeNumber number) {
  tree_.begin(number);
  NodeState& node = tree_.edit(number);
  if (node.execution_id.empty()) node.execution_id = make_short_id();
  if (node.is_loop) return open_loop(number);
  if (!still_asks(number)) note_parameters(number);
  if (!holds_condition(number) || !holds_inputs(number)) return;
  if (tree_.execution().is_pausing && tree_.state(number).kind == step) {
    tree_.move(number, RunStatus::queued, now_ms_);
    return tree_.move(number, RunStatus::paused, now_ms_);
  }
  open(number);
}

/// What the node is told is stored with its start, so that it is shown as it was then.
void RunMachine::note_parameters(NodeNumber number) {
  std::string parameters = step_parameters(tree_, number, expressions_);
  tree_.edit(number).parameters = std::move(parameters);
}

/// False if the node has ended: it was skipped, or its condition failed.
bool RunMachine::holds_condition(NodeNumber number) {
  const std::string& condition = tree_.at(number).plan->run_condition;
  if (condition.empty()) return true;
  Result<NodeRunInfo, Diagnostic> info = expressions_.judge(tree_, number, condition);
  if (!info) {
    tree_.move(number, RunStatus::running, now_ms_);
    break_node(number, RunStatus::failed, {info.error().message, {}});
    return false;
  }
  const bool is_met = info->is_met;
  tree_.edit(number).run_info = std::move(*info);
  if (is_met) return true;
  tree_.move(number, RunStatus::skipped, now_ms_);
  settle(number);
  return false;
}

/// False if the node has failed: a value that it was given is not allowed.
bool RunMachine::holds_inputs(NodeNumber number) {
  const auto checked = expressions_.check_inputs(tree_, number);
  if (checked) return true;
  tree_.move(number, RunStatus::running, now_ms_);
  break_node(number, RunStatus::failed, {checked.error().message, {}});
  return false;
}

void RunMachine::open(NodeNumber number) {
  if (still_asks(number)) return ask_for_input(number);
  const LiveNode& node = tree_.at(number);
  if (node.plan->kind == step) return open_step(number);
  tree_.move(number, RunStatus::running, now_ms_);
  if (number != kRootNode) set_timeout(number);
  switch (node.plan->kind) {
    case stages:
    case section:
    case step_group:
      return continue_sequence(number);
    case stage:
      if (std::holds_alternative<plan::ChainedPipelineSpec>(node.plan->spec)) {
        return open_waiting(number);
      }
      return enter(node.plan->children.front(), number);
    case parallel: {
      const plan::PlanNode& plan = *node.plan;  // `node` moves as children are added.
      for (const plan::PlanNode& child : plan.children) enter(child, number);
      if (plan.children.empty()) finish(number);
      return;
    }
    case step:
      return;
  }
}

void RunMachine::open_step(NodeNumber number) {
  if (!runs_as_process(tree_.at(number).plan->spec)) return open_waiting(number);
  tree_.move(number, RunStatus::running, now_ms_);
  tree_.edit(number).start_count = 1;
  effects_.push_back({RunEffect::Type::start_process, number});
}

void RunMachine::settle(NodeNumber number) {
  tree_.settle(number);
  settled_.push_back(number);
}

void RunMachine::settle_all() {
  while (!settled_.empty()) {
    const NodeNumber number = settled_.front();
    settled_.pop_front();
    const NodeState& node = tree_.state(number);
    if (number != kRootNode) on_child_settled(node.parent, number);
  }
}

void RunMachine::on_child_settled(NodeNumber parent, NodeNumber child) {
  const LiveNode& node = tree_.at(parent);
  if (is_final(node.state.status)) return;
  if (node.state.is_loop) return continue_loop(parent);
  switch (node.plan->kind) {
    case stages:
    case section:
    case step_group:
      if (tree_.state(child).kind == section && node.plan->kind == step_group) {
        return finish(parent);  // Its rollback has ended.
      }
      return continue_sequence(parent);
    case stage:
      return continue_stage(parent);
    case parallel:
      if (node.active_children == 0) finish(parent);
      return;
    case step:
      return;
  }
}

/// Goes on behind the child that has ended. A broken one does not keep the next from being visited:
/// its condition decides (pipelines.md 4.6). After an aborted one nothing more starts.
void RunMachine::continue_sequence(NodeNumber number) {
  const LiveNode& node = tree_.at(number);
  const std::vector<plan::PlanNode>& planned = node.plan->children;
  const bool is_aborted =
      !node.children.empty() && node.begun_children > 0 &&
      tree_.state(node.children[node.begun_children - 1]).status == RunStatus::aborted;
  if (node.begun_children < planned.size() && !is_aborted && !is_stopped(number)) {
    return enter(planned[node.begun_children], number);
  }
  const bool rolls_back = node.state.pending == Pending::rollback && node.plan->rollback;
  if (rolls_back && node.state.status == RunStatus::running) {
    return enter(*node.plan->rollback, number);
  }
  finish(number);
}

void RunMachine::continue_stage(NodeNumber number) {
  const LiveNode& node = tree_.at(number);
  const bool rolls_back = node.state.pending == Pending::rollback && node.plan->rollback &&
                          node.state.status == RunStatus::running;
  if (rolls_back && !has_rolled_back(number)) return enter(*node.plan->rollback, number);
  finish(number);
}

/// Whether the rollback of a stage or group has begun.
bool RunMachine::has_rolled_back(NodeNumber number) const {
  const LiveNode& node = tree_.at(number);
  return std::any_of(node.children.begin(), node.children.end(), [&](NodeNumber child) {
    return tree_.at(child).plan == node.plan->rollback.get();
  });
}

/// Ends a node whose children have ended, with what they come to.
void RunMachine::finish(NodeNumber number) {
  const LiveNode& node = tree_.at(number);
  StatusCounts counts;
  for (const NodeNumber child : node.children) {
    if (is_final(tree_.state(child).status)) counts.add(tree_.state(child).status);
  }
  RunStatus status = counts.aggregate();
  if (node.state.status == RunStatus::discontinuing) status = node.state.discontinued_as;
  const bool has_failed = node.state.pending != Pending::nothing && is_positive(status);
  // What was rolled back has failed, even if it was its time that was up (pipelines.md 4.9).
  const bool is_rolled_back = is_broken(status) && has_rolled_back(number);
  if (has_failed || is_rolled_back) status = RunStatus::failed;
  Failure failure = failure_of_children(number);
  if (node.state.status == RunStatus::discontinuing && status == RunStatus::expired) {
    failure = timeout_failure();
    return break_node(number, status, std::move(failure));
  }
  const bool begins_anew = node.state.pending == Pending::group_retry &&
                           status != RunStatus::aborted && !is_stopped(node.state.parent);
  if (begins_anew) {
    tree_.move(number, is_final(status) ? status : RunStatus::failed, now_ms_);
    tree_.edit(number).failure = std::move(failure);
    tree_.edit(number).pending = Pending::retry;
    return set_due(number, std::max(now_ms_, tree_.state(number).due_at_ms));
  }
  finish_as(number, status, std::move(failure));
}

void RunMachine::finish_as(NodeNumber number, RunStatus status, Failure failure) {
  tree_.move(number, status, now_ms_);
  NodeState& node = tree_.edit(number);
  node.failure = std::move(failure);
  node.due_at_ms = 0;
  settle(number);
}

/// The newest message among the broken children, and all their types (pipelines.md 3.5).
Failure RunMachine::failure_of_children(NodeNumber number) const {
  Failure failure;
  UnixMs newest_ms = -1;
  for (const NodeNumber child : tree_.at(number).children) {
    const NodeState& node = tree_.state(child);
    if (!is_broken(node.status) && node.status != RunStatus::aborted) continue;
    failure.types.add(node.failure.types);
    if (node.failure.message.empty() || node.ended_at_ms <= newest_ms) continue;
    newest_ms = node.ended_at_ms;
    failure.message = node.failure.message;
  }
  return failure;
}

/// Whether nothing more may start below the node: something above it was ended from outside, or is
/// to be rolled back or begun anew. What lies in the rollback itself goes on.
bool RunMachine::is_stopped(NodeNumber number) const {
  const bool is_rollback = tree_.state(number).is_rollback;
  for (; number != kNoNode; number = tree_.state(number).parent) {
    const NodeState& node = tree_.state(number);
    if (node.status == RunStatus::discontinuing) return true;
    if (node.pending == Pending::group_retry) return true;
    if (node.pending == Pending::rollback && !is_rollback) return true;
  }
  return false;
}

/// Brings the tree to rest and gives the run the status of what is at work in it.
void RunMachine::end_turn() {
  do {
    settle_all();
    settle_barriers();
  } while (!settled_.empty());
  const NodeState& root = tree_.state(kRootNode);
  if (is_final(root.status)) {
    if (is_final(tree_.execution().status)) return;
    show_run_as(root.status);
    tree_.edit_execution().failure = root.failure;
    return;
  }
  if (root.status == RunStatus::discontinuing) return show_run_as(RunStatus::discontinuing);
  const RunStatus at_work = active_leaf_status();
  if (!tree_.execution().is_pausing) return show_run_as(at_work);
  show_run_as(at_work == RunStatus::paused ? RunStatus::paused : RunStatus::pausing);
}

/// What the live nodes come to (pipelines.md 3.5). Wrappers are running as long as anything below
/// them is, so they count only where nothing else does.
RunStatus RunMachine::active_leaf_status() const {
  using enum RunStatus;
  for (const RunStatus status : {intervention_waiting, approval_waiting, input_waiting,
                                 resource_waiting, wait_step_running}) {
    if (tree_.active().of(status) != 0) return status;
  }
  const bool only_paused = tree_.execution().is_pausing && tree_.active().of(paused) != 0 &&
                           tree_.active_step_count() == tree_.active().of(paused);
  return only_paused ? paused : running;
}

/// Moves the run, by way of `running` where the table has no direct move.
void RunMachine::show_run_as(RunStatus status) {
  const RunStatus now = tree_.execution().status;
  if (now == status) return;
  if (!run_may_move(now, status) && run_may_move(now, RunStatus::running)) {
    tree_.move_run(RunStatus::running, now_ms_);
  }
  tree_.move_run(status, now_ms_);
}

}  // namespace tripgate

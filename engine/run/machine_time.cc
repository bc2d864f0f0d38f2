// Timers. The heap is never searched: a timer that no longer fits its node is dropped when it is
// its turn.
#include "engine/run/node_timeout.h"
#include "engine/run/run_machine.h"

namespace tripgate {

void RunMachine::schedule(NodeNumber number, UnixMs at_ms) {
  timers_.push({at_ms, number});
}

void RunMachine::set_due(NodeNumber number, UnixMs at_ms) {
  tree_.edit(number).due_at_ms = at_ms;
  schedule(number, at_ms);
}

/// Starts the time that the plan gives a node.
void RunMachine::set_timeout(NodeNumber number) {
  const bool is_root = number == kRootNode;
  const plan::PlanTimeout& timeout =
      is_root ? tree_.plan().timeout : tree_.at(number).plan->timeout;
  const std::chrono::seconds length = timeout_of(timeout, tree_, number, expressions_);
  if (length.count() <= 0) return;
  const UnixMs at_ms = now_ms_ + std::chrono::milliseconds(length).count();
  tree_.edit(number).expires_at_ms = at_ms;
  schedule(number, at_ms);
}

void RunMachine::tick(UnixMs now_ms) {
  now_ms_ = now_ms;
  while (!timers_.empty() && timers_.top().at_ms <= now_ms) {
    const Timer timer = timers_.top();
    timers_.pop();
    const LiveNode& node = tree_.at(timer.node);
    if (node.is_retired) continue;
    if (node.state.due_at_ms == timer.at_ms) {
      on_due(timer.node);
    } else if (node.state.expires_at_ms == timer.at_ms && !is_final(node.state.status)) {
      expire(timer.node);
    }
    settle_all();
  }
  end_turn();
}

std::optional<UnixMs> RunMachine::next_due_ms() const {
  if (timers_.empty() || is_final(tree_.execution().status)) return std::nullopt;
  return timers_.top().at_ms;
}

void RunMachine::on_due(NodeNumber number) {
  const NodeState& node = tree_.state(number);
  tree_.edit(number).due_at_ms = 0;
  if (node.pending == Pending::retry) return retry(number);
  switch (node.status) {
    case RunStatus::wait_step_running:
      return finish_as(number, RunStatus::succeeded, {});
    case RunStatus::approval_waiting:
      return approve_automatically(number);
    case RunStatus::intervention_waiting: {
      // An intervention that is what a retry ended with has no time-out action of its own.
      const plan::FailureAction* action = action_for(number);
      const bool is_own = action != nullptr &&
                          action->type == plan::FailureAction::Type::manual_intervention &&
                          action->afterwards != nullptr;
      if (is_own) return apply(number, action->afterwards.get());
      tree_.move(number, RunStatus::expired, now_ms_);
      return settle(number);
    }
    default:
      return;
  }
}

/// A node's time is up. What runs below it ends with it; then its own strategies act on it.
void RunMachine::expire(NodeNumber number) {
  const NodeState& node = tree_.state(number);
  tree_.edit(number).expires_at_ms = 0;
  if (node.status == RunStatus::discontinuing || node.status == RunStatus::intervention_waiting) {
    return;
  }
  if (node.status == RunStatus::input_waiting) return expire_input(number);
  if (node.kind == plan::NodeKind::step && !node.is_loop) {
    return discontinue_leaf(number, RunStatus::expired);
  }
  discontinue(number, RunStatus::expired);
}

}  // namespace tripgate

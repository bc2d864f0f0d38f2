// What follows a failure: the strategy that applies, and what its action does to node and scope.
// Source: pipelines.md section 4.
#include <algorithm>

#include "engine/run/run_machine.h"
#include "engine/status/new_id.h"

namespace tripgate {
namespace {

using plan::ErrorName;
using plan::FailureAction;

/// The name under which strategies know a type (pipelines.md 4.2).
ErrorName error_name(FailureType type) {
  switch (type) {
    case FailureType::unknown:
    case FailureType::application:
    case FailureType::skipping:
    case FailureType::freeze_active:
      return ErrorName::unknown;
    case FailureType::delegate_provisioning:
      return ErrorName::delegate_provisioning;
    case FailureType::connectivity:
      return ErrorName::connectivity;
    case FailureType::authentication:
      return ErrorName::authentication;
    case FailureType::verification:
      return ErrorName::verification;
    case FailureType::authorization:
      return ErrorName::authorization;
    case FailureType::timeout:
      return ErrorName::timeout;
    case FailureType::policy_evaluation:
      return ErrorName::policy_evaluation_failure;
    case FailureType::input_timeout:
      return ErrorName::input_timeout_error;
    case FailureType::approval_rejection:
      return ErrorName::approval_rejection;
    case FailureType::delegate_restart:
      return ErrorName::delegate_restart;
    case FailureType::user_marked_failure:
      return ErrorName::user_marked_failure;
  }
  return ErrorName::unknown;
}

const FailureAction* select_action(const plan::FailureHandling& handling,
                                   const FailureTypes& types) {
  if (types.is_empty()) return handling.for_untyped.get();
  for (std::size_t i = 0; i < kFailureTypeCount; ++i) {
    const auto type = static_cast<FailureType>(i);
    if (!types.has(type)) continue;
    const auto& action = handling.by_error[static_cast<std::size_t>(error_name(type))];
    if (action) return action.get();
  }
  return nullptr;
}

/// The wait before retry number `retry_number`, counted from 0; the last interval repeats.
UnixMs interval_ms(const FailureAction& action, std::uint32_t retry_number) {
  if (action.retry_intervals.empty()) return 0;
  const std::size_t index = std::min<std::size_t>(retry_number, action.retry_intervals.size() - 1);
  return std::chrono::milliseconds(action.retry_intervals[index]).count();
}

/// Where a strategy gives none (pipelines.md 9.1).
constexpr std::chrono::seconds kInterventionTimeout = std::chrono::days(1);

/// Wrappers other than groups only by way of what lies in them; a chained pipeline is a leaf here
/// (pipelines.md 4.7, 1.8).
bool can_be_retried(const LiveNode& node) {
  return node.state.kind == plan::NodeKind::step || node.state.kind == plan::NodeKind::step_group ||
         std::holds_alternative<plan::ChainedPipelineSpec>(node.plan->spec);
}

}  // namespace

Failure timeout_failure() {
  return {"Script execution timed out", {FailureType::timeout}};
}

Failure user_marked_failure() {
  return {"User marked this step as failed", {FailureType::user_marked_failure}};
}

/// Strategies of the enclosing levels act on steps; a wrapper has its own alone, for when its time
/// is up.
const FailureAction* RunMachine::action_for(NodeNumber number) const {
  const LiveNode& node = tree_.at(number);
  const plan::FailureHandling& handling =
      node.plan->kind == plan::NodeKind::step ? node.plan->on_failure : node.plan->own_on_failure;
  return select_action(handling, node.state.failure.types);
}

void RunMachine::break_node(NodeNumber number, RunStatus status, Failure failure) {
  tree_.move(number, status, now_ms_);
  NodeState& node = tree_.edit(number);
  node.failure = std::move(failure);
  node.due_at_ms = 0;
  const bool is_ended_from_above =
      status == RunStatus::aborted || (node.parent != kNoNode && is_stopped(node.parent));
  apply(number, is_ended_from_above ? nullptr : action_for(number));
}

/// Acts on a node that is broken. No action: it stays as it is, and what follows is visited.
void RunMachine::apply(NodeNumber number, const FailureAction* action) {
  using enum FailureAction::Type;
  if (action == nullptr) return settle(number);
  switch (action->type) {
    case ignore:
      if (node_may_move(tree_.state(number).status, RunStatus::ignore_failed)) {
        tree_.move(number, RunStatus::ignore_failed, now_ms_);
      }
      return settle(number);
    case mark_as_success:
      tree_.move(number, RunStatus::intervention_waiting, now_ms_);
      tree_.move(number, RunStatus::succeeded, now_ms_);
      return settle(number);
    case mark_as_failure:
      tree_.move(number, RunStatus::failed, now_ms_);
      return settle(number);
    case abort:
      end_intervention(number, RunStatus::aborted);
      settle(number);
      return abort_run({}, {});
    case retry:
      return plan_retry(number, *action);
    case manual_intervention:
      tree_.move(number, RunStatus::intervention_waiting, now_ms_);
      return set_due(number,
                     now_ms_ + std::chrono::milliseconds(action->intervention_timeout.count() > 0
                                                             ? action->intervention_timeout
                                                             : kInterventionTimeout)
                                   .count());
    case stage_rollback:
      return request_rollback(number, plan::NodeKind::stage);
    case step_group_rollback:
      return request_rollback(number, plan::NodeKind::step_group);
    case proceed_with_default_values:
      return settle(number);
    case retry_step_group:
      return request_group_retry(number, *action);
  }
}

/// A node that nobody decided about in time must not be met again as one that is at work.
void RunMachine::end_intervention(NodeNumber number, RunStatus as) {
  if (tree_.state(number).status == RunStatus::intervention_waiting) {
    tree_.move(number, as, now_ms_);
  }
}

void RunMachine::plan_retry(NodeNumber number, const FailureAction& action) {
  if (!can_be_retried(tree_.at(number)) || tree_.state(number).retry_number >= action.retry_count) {
    return apply(number, action.afterwards.get());
  }
  wait_for_retry(number, action);
}

void RunMachine::wait_for_retry(NodeNumber number, const FailureAction& action) {
  tree_.edit(number).pending = Pending::retry;
  set_due(number, now_ms_ + interval_ms(action, tree_.state(number).retry_number));
}

/// Begins another attempt. Its condition on the new attempt is judged again.
void RunMachine::retry(NodeNumber number) {
  const FailureAction* action = action_for(number);
  const bool has_condition = action != nullptr && !action->retry_condition.empty();
  tree_.edit(number).pending = Pending::nothing;
  if (has_condition) {
    const auto info = expressions_.judge(tree_, number, action->retry_condition);
    if (!info || !info->is_met) return apply(number, action->afterwards.get());
  }
  const NodeNumber next = tree_.replace(number);
  tree_.edit(next).interrupts.push_back(
      {make_short_id(), std::string(engine_name(InterruptType::retry)), {}, now_ms_});
  start(next);
}

void RunMachine::request_rollback(NodeNumber number, plan::NodeKind scope) {
  tree_.move(number, RunStatus::failed, now_ms_);
  const auto enclosing = tree_.enclosing(number, scope);
  if (enclosing) {
    NodeState& node = tree_.edit(*enclosing);
    if (node.pending == Pending::nothing) node.pending = Pending::rollback;
  }
  const bool is_own = enclosing == number && tree_.at(number).plan->rollback;
  if (is_own && !has_rolled_back(number)) return roll_back_itself(number);
  settle(number);
}

/// The time of a stage or group was up. It is at work again until its rollback has ended, by way
/// of the only status that a broken node can leave like that (pipelines.md 3.3).
void RunMachine::roll_back_itself(NodeNumber number) {
  tree_.move(number, RunStatus::intervention_waiting, now_ms_);
  tree_.move(number, RunStatus::running, now_ms_);
  enter(*tree_.at(number).plan->rollback, number);
}

void RunMachine::request_group_retry(NodeNumber number, const FailureAction& action) {
  const auto group = tree_.enclosing(number, plan::NodeKind::step_group);
  if (!group || tree_.state(*group).retry_number >= action.retry_count) {
    return apply(number, action.afterwards.get());
  }
  end_intervention(number, RunStatus::failed);
  if (*group == number) return wait_for_retry(number, action);
  NodeState& node = tree_.edit(*group);
  node.pending = Pending::group_retry;
  node.due_at_ms = now_ms_ + interval_ms(action, node.retry_number);
  settle(number);
}

}  // namespace tripgate

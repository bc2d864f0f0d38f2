// Ends and moves from outside: aborts, pauses, expiries, and a person's word on a node.
// Source: pipelines.md 8.7.
#include <array>
#include <boost/algorithm/string/predicate.hpp>

#include "engine/run/run_machine.h"

namespace tripgate {
namespace {

struct NamedInterrupt {
  InterruptType type;
  std::string_view name;         ///< Of a call.
  std::string_view engine_name;  ///< In a node's history.
};

constexpr std::array kInterrupts = {
    NamedInterrupt{InterruptType::abort_all, "AbortAll", "ABORT_ALL"},
    NamedInterrupt{InterruptType::abort, "Abort", "ABORT"},
    NamedInterrupt{InterruptType::pause, "Pause", "PAUSE_ALL"},
    NamedInterrupt{InterruptType::resume, "Resume", "RESUME_ALL"},
    NamedInterrupt{InterruptType::ignore, "Ignore", "IGNORE"},
    NamedInterrupt{InterruptType::stage_rollback, "StageRollback", "CUSTOM_FAILURE"},
    NamedInterrupt{InterruptType::step_group_rollback, "StepGroupRollback", "CUSTOM_FAILURE"},
    NamedInterrupt{InterruptType::mark_as_success, "MarkAsSuccess", "MARK_SUCCESS"},
    NamedInterrupt{InterruptType::mark_as_failure, "MarkAsFailure", "MARK_FAILED"},
    NamedInterrupt{InterruptType::user_marked_failure, "UserMarkedFailure", "USER_MARKED_FAIL_ALL"},
    NamedInterrupt{InterruptType::expire_all, "ExpireAll", "EXPIRE_ALL"},
    NamedInterrupt{InterruptType::retry, "Retry", "RETRY"},
};

Failure interruption(RunStatus as, const plan::StepSpec& spec) {
  if (as == RunStatus::expired && std::holds_alternative<plan::BarrierSpec>(spec)) {
    return {"The barrier timed out", {FailureType::timeout}};
  }
  if (as == RunStatus::expired) return timeout_failure();
  if (as == RunStatus::failed) return user_marked_failure();
  return {"Script execution interrupted, possibly due to a timeout or pipeline abort.", {}};
}

/// What becomes of a node at work that a person ends.
RunStatus end_of(InterruptType type) {
  if (type == InterruptType::expire_all) return RunStatus::expired;
  return type == InterruptType::user_marked_failure ? RunStatus::failed : RunStatus::aborted;
}

Diagnostic refusal(const Interrupt& interrupt, RunStatus status) {
  return Diagnostic("Failed to interrupt node execution " +
                    std::string(interrupt_name(interrupt.type)) +
                    ". Either another interrupt is already in process or the current status: " +
                    std::string(engine_name(status)) + "does not allow interruption");
}

}  // namespace

std::optional<InterruptType> parse_interrupt(std::string_view name) {
  for (const NamedInterrupt& known : kInterrupts) {
    if (boost::algorithm::iequals(known.name, name)) return known.type;
  }
  return std::nullopt;
}

std::string_view interrupt_name(InterruptType type) {
  for (const NamedInterrupt& known : kInterrupts) {
    if (known.type == type) return known.name;
  }
  return {};
}

std::string_view engine_name(InterruptType type) {
  for (const NamedInterrupt& known : kInterrupts) {
    if (known.type == type) return known.engine_name;
  }
  return {};
}

/// Ends everything at work below a node, and the node with it. What was not begun stays so.
void RunMachine::discontinue(NodeNumber number, RunStatus as) {
  const LiveNode& node = tree_.at(number);
  if (is_final(node.state.status) && node.state.pending != Pending::retry) return;
  if (node.state.status == RunStatus::not_started) return;
  const bool is_leaf =
      node.children.empty() && node.plan->kind == plan::NodeKind::step && !node.state.is_loop;
  const bool is_child_run = std::holds_alternative<plan::ChainedPipelineSpec>(node.plan->spec);
  const bool waits = node.state.status == RunStatus::input_waiting ||
                     node.state.status == RunStatus::intervention_waiting;
  if (is_leaf || is_child_run || waits || node.state.pending == Pending::retry) {
    return discontinue_leaf(number, as);
  }
  if (node.state.status != RunStatus::discontinuing) {
    tree_.move(number, RunStatus::discontinuing, now_ms_);
  }
  tree_.edit(number).discontinued_as = as;
  const std::vector<NodeNumber> children = node.children;
  for (const NodeNumber child : children) discontinue_below(child, as);
}

// The wrappers between stay running and come to what their steps come to. A loop would begin its
// next iterations.
void RunMachine::discontinue_below(NodeNumber number, RunStatus as) {
  const LiveNode& node = tree_.at(number);
  const bool is_at_work = !node.children.empty() && !is_final(node.state.status) &&
                          node.state.status != RunStatus::intervention_waiting;
  if (!is_at_work) return discontinue(number, as);
  if (node.state.is_loop && as == RunStatus::aborted) {
    tree_.move(number, RunStatus::discontinuing, now_ms_);
    tree_.edit(number).discontinued_as = as;
  }
  const std::vector<NodeNumber> children = node.children;
  for (const NodeNumber child : children) discontinue_below(child, as);
}

void RunMachine::discontinue_leaf(NodeNumber number, RunStatus as) {
  const LiveNode& node = tree_.at(number);
  const RunStatus status = node.state.status;
  if (node.state.pending == Pending::retry) {
    // It broke already and waits for another attempt, which will not come.
    tree_.edit(number).pending = Pending::nothing;
    tree_.edit(number).due_at_ms = 0;
    if (as == RunStatus::aborted) tree_.move(number, as, now_ms_);
    return settle(number);
  }
  const bool is_process = runs_as_process(node.plan->spec) && status == RunStatus::running;
  const bool is_child_run = std::holds_alternative<plan::ChainedPipelineSpec>(node.plan->spec) &&
                            status == RunStatus::async_waiting;
  if (status == RunStatus::discontinuing) {
    tree_.edit(number).discontinued_as = as;
  } else if (is_process || is_child_run) {
    tree_.move(number, RunStatus::discontinuing, now_ms_);
    tree_.edit(number).discontinued_as = as;
    effects_.push_back(
        {is_process ? RunEffect::Type::abort_process : RunEffect::Type::abort_child, number});
  } else {
    break_node(number, as, interruption(as, node.plan->spec));
  }
}

void RunMachine::abort_run(std::string_view username, std::string_view email) {
  Execution& execution = tree_.edit_execution();
  if (execution.abortion.at_ms != 0) return;
  execution.abortion = {now_ms_, std::string(username), std::string(email)};
  execution.is_pausing = false;
  discontinue(kRootNode, RunStatus::aborted);
}

void RunMachine::resume_paused() {
  tree_.edit_execution().is_pausing = false;
  for (NodeNumber number = 0; number < tree_.size(); ++number) {
    const LiveNode& node = tree_.at(number);
    if (!node.is_retired && node.state.status == RunStatus::paused) open(number);
  }
}

Result<void, Diagnostic> RunMachine::interrupt(const Interrupt& interrupt, UnixMs now_ms) {
  now_ms_ = now_ms;
  const RunStatus status = tree_.execution().status;
  if (is_final(status)) {
    return Diagnostic("Execution is already finished with status: [" +
                      std::string(engine_name(status)) + "]");
  }
  if (interrupt.node) {
    auto done = interrupt_node(interrupt, *interrupt.node);
    end_turn();
    return done;
  }
  switch (interrupt.type) {
    case InterruptType::abort_all:
      if (tree_.execution().abortion.at_ms != 0) {
        return Diagnostic("Execution already has ABORT_ALL interrupt");
      }
      if (status == RunStatus::queued) {
        tree_.edit_execution().abortion = {now_ms, interrupt.username, interrupt.email};
        tree_.move_run(RunStatus::aborted, now_ms);
        return {};
      }
      abort_run(interrupt.username, interrupt.email);
      break;
    case InterruptType::pause:
      if (tree_.execution().is_pausing) {
        return Diagnostic("Execution already has PAUSE_ALL interrupt");
      }
      tree_.edit_execution().is_pausing = true;
      break;
    case InterruptType::resume:
      resume_paused();
      break;
    case InterruptType::expire_all:
      discontinue(kRootNode, RunStatus::expired);
      break;
    default:
      return Diagnostic("NodeExecutionId Cannot be empty for " +
                        std::string(engine_name(interrupt.type)) + " interrupt");
  }
  end_turn();
  return {};
}

Result<void, Diagnostic> RunMachine::interrupt_node(const Interrupt& interrupt, NodeNumber number) {
  const NodeState& node = tree_.state(number);
  const bool waits_for_word =
      node.status == RunStatus::intervention_waiting || node.pending == Pending::retry;
  const bool is_at_work = !is_final(node.status) && node.status != RunStatus::not_started;
  const auto mark = [&](NodeNumber marked) {
    tree_.edit(marked).interrupts.push_back(
        {interrupt.id, std::string(engine_name(interrupt.type)), interrupt.username, now_ms_});
  };
  switch (interrupt.type) {
    case InterruptType::abort_all:
    case InterruptType::abort:
    case InterruptType::expire_all:
    case InterruptType::user_marked_failure: {
      if (!is_at_work) return refusal(interrupt, node.status);
      mark(number);
      discontinue_below(number, end_of(interrupt.type));
      return {};
    }
    case InterruptType::pause:
    case InterruptType::resume:
      return refusal(interrupt, node.status);
    case InterruptType::retry: {
      if (node.kind != plan::NodeKind::step && node.kind != plan::NodeKind::step_group) {
        return Diagnostic("Node Retry is supported only for Leaf Nodes");
      }
      if (!waits_for_word) {
        return Diagnostic("NodeExecution is not in a retryable status. Current Status: " +
                          std::string(engine_name(node.status)));
      }
      tree_.edit(number).pending = Pending::nothing;
      tree_.edit(number).due_at_ms = 0;
      if (node.status == RunStatus::intervention_waiting) {
        tree_.move(number, RunStatus::failed, now_ms_);
      }
      const NodeNumber next = tree_.replace(number);
      mark(next);
      start(next);
      return {};
    }
    default:
      if (!waits_for_word) return refusal(interrupt, node.status);
      mark(number);
      tree_.edit(number).pending = Pending::nothing;
      tree_.edit(number).due_at_ms = 0;
      apply_word(number, interrupt.type);
      return {};
  }
}

/// What a person may decide about a broken node is what a strategy may.
void RunMachine::apply_word(NodeNumber number, InterruptType type) {
  plan::FailureAction action;
  switch (type) {
    case InterruptType::ignore:
      action.type = plan::FailureAction::Type::ignore;
      break;
    case InterruptType::mark_as_success:
      action.type = plan::FailureAction::Type::mark_as_success;
      break;
    case InterruptType::stage_rollback:
      action.type = plan::FailureAction::Type::stage_rollback;
      break;
    case InterruptType::step_group_rollback:
      action.type = plan::FailureAction::Type::step_group_rollback;
      break;
    default:
      action.type = plan::FailureAction::Type::mark_as_failure;
      break;
  }
  apply(number, &action);
}

}  // namespace tripgate

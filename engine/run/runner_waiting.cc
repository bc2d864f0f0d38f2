// What people say to steps that wait for them, and what that means to other runs.
#include "engine/run/runner_impl.h"

namespace tripgate {
namespace {

Diagnostic not_at_work() {
  return Diagnostic("The execution of the step is not at work any more");
}

}  // namespace

void Runner::Impl::act_on_approval(ExecutionNumber number, const std::string& node,
                                   const ApprovalRequest& request, OnAnswered on_done) {
  take_turn(number, node, std::move(on_done), [&](RunMachine& machine, NodeNumber step) {
    return machine.act_on_approval(step, request, parts_.clock.now_ms());
  });
}

void Runner::Impl::end_wait(ExecutionNumber number, const std::string& node, bool is_success,
                            OnAnswered on_done) {
  take_turn(number, node, std::move(on_done), [&](RunMachine& machine, NodeNumber step) {
    return machine.end_wait(step, is_success, parts_.clock.now_ms());
  });
}

/// Makes a turn of a run that is at work, and tells of it when it is durable or refused.
template <class Turn>
void Runner::Impl::take_turn(ExecutionNumber number, const std::string& node_id, OnAnswered on_done,
                             const Turn& turn) {
  ActiveRun* const run = find(number);
  const auto node = run != nullptr ? run->tree.find(node_id) : std::nullopt;
  if (!node) return on_done(not_at_work());
  const Result<void, Diagnostic> done = turn(run->machine, *node);
  if (!done) return on_done(done);
  run->on_durable.push_back([on_done = std::move(on_done), done] { on_done(done); });
  finish_turn(*run);
}

/// Rejects what waits at the same step in older runs of the pipeline, in the name of who approved;
/// then the step itself ends.
void Runner::Impl::reject_older(ActiveRun& run, NodeNumber node) {
  const auto approval = decode_approval(run.tree.state(node).instance);
  if (!approval || approval->activities.empty()) return;
  const ExecutionNumber number = run.tree.execution().number;
  const ApprovalRequest request{
      .user = approval->activities.back().user,
      .is_approval = false,
      .inputs = {},
      .comments = "Rejected due to approval of " + run.tree.execution().plan_execution_id};
  const auto left = std::make_shared<std::size_t>(1);
  const auto count_down = [self = weak_from_this(), number, node, left] {
    const auto impl = self.lock();
    if (--*left == 0 && impl) impl->close_approval(number, node);
  };
  for (const auto& [other, step] : older_approvals(run, node)) {
    ActiveRun& older = *find(other);
    if (!older.machine.reject_as_older(step, request, parts_.clock.now_ms())) continue;
    ++*left;
    older.on_durable.emplace_back(count_down);
    finish_turn(older);
  }
  count_down();
}

std::vector<std::pair<ExecutionNumber, NodeNumber>> Runner::Impl::older_approvals(
    const ActiveRun& run, NodeNumber node) const {
  const Execution& own = run.tree.execution();
  const std::string& path = run.tree.at(node).plan->path;
  std::vector<std::pair<ExecutionNumber, NodeNumber>> found;
  for (const auto& [number, other] : active_) {
    if (number >= own.number) break;
    const Execution& execution = other->tree.execution();
    const bool is_of_pipeline =
        lane_of(execution) == lane_of(own) && execution.pipeline == own.pipeline;
    if (!is_of_pipeline || other->tree.active().of(RunStatus::approval_waiting) == 0) continue;
    for (NodeNumber step = 0; step < other->tree.size(); ++step) {
      const LiveNode& waiting = other->tree.at(step);
      const bool is_it = waiting.state.status == RunStatus::approval_waiting &&
                         !waiting.is_retired && waiting.plan->path == path;
      if (is_it) found.emplace_back(number, step);
    }
  }
  return found;
}

void Runner::Impl::close_approval(ExecutionNumber number, NodeNumber node) {
  ActiveRun* const run = find(number);
  if (run == nullptr) return;
  run->machine.close_approval(node, parts_.clock.now_ms());
  finish_turn(*run);
}

}  // namespace tripgate

// Loops: all iterations are known once the loop is expanded, and begin as others end.
// Source: pipelines.md 1.7.
#include <algorithm>

#include "engine/run/run_machine.h"
#include "engine/status/new_id.h"

namespace tripgate {

void RunMachine::open_loop(NodeNumber loop) {
  const std::string& gate = tree_.at(loop).plan->loop->when;
  tree_.move(loop, RunStatus::running, now_ms_);
  if (!gate.empty()) {
    Result<NodeRunInfo, Diagnostic> info = expressions_.judge(tree_, loop, gate);
    if (!info) return finish_as(loop, RunStatus::failed, {info.error().message, {}});
    if (!info->is_met) return finish_as(loop, RunStatus::skipped, {});
  }
  Result<LoopExpansion, Diagnostic> expansion = expressions_.expand(tree_, loop);
  if (!expansion) return finish_as(loop, RunStatus::failed, {expansion.error().message, {}});
  tree_.edit(loop).max_concurrency = expansion->max_concurrency;
  const plan::PlanNode& plan = *tree_.at(loop).plan;
  for (const Iteration& iteration : expansion->iterations) {
    const NodeNumber number = tree_.add(plan, loop, &iteration);
    // Iterations are shown from here on, under this id (pipelines.md 8.5).
    tree_.edit(number).execution_id = make_short_id();
  }
  continue_loop(loop);
}

/// Begins iterations as far as the bound allows, and ends the loop with its last one.
void RunMachine::continue_loop(NodeNumber loop) {
  const std::uint32_t most = tree_.at(loop).state.max_concurrency;
  const bool skips_queued = tree_.at(loop).plan->loop->skips_queued_on_failure;
  const bool is_stopped_by_failure = skips_queued && has_failed_child(loop);
  const bool is_at_end = is_stopped(loop) || is_stopped_by_failure;
  while (!is_at_end && (most == 0 || tree_.at(loop).active_children < most)) {
    LiveNode& node = tree_.live(loop);
    while (node.next_iteration < node.children.size() &&
           tree_.state(node.children[node.next_iteration]).status != RunStatus::not_started) {
      ++node.next_iteration;
    }
    if (node.next_iteration >= node.children.size()) break;
    start(node.children[node.next_iteration++]);
  }
  if (tree_.at(loop).active_children == 0) finish_loop(loop);
}

bool RunMachine::has_failed_child(NodeNumber number) const {
  const std::vector<NodeNumber>& children = tree_.at(number).children;
  return std::any_of(children.begin(), children.end(), [this](NodeNumber child) {
    return is_broken(tree_.state(child).status) || tree_.state(child).status == RunStatus::aborted;
  });
}

/// A loop of nothing but skipped iterations is skipped itself (pipelines.md 3.5).
void RunMachine::finish_loop(NodeNumber loop) {
  if (is_final(tree_.state(loop).status)) return;
  const std::vector<NodeNumber>& children = tree_.at(loop).children;
  const bool is_skipped = std::all_of(children.begin(), children.end(), [this](NodeNumber child) {
    return tree_.state(child).status == RunStatus::skipped;
  });
  if (is_skipped) return finish_as(loop, RunStatus::skipped, {});
  finish(loop);
}

}  // namespace tripgate

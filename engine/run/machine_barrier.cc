// Barriers: all parties arrive, or those that wait are told that one cannot come any more. Checked
// at the end of every turn in which somebody waits (pipelines.md 2.6).
#include <algorithm>

#include "engine/base/json_writer.h"
#include "engine/run/run_machine.h"

namespace tripgate {

// Recursion is bounded by the depth that the plan's reader allows.
void RunMachine::note_parties(const plan::PlanNode& node, const plan::PlanNode* parent) {
  plan_parents_[&node] = parent;
  if (const auto* barrier = std::get_if<plan::BarrierSpec>(&node.spec)) {
    barrier_parties_[barrier->reference].push_back(&node);
  }
  for (const plan::PlanNode& child : node.children) note_parties(child, &node);
  if (node.rollback) note_parties(*node.rollback, &node);
}

void RunMachine::open_barrier(NodeNumber number) {
  tree_.move(number, RunStatus::async_waiting, now_ms_);
  barrier_steps_.push_back(number);
}

void RunMachine::settle_barriers() {
  if (barrier_steps_.empty()) return;
  std::erase_if(barrier_steps_, [this](NodeNumber number) {
    return tree_.state(number).status != RunStatus::async_waiting;
  });
  std::vector<std::string> references;
  for (const NodeNumber number : barrier_steps_) {
    const auto& spec = std::get<plan::BarrierSpec>(tree_.at(number).plan->spec);
    references.push_back(spec.reference);
  }
  std::sort(references.begin(), references.end());
  references.erase(std::unique(references.begin(), references.end()), references.end());
  for (const std::string& reference : references) settle_barrier(reference);
}

void RunMachine::settle_barrier(const std::string& reference) {
  std::vector<NodeNumber> arrived;
  for (const NodeNumber number : barrier_steps_) {
    const plan::PlanNode& step = *tree_.at(number).plan;
    if (std::get<plan::BarrierSpec>(step.spec).reference == reference) arrived.push_back(number);
  }
  bool is_complete = true;
  bool is_abandoned = false;
  for (const plan::PlanNode* party : barrier_parties_[reference]) {
    const bool is_here = std::any_of(arrived.begin(), arrived.end(), [&](NodeNumber number) {
      return tree_.at(number).plan->setup_id == party->setup_id;
    });
    if (is_here) continue;
    is_complete = false;
    is_abandoned = is_abandoned || !may_still_come(*party);
  }
  if (!is_complete && !is_abandoned) return;
  JsonWriter outcome;
  outcome.begin_object().member("barrierRef", reference).end_object();
  const std::string text = outcome.take();
  for (const NodeNumber number : arrived) {
    if (is_complete) {
      tree_.edit(number).outcomes = {{"barrier", text}};
      finish_as(number, RunStatus::succeeded, {});
    } else {
      break_node(number, RunStatus::failed, {"The barrier was abandoned", {}});
    }
  }
}

/// A party that has not come may still do so if it was not visited yet, and whatever of its
/// ancestors was visited is still at work.
bool RunMachine::may_still_come(const plan::PlanNode& step) const {
  for (const plan::PlanNode* plan = &step; plan != nullptr; plan = plan_parents_.at(plan)) {
    for (NodeNumber number = 0; number < tree_.size(); ++number) {
      const LiveNode& node = tree_.at(number);
      if (node.plan->setup_id != plan->setup_id || node.is_retired ||
          node.state.status == RunStatus::not_started) {
        continue;
      }
      const bool will_be_tried_again = node.state.pending == Pending::retry;
      return (plan != &step || will_be_tried_again) &&
             (!is_final(node.state.status) || will_be_tried_again) && !is_stopped(number);
    }
  }
  return true;
}

}  // namespace tripgate

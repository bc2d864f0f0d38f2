// Answers to nodes that ask for input: found by the node's id among the runs at work.
#include "engine/run/runner_impl.h"

namespace tripgate {
/// The run that has a node of that id which asks for input.
std::pair<ActiveRun*, NodeNumber> Runner::Impl::find_asking(const std::string& node) {
  for (const auto& [number, run] : active_) {
    const std::optional<NodeNumber> found = run->tree.find(node);
    if (!found) continue;
    const bool asks = run->expressions.asks_for_input(run->tree, *found);
    return {asks ? run.get() : nullptr, *found};
  }
  return {nullptr, kNoNode};
}

void Runner::Impl::give_input(const std::string& node, const std::string& given,
                              const OnInputGiven& on_given) {
  const auto [run, number] = find_asking(node);
  if (run == nullptr) return on_given(no_input_template(node));
  const auto taken = take_input(*run, number, &given);
  if (!taken || !*taken) {
    // The run's last write may be under way if the node did not take it: no other would follow.
    // What was evaluated to look at it is forgotten.
    run->expressions.release_event();
    static_cast<void>(run->expressions.take_tags());
    return on_given(taken);
  }
  run->on_durable.push_back([on_given] { on_given(true); });
  finish_turn(*run);
}

/// given: nullptr for the defaults. False if the node does not wait any more.
Result<bool, Diagnostic> Runner::Impl::take_input(ActiveRun& run, NodeNumber node,
                                                  const std::string* given) {
  const auto answer = plan_answer(run, node, given);
  if (!answer) return answer.error();
  // What is not allowed can still be put right: the node goes on waiting.
  const auto checked = run.expressions.check_values(run.tree, node, answer->checks);
  if (!checked) {
    return Diagnostic("Some fields are not valid: [" + checked.error().message + "]");
  }
  return run.machine.give_input(node, answer->plan,
                                given == nullptr ? std::nullopt : std::optional(*given),
                                parts_.clock.now_ms());
}

Result<AnsweredNode, Diagnostic> Runner::Impl::plan_answer(const ActiveRun& run, NodeNumber node,
                                                           const std::string* given) const {
  return run.expressions.late_inputs().answer(run.tree.at(node).plan->path, given,
                                              run.tree.execution().plan_execution_id,
                                              parts_.plan_defaults);
}

void Runner::Impl::use_defaults(ActiveRun& run, NodeNumber node) {
  const auto taken = take_input(run, node, nullptr);
  if (!taken) {
    run.machine.end_leaf(node, {RunStatus::failed, {taken.error().message, {}}, {}},
                         parts_.clock.now_ms());
  }
  finish_turn(run);
}

}  // namespace tripgate

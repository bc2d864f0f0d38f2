// Nodes that ask for input when they are reached (pipelines.md 7.1): they wait before anything of
// them begins, and go on with the plan that came of the answer.
#include "engine/base/json_writer.h"
#include "engine/run/run_machine.h"
#include "engine/status/new_id.h"

namespace tripgate {

bool RunMachine::still_asks(NodeNumber number) const {
  const bool is_open = tree_.state(number).input_answer == InputAnswer::none;
  return is_open && expressions_.asks_for_input(tree_, number);
}

void RunMachine::ask_for_input(NodeNumber number) {
  tree_.move(number, RunStatus::running, now_ms_);
  set_timeout(number);
  tree_.move(number, RunStatus::input_waiting, now_ms_);
  NodeState& node = tree_.edit(number);
  node.asks_for_input = true;
  JsonWriter json;
  json.begin_object().member("inputInstanceId", make_short_id()).end_object();
  node.instance = json.take();
}

bool RunMachine::give_input(NodeNumber number, const std::shared_ptr<const plan::PlanNode>& plan,
                            std::optional<std::string> given, UnixMs now_ms) {
  if (tree_.state(number).status != RunStatus::input_waiting) return false;
  now_ms_ = now_ms;
  tree_.use_plan(number, plan);
  NodeState& node = tree_.edit(number);
  node.input_answer = given ? InputAnswer::given : InputAnswer::defaults;
  node.given_input = std::move(given).value_or("");
  node.expires_at_ms = 0;  // What follows has its own time.
  note_parameters(number);
  open(number);
  end_turn();
  return true;
}

/// Nobody answered in time: the node expires, or goes on with its defaults.
void RunMachine::expire_input(NodeNumber number) {
  const Failure failure = {"No input was given in time", {FailureType::input_timeout}};
  tree_.edit(number).failure = failure;
  const plan::FailureAction* const action = action_for(number);
  const bool proceeds =
      action != nullptr && action->type == plan::FailureAction::Type::proceed_with_default_values;
  if (!proceeds) return break_node(number, RunStatus::expired, failure);
  tree_.edit(number).failure = {};
  tree_.edit(number).expires_at_ms = now_ms_;  // An engine that dies before it is done asks again.
  effects_.push_back({RunEffect::Type::use_defaults, number});
}

}  // namespace tripgate

// EventListener steps: what a trigger got is looked at in the order in which it came. Which event
// was looked at last is stored, so that a restart goes on behind it. Source: pipelines.md 2.10.
#include "engine/base/json_writer.h"
#include "engine/jexl/template.h"
#include "engine/run/event_listener.h"
#include "engine/run/run_machine.h"

namespace tripgate {

void RunMachine::open_listener(NodeNumber number, const plan::EventListenerSpec& spec) {
  auto trigger = expressions_.render(tree_, number, spec.webhook_identifier);
  if (!trigger) return break_node(number, RunStatus::failed, {trigger.error().message, {}});
  tree_.move(number, RunStatus::async_waiting, now_ms_);
  const std::uint64_t newest =
      surroundings_.newest_event ? surroundings_.newest_event() : std::uint64_t{0};
  tree_.edit(number).instance = encode_listener({std::move(*trigger), newest});
  effects_.push_back({RunEffect::Type::listen, number});
}

void RunMachine::offer_event(NodeNumber number, std::uint64_t sequence, const jexl::Value* event,
                             UnixMs now_ms) {
  auto listener = decode_listener(tree_.state(number).instance);
  if (tree_.state(number).status != RunStatus::async_waiting || !listener) return;
  now_ms_ = now_ms;
  listener->last_event = sequence;
  tree_.edit(number).instance = encode_listener(*listener);
  const auto& spec = std::get<plan::EventListenerSpec>(tree_.at(number).plan->spec);
  if (holds_criteria(number, spec.success_criteria, event)) {
    JsonWriter output;
    output.begin_object().key("outputVariables").begin_object();
    for (const plan::PlanVariable& variable : spec.outputs) {
      const auto value = expressions_.evaluate(tree_, number, variable.text, event);
      if (!value || value->is_null()) continue;
      output.member(variable.name, jexl::Template::value_text(*value));
    }
    tree_.edit(number).outcomes = {{"output", output.end_object().end_object().take()}};
    finish_as(number, RunStatus::succeeded, {});
  } else if (holds_criteria(number, spec.failure_criteria, event)) {
    break_node(number, RunStatus::failed,
               {"An event met the failure criteria of the listener", {}});
  }
  end_turn();
}

/// Criteria that cannot be evaluated with an event do not hold: anybody may send one.
bool RunMachine::holds_criteria(NodeNumber number, const std::string& criteria,
                                const jexl::Value* event) {
  if (criteria.empty() || event == nullptr) return false;
  const auto value = expressions_.evaluate(tree_, number, criteria, event);
  if (!value) return false;
  return value->is(jexl::Kind::boolean) ? value->as_bool()
                                        : jexl::Template::value_text(*value) == "true";
}

}  // namespace tripgate

// Steps that wait without a process of their own. What they wait for is in their records, so that
// a restart finds it again.
#include "engine/base/json_writer.h"
#include "engine/plan/duration.h"
#include "engine/run/run_machine.h"
#include "engine/status/child_run.h"
#include "engine/status/new_id.h"

namespace tripgate {

bool runs_as_process(const plan::StepSpec& spec) {
  return std::holds_alternative<plan::ScriptSpec>(spec) ||
         std::holds_alternative<plan::HttpSpec>(spec) ||
         std::holds_alternative<plan::EmailSpec>(spec);
}

void RunMachine::open_waiting(NodeNumber number) {
  const plan::StepSpec& spec = tree_.at(number).plan->spec;
  if (tree_.state(number).status != RunStatus::running) {
    tree_.move(number, RunStatus::running, now_ms_);
    set_timeout(number);
  }
  if (const auto* wait = std::get_if<plan::WaitSpec>(&spec)) return open_wait(number, *wait);
  if (const auto* queue = std::get_if<plan::QueueSpec>(&spec)) return open_queue(number, *queue);
  if (std::holds_alternative<plan::BarrierSpec>(spec)) return open_barrier(number);
  if (std::holds_alternative<plan::ChainedPipelineSpec>(spec)) return open_chained(number);
  if (std::holds_alternative<plan::ApprovalSpec>(spec)) return open_approval(number);
  if (const auto* listener = std::get_if<plan::EventListenerSpec>(&spec)) {
    return open_listener(number, *listener);
  }
  break_node(number, RunStatus::failed,
             {"Step type [" + tree_.state(number).type + "] is not supported by this runner", {}});
}

void RunMachine::open_wait(NodeNumber number, const plan::WaitSpec& spec) {
  const auto text = expressions_.render(tree_, number, spec.duration);
  if (!text) return break_node(number, RunStatus::failed, {text.error().message, {}});
  const auto duration = plan::parse_duration(*text);
  if (!duration || duration->count() <= 0) {
    return break_node(
        number, RunStatus::failed,
        {"Invalid input for duration of wait step, Duration should be greater than 0", {}});
  }
  tree_.move(number, RunStatus::wait_step_running, now_ms_);
  JsonWriter json;
  const std::int64_t duration_ms = std::chrono::milliseconds(*duration).count();
  json.begin_object().member("duration", duration_ms).end_object();
  tree_.edit(number).instance = json.take();
  set_due(number, now_ms_ + duration_ms);
}

Result<void, Diagnostic> RunMachine::end_wait(NodeNumber number, bool is_success, UnixMs now_ms) {
  if (tree_.state(number).status != RunStatus::wait_step_running) {
    return Diagnostic("The step does not wait any more. Current Status: " +
                      std::string(engine_name(tree_.state(number).status)));
  }
  now_ms_ = now_ms;
  if (is_success) {
    finish_as(number, RunStatus::succeeded, {});
  } else {
    break_node(number, RunStatus::failed, {user_marked_failure().message, {}});
  }
  end_turn();
  return {};
}

void RunMachine::open_chained(NodeNumber number) {
  tree_.move(number, RunStatus::async_waiting, now_ms_);
  // The child's id is durable before the child is, so that it is created once.
  const auto& spec = std::get<plan::ChainedPipelineSpec>(tree_.at(number).plan->spec);
  const Execution& own = tree_.execution();
  tree_.edit(number).instance =
      encode_child_run(make_short_id(), spec.org.empty() ? own.org : spec.org,
                       spec.project.empty() ? own.project : spec.project);
  effects_.push_back({RunEffect::Type::start_child, number});
}

void RunMachine::open_queue(NodeNumber number, const plan::QueueSpec& spec) {
  const auto key = expressions_.render(tree_, number, spec.key);
  if (!key) return break_node(number, RunStatus::failed, {key.error().message, {}});
  tree_.move(number, RunStatus::resource_waiting, now_ms_);
  JsonWriter json;
  json.begin_object().member("key", *key).end_object();
  tree_.edit(number).instance = json.take();
  effects_.push_back({RunEffect::Type::acquire_queue, number});
}

void RunMachine::grant(NodeNumber number, UnixMs now_ms) {
  if (tree_.state(number).status != RunStatus::resource_waiting) return;
  now_ms_ = now_ms;
  // One unit of one: the form of the original's resource constraints (pipelines.md 2.8).
  JsonWriter outcome;
  outcome.begin_object().member("name", "Queuing").member("capacity", std::int64_t{1});
  outcome.member("resourceUnit", tree_.state(number).execution_id);
  outcome.member("usage", std::int64_t{1}).member("alreadyAcquiredPermits", std::int64_t{0});
  tree_.edit(number).outcomes = {{"output", outcome.end_object().take()}};
  finish_as(number, RunStatus::succeeded, {});
  end_turn();
}

}  // namespace tripgate

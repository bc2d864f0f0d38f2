// Keys of Queue steps between runs: asked for, granted, and given back when a run or stage ends.
#include "engine/base/json_document.h"
#include "engine/base/log.h"
#include "engine/run/runner_impl.h"

namespace tripgate {
namespace {

/// Keys belong to the account (pipelines.md 2.8).
std::string key_of(const Execution& execution, const NodeState& step) {
  const auto instance = JsonDocument::parse(step.instance);
  const std::string key = instance ? instance->root().find("key").text() : std::string();
  return execution.account + '/' + key;
}

plan::OutputScope scope_of(const LiveNode& step) {
  return std::get<plan::QueueSpec>(step.plan->spec).scope;
}

}  // namespace

void Runner::Impl::acquire_key(ActiveRun& run, NodeNumber node) {
  const Execution& execution = run.tree.execution();
  const QueueClaim claim{execution.number, node};
  if (keys_.acquire(key_of(execution, run.tree.state(node)), claim)) grant({claim});
}

/// A step that does not wait any more passes its key on.
void Runner::Impl::grant(std::vector<QueueClaim> claims) {
  while (!claims.empty()) {
    const QueueClaim claim = claims.back();
    claims.pop_back();
    ActiveRun* run = find(claim.execution);
    const bool waits =
        run != nullptr && run->tree.state(claim.node).status == RunStatus::resource_waiting;
    if (waits) {
      run->machine.grant(claim.node, parts_.clock.now_ms());
      finish_turn(*run);
      continue;
    }
    const std::vector<QueueClaim> next = keys_.release(claim);
    claims.insert(claims.end(), next.begin(), next.end());
  }
}

/// Gives back the keys of stages that have ended.
void Runner::Impl::release_keys_of_stages(const ActiveRun& run) {
  for (const QueueClaim& claim : keys_.held_by(run.tree.execution().number)) {
    const bool is_of_stage = scope_of(run.tree.at(claim.node)) == plan::OutputScope::stage;
    const auto stage = run.tree.enclosing(claim.node, plan::NodeKind::stage);
    const bool has_ended = stage && is_final(run.tree.state(*stage).status);
    if (is_of_stage && has_ended) grant(keys_.release(claim));
  }
}

/// After a restart: steps that were granted their key hold it again, unless their scope is over.
void Runner::Impl::hold_keys_again(const ActiveRun& run) {
  for (NodeNumber number = 0; number < run.tree.size(); ++number) {
    const LiveNode& node = run.tree.at(number);
    const bool was_granted = std::holds_alternative<plan::QueueSpec>(node.plan->spec) &&
                             !node.state.is_loop && node.state.status == RunStatus::succeeded &&
                             !node.is_retired;
    if (!was_granted) continue;
    const auto stage = run.tree.enclosing(number, plan::NodeKind::stage);
    const bool is_over = scope_of(node) == plan::OutputScope::stage && stage &&
                         is_final(run.tree.state(*stage).status);
    if (is_over) continue;
    keys_.hold(key_of(run.tree.execution(), node.state), {run.tree.execution().number, number});
  }
}

}  // namespace tripgate

// A run's machine under a test's hand: a pipeline's YAML, a clock, and processes that end when the
// test says so. Every turn is held against the store's form: what a restart would find is what the
// machine has.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "engine/match/retry_nodes.h"
#include "engine/plan/pipeline_reader.h"
#include "engine/run/node_expressions.h"
#include "engine/run/run_machine.h"
#include "engine/status/initial_nodes.h"
#include "engine/status/node_path.h"

namespace tripgate {

/// A pipeline around a YAML list of stages. head: further keys of the pipeline, indented by two.
inline std::string pipeline_of(const std::string& identifier, const std::string& stages,
                               const std::string& head = {}) {
  std::string text = "pipeline:\n  name: " + identifier + "\n  identifier: " + identifier + "\n" +
                     head + "  stages:\n";
  std::size_t from = 0;
  while (from < stages.size()) {
    const std::size_t end = std::min(stages.find('\n', from), stages.size());
    text += "    " + stages.substr(from, end - from) + "\n";
    from = end + 1;
  }
  return text;
}

class MachineStand : public ::testing::Test {
 protected:
  /// Plans the stages (YAML of the list, without indentation) and begins the run.
  void begin(const std::string& stages, const std::string& head = {}) {
    plan_text_ = pipeline_of("p", stages, head);
    load(Execution(), {});
    machine_->begin(now_ms);
    on_turn();
  }

  /// The identifiers of processes that were asked for and have not ended, in that order.
  [[nodiscard]] std::string at_work() const {
    std::string names;
    for (const NodeNumber number : processes_) {
      names += (names.empty() ? "" : " ") + tree_->state(number).identifier;
    }
    return names;
  }

  /// Ends the oldest process of that identifier.
  void end(const std::string& identifier, RunStatus status = RunStatus::succeeded,
           FailureTypes types = {},
           std::vector<std::pair<std::string, std::string>> outcomes = {}) {
    const auto found = std::find_if(processes_.begin(), processes_.end(), [&](NodeNumber number) {
      return tree_->state(number).identifier == identifier;
    });
    ASSERT_NE(found, processes_.end()) << identifier << " is not at work: " << at_work();
    const NodeNumber number = *found;
    processes_.erase(found);
    Failure failure;
    if (status != RunStatus::succeeded) failure = {identifier + " broke", types};
    machine_->end_leaf(number, {status, failure, std::move(outcomes)}, now_ms);
    on_turn();
  }
  void fail(const std::string& identifier, FailureTypes types = {}) {
    end(identifier, RunStatus::failed, types);
  }

  /// Ends a process that was asked to end.
  void end_aborted(const std::string& identifier) { end(identifier, RunStatus::aborted); }

  void advance(std::chrono::milliseconds time) {
    now_ms += time.count();
    machine_->tick(now_ms);
    on_turn();
  }

  std::string interrupt(InterruptType type, const std::string& identifier = {}) {
    Interrupt interrupt{type, std::nullopt, "interrupt", "ada", "ada@example.com"};
    if (!identifier.empty()) interrupt.node = number_of(identifier);
    const auto done = machine_->interrupt(interrupt, now_ms);
    on_turn();
    return done ? std::string() : done.error().message;
  }

  /// The newest attempt at a node; not started if there is none.
  [[nodiscard]] NodeState node(const std::string& identifier) const {
    const auto number = number_of(identifier);
    return number ? tree_->state(*number) : NodeState();
  }
  [[nodiscard]] std::string status(const std::string& identifier) const {
    return std::string(display_name(node(identifier).status));
  }
  [[nodiscard]] std::string run_status() const {
    return std::string(display_name(tree_->execution().status));
  }

  /// Forgets everything but the records, as a killed engine does, and takes the run up again. The
  /// processes go on.
  void restart() {
    load(tree_->execution(), stored_);
    processes_.clear();
    machine_->resume(now_ms);
    on_turn();
  }

  /// Begins a run that retries this one, which has ended; or says why it cannot.
  std::string retry(const RetryStart& start) {
    const auto before = plan::plan_pipeline_text(plan_text_, run_id_, {});
    run_id_ += "-again";
    const auto now = plan::plan_pipeline_text(plan_text_, run_id_, {});
    auto nodes = retry_nodes({*before, stored_}, *now, start);
    if (!nodes) return nodes.error().message;
    stored_ = *nodes;
    processes_.clear();
    load(Execution(), std::move(*nodes));
    machine_->begin(now_ms);
    on_turn();
    return {};
  }

  UnixMs now_ms = 1'663'276'236'674;
  /// Listeners that begin wait for events behind this one.
  std::uint64_t newest_event = 0;
  RunSurroundings surroundings{
      UserGroups{{{"ops", {"ada", "bob", "eve"}}, {"account.release", {"carol"}}}},
      [this] { return newest_event; }};
  std::unique_ptr<RunTree> tree_;
  std::unique_ptr<RunMachine> machine_;
  std::vector<std::string> aborted_;  ///< Processes that were asked to end.
  std::vector<RunEffect> other_effects_;

 private:
  struct HandClock final : Clock {
    [[nodiscard]] UnixMs now_ms() const override { return 0; }
  };

  [[nodiscard]] std::optional<NodeNumber> number_of(const std::string& identifier) const {
    std::optional<NodeNumber> found;
    for (NodeNumber number = 0; number < tree_->size(); ++number) {
      const LiveNode& node = tree_->at(number);
      const bool is_it = node.state.identifier == identifier && !node.is_retired;
      if (is_it) found = number;
    }
    return found;
  }

  void load(Execution execution, std::vector<NodeState> nodes) {
    auto plan = plan::plan_pipeline_text(plan_text_, run_id_, {});
    ASSERT_TRUE(plan) << plan.error().to_string() << "\n" << plan_text_;
    if (nodes.empty()) stored_ = nodes = initial_nodes(*plan);
    auto tree = RunTree::assemble(std::move(execution), std::move(*plan), std::move(nodes));
    ASSERT_TRUE(tree);
    machine_.reset();
    tree_ = std::make_unique<RunTree>(std::move(*tree));
    expressions_ = std::make_unique<NodeExpressions>(NodeExpressions::LoadEvent(), clock_, nullptr);
    machine_ = std::make_unique<RunMachine>(*tree_, *expressions_, surroundings);
  }

  void on_turn() {
    const RunTree::Changes changes = tree_->take_changes();
    for (const NodeWrite& write : changes.nodes) {
      const auto stored = decode_node(encode_node(write.node));
      ASSERT_TRUE(stored);
      if (stored->number >= stored_.size()) stored_.resize(stored->number + 1);
      stored_[stored->number] = *stored;
    }
    for (const RunEffect& effect : machine_->take_effects()) {
      const std::string& identifier = tree_->state(effect.node).identifier;
      if (effect.type == RunEffect::Type::start_process) {
        processes_.push_back(effect.node);
      } else if (effect.type == RunEffect::Type::abort_process) {
        aborted_.push_back(identifier);
      } else {
        other_effects_.push_back(effect);
      }
    }
  }

  HandClock clock_;
  std::string plan_text_;
  std::string run_id_ = "run";
  std::unique_ptr<NodeExpressions> expressions_;
  std::vector<NodeNumber> processes_;
  std::vector<NodeState> stored_;
};

/// YAML of a script step, with more keys behind it.
inline std::string step_yaml(const std::string& identifier, const std::string& keys = {}) {
  return "{step: {name: " + identifier + ", identifier: " + identifier +
         ", type: ShellScript, spec: {shell: Bash, source: {type: Inline, spec: {script: "
         "echo " +
         identifier + "}}}" + (keys.empty() ? "" : ", " + keys) + "}}";
}

/// YAML of a step of another type.
inline std::string typed_step_yaml(const std::string& identifier, const std::string& type,
                                   const std::string& spec, const std::string& keys = {}) {
  return "{step: {name: " + identifier + ", identifier: " + identifier + ", type: " + type +
         ", spec: {" + spec + "}" + (keys.empty() ? "" : ", " + keys) + "}}";
}

/// YAML of a stage that holds a flow list of steps.
inline std::string stage_yaml(const std::string& identifier, const std::string& steps,
                              const std::string& keys = {}, const std::string& rollback = {}) {
  return "- stage: {name: " + identifier + ", identifier: " + identifier +
         ", type: Custom, spec: {execution: {steps: [" + steps + "]" +
         (rollback.empty() ? "" : ", rollbackSteps: [" + rollback + "]") + "}}" +
         (keys.empty() ? "" : ", " + keys) + "}\n";
}

/// YAML of a group.
inline std::string group_yaml(const std::string& identifier, const std::string& steps,
                              const std::string& keys = {}) {
  return "{stepGroup: {name: " + identifier + ", identifier: " + identifier + ", steps: [" + steps +
         "]" + (keys.empty() ? "" : ", " + keys) + "}}";
}

/// `failureStrategies` of one entry.
inline std::string on_error(const std::string& errors, const std::string& action) {
  return "failureStrategies: [{onFailure: {errors: [" + errors + "], action: {" + action + "}}}]";
}

}  // namespace tripgate

// A run in memory: its head and its nodes, tied to the plan, with the counts that make every
// question about statuses cheap.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/plan/plan_node.h"
#include "engine/status/execution.h"
#include "engine/status/node_state.h"
#include "engine/status/node_store.h"

namespace tripgate {

/// How many nodes have each status.
class StatusCounts {
 public:
  void add(RunStatus status) { ++counts_[static_cast<std::size_t>(status)]; }
  void remove(RunStatus status) { --counts_[static_cast<std::size_t>(status)]; }
  [[nodiscard]] std::uint32_t of(RunStatus status) const {
    return counts_[static_cast<std::size_t>(status)];
  }
  /// pipelines.md 3.5 over all that are counted.
  [[nodiscard]] RunStatus aggregate() const;

 private:
  std::array<std::uint32_t, kRunStatusCount> counts_{};
};

/// A node and what the engine knows of it beside its record.
struct LiveNode {
  NodeState state;
  const plan::PlanNode* plan = nullptr;  ///< Of an iteration: its loop's.
  std::vector<NodeNumber> children;      ///< In the order of the plan; old retries are gone.
  std::uint32_t begun_children = 0;      ///< Visited, whatever became of them.
  std::uint32_t active_children = 0;     ///< Begun and not settled.
  std::uint32_t next_iteration = 0;      ///< Of a loop: children before it have begun.
  bool is_retired = false;               ///< An old retry, or within one.
  /// Of a node that was given input, and of what is below it: where `plan` lies. Else the run's.
  std::shared_ptr<const plan::PlanNode> own_plan;
  /// Finished descendants, those inside inner loops apart: `currentStatus`.
  StatusCounts finished;
};

/// Every change of a status goes through `move`, which holds it against the table of legal moves.
/// An illegal one is our own bug and ends the process, so that recovery decides.
class RunTree {
 public:
  /// A run that is about to begin or to be taken up. nodes: as they are stored, in the order of
  /// their numbers. Errors: Errc::store_corrupt if they do not fit the plan.
  [[nodiscard]] static Result<RunTree> assemble(Execution execution, plan::PipelinePlan plan,
                                                std::vector<NodeState> nodes);

  RunTree(RunTree&&) = default;
  RunTree& operator=(RunTree&&) = default;

  [[nodiscard]] const Execution& execution() const { return execution_; }
  /// For changes other than of the status; marks the head as changed.
  [[nodiscard]] Execution& edit_execution();
  [[nodiscard]] const plan::PipelinePlan& plan() const { return *plan_; }

  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] const LiveNode& at(NodeNumber number) const { return nodes_[number]; }
  [[nodiscard]] const NodeState& state(NodeNumber number) const { return nodes_[number].state; }
  /// For changes other than of the status; marks the node as changed.
  [[nodiscard]] NodeState& edit(NodeNumber number);
  /// What is not in the record.
  [[nodiscard]] LiveNode& live(NodeNumber number) { return nodes_[number]; }

  /// By execution id; nothing if the run has no such node.
  [[nodiscard]] std::optional<NodeNumber> find(std::string_view node_execution_id) const;

  /// Adds a node that is not started. iteration: of a loop's child, else nullptr.
  NodeNumber add(const plan::PlanNode& plan, NodeNumber parent, const Iteration* iteration);

  /// Lets a node and what is below it follow another plan of that node.
  void use_plan(NodeNumber number, const std::shared_ptr<const plan::PlanNode>& plan);

  void move(NodeNumber number, RunStatus to, UnixMs now_ms);
  void move_run(RunStatus to, UnixMs now_ms);

  /// Counts a node as visited by its parent. Once for each node.
  void begin(NodeNumber number);
  /// Tells the parent that nothing more will come of the node.
  void settle(NodeNumber number);

  /// Puts another attempt, not yet begun, in the place of a broken node.
  NodeNumber replace(NodeNumber number);

  /// The nearest node of a kind that encloses the node, itself included.
  [[nodiscard]] std::optional<NodeNumber> enclosing(NodeNumber number, plan::NodeKind kind) const;

  /// pipelines.md 3.6: of finished descendants, with or without those in loops.
  [[nodiscard]] RunStatus current_status(NodeNumber number) const;
  [[nodiscard]] RunStatus live_status(NodeNumber number) const;

  /// Nodes that are neither final nor not started, old retries apart.
  [[nodiscard]] const StatusCounts& active() const { return active_; }
  /// Those among them that are steps.
  [[nodiscard]] std::uint32_t active_step_count() const { return active_step_count_; }

  /// What changed since the last call: the head's flag and the nodes, in the order of numbers.
  struct Changes {
    bool is_head_changed = false;
    std::vector<NodeWrite> nodes;

    [[nodiscard]] bool is_empty() const { return !is_head_changed && nodes.empty(); }
  };
  [[nodiscard]] Changes take_changes();

 private:
  RunTree(Execution execution, plan::PipelinePlan plan);

  void link(NodeNumber number);
  void retire(NodeNumber number);
  void count(NodeNumber number, RunStatus status, bool is_added);
  void mark(NodeNumber number);

  Execution execution_;
  std::unique_ptr<plan::PipelinePlan> plan_;  // Nodes point into it.
  std::deque<LiveNode> nodes_;                // Growth leaves references alone.
  StatusCounts active_;
  std::uint32_t active_step_count_ = 0;
  bool is_head_changed_ = false;
  std::vector<NodeNumber> changed_;
  std::vector<bool> is_changed_;
};

}  // namespace tripgate

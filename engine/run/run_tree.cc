// Counts are kept up with every move, so that a condition costs the same in a run of ten nodes and
// of ten thousand.
#include "engine/run/run_tree.h"

#include <algorithm>
#include <cstdlib>

#include "engine/base/errc.h"
#include "engine/base/log.h"
#include "engine/status/initial_nodes.h"

namespace tripgate {
namespace {

[[noreturn]] void refuse_move(std::string_view what, RunStatus from, RunStatus to) {
  log_error("illegal move of " + std::string(what) + " from " + std::string(engine_name(from)) +
            " to " + std::string(engine_name(to)));
  std::abort();
}

bool is_active(RunStatus status) {
  return status != RunStatus::not_started && !is_final(status);
}

}  // namespace

RunStatus StatusCounts::aggregate() const {
  std::array<RunStatus, kRunStatusCount> present{};
  std::size_t size = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0) present[size++] = static_cast<RunStatus>(i);
  }
  return tripgate::aggregate(std::span(present).first(size));
}

RunTree::RunTree(Execution execution, plan::PipelinePlan plan)
    : execution_(std::move(execution)),
      plan_(std::make_unique<plan::PipelinePlan>(std::move(plan))) {}

Result<RunTree> RunTree::assemble(Execution execution, plan::PipelinePlan plan,
                                  std::vector<NodeState> nodes) {
  RunTree tree(std::move(execution), std::move(plan));
  const plan::PlanIndex index(*tree.plan_);
  for (NodeState& node : nodes) {
    const auto number = static_cast<NodeNumber>(tree.nodes_.size());
    const bool is_root = number == kRootNode;
    const bool fits = node.number == number && (is_root || node.parent < number);
    if (!fits) return make_error_code(Errc::store_corrupt);
    LiveNode live;
    live.plan = !is_root && tree.nodes_[node.parent].state.is_loop ? tree.nodes_[node.parent].plan
                                                                   : index.find(node.setup_id);
    if (live.plan == nullptr) return make_error_code(Errc::store_corrupt);
    live.state = std::move(node);
    tree.nodes_.push_back(std::move(live));
    tree.is_changed_.push_back(false);
    tree.link(number);
  }
  if (tree.nodes_.empty()) return make_error_code(Errc::store_corrupt);
  return tree;
}

Execution& RunTree::edit_execution() {
  is_head_changed_ = true;
  return execution_;
}

NodeState& RunTree::edit(NodeNumber number) {
  mark(number);
  return nodes_[number].state;
}

std::optional<NodeNumber> RunTree::find(std::string_view node_execution_id) const {
  if (node_execution_id.empty()) return std::nullopt;
  for (const LiveNode& node : nodes_) {
    if (node.state.execution_id == node_execution_id) return node.state.number;
  }
  return std::nullopt;
}

NodeNumber RunTree::add(const plan::PlanNode& plan, NodeNumber parent, const Iteration* iteration) {
  const auto number = static_cast<NodeNumber>(nodes_.size());
  LiveNode live;
  live.plan = &plan;
  live.own_plan = nodes_[parent].own_plan;
  live.state = make_node(plan, number, parent);
  const NodeState& above = nodes_[parent].state;
  live.state.is_rollback = above.is_rollback || nodes_[parent].plan->rollback.get() == &plan;
  if (iteration != nullptr) {
    live.state.is_loop = false;
    live.state.loop_type.clear();
    live.state.setup_id = iteration_setup_id(plan.setup_id);
    live.state.iteration = *iteration;
    live.state.identifier += iteration->postfix;
    live.state.name += iteration->postfix;
  }
  nodes_.push_back(std::move(live));
  is_changed_.push_back(false);
  link(number);
  mark(number);
  return number;
}

// Ties a node to its parent, as it stands in its record.
void RunTree::link(NodeNumber number) {
  LiveNode& node = nodes_[number];
  const NodeState& state = node.state;
  if (number != kRootNode) {
    LiveNode& parent = nodes_[state.parent];
    node.is_retired = state.is_old_retry || parent.is_retired;
    if (state.is_old_retry) return;
    parent.children.push_back(number);
    if (state.status != RunStatus::not_started) begin(number);
    if (is_final(state.status) && state.pending != Pending::retry) settle(number);
  }
  if (!node.is_retired) count(number, state.status, true);
}

void RunTree::begin(NodeNumber number) {
  if (number == kRootNode) return;
  LiveNode& parent = nodes_[nodes_[number].state.parent];
  ++parent.begun_children;
  ++parent.active_children;
}

void RunTree::settle(NodeNumber number) {
  if (number != kRootNode) --nodes_[nodes_[number].state.parent].active_children;
}

// A loop counts for what is above it; what is inside does not.
void RunTree::count(NodeNumber number, RunStatus status, bool is_added) {
  if (is_active(status)) {
    is_added ? active_.add(status) : active_.remove(status);
    const bool is_step = nodes_[number].state.kind == plan::NodeKind::step;
    if (is_step && !nodes_[number].state.is_loop) active_step_count_ += is_added ? 1U : -1U;
    return;
  }
  if (!is_final(status)) return;
  for (NodeNumber above = nodes_[number].state.parent; above != kNoNode;
       above = nodes_[above].state.parent) {
    LiveNode& ancestor = nodes_[above];
    if (ancestor.state.is_loop) return;
    is_added ? ancestor.finished.add(status) : ancestor.finished.remove(status);
  }
}

void RunTree::use_plan(NodeNumber number, const std::shared_ptr<const plan::PlanNode>& plan) {
  const plan::PlanIndex index(*plan);
  std::vector<NodeNumber> open{number};
  while (!open.empty()) {
    LiveNode& node = nodes_[open.back()];
    open.pop_back();
    const plan::PlanNode* const found = index.find(node.plan->setup_id);
    if (found == nullptr) continue;
    node.plan = found;
    node.own_plan = plan;
    open.insert(open.end(), node.children.begin(), node.children.end());
  }
}

void RunTree::move(NodeNumber number, RunStatus to, UnixMs now_ms) {
  LiveNode& node = nodes_[number];
  NodeState& state = node.state;
  if (state.status == to) return;
  if (!node_may_move(state.status, to)) refuse_move(state.identifier, state.status, to);
  count(number, state.status, false);
  state.status = to;
  count(number, to, true);
  if (state.started_at_ms == 0) state.started_at_ms = now_ms;
  state.ended_at_ms = is_final(to) ? now_ms : 0;
  mark(number);
}

void RunTree::move_run(RunStatus to, UnixMs now_ms) {
  if (execution_.status == to) return;
  if (!run_may_move(execution_.status, to)) refuse_move("the run", execution_.status, to);
  execution_.status = to;
  if (is_final(to)) execution_.ended_at_ms = now_ms;
  is_head_changed_ = true;
}

NodeNumber RunTree::replace(NodeNumber number) {
  const NodeState& old = nodes_[number].state;
  const std::optional<Iteration> iteration = old.iteration;
  const NodeNumber parent = old.parent;
  const NodeNumber next =
      add(*nodes_[number].plan, parent, iteration.has_value() ? &*iteration : nullptr);
  nodes_[next].state.retry_number = nodes_[number].state.retry_number + 1;
  // What was given holds for every attempt.
  nodes_[next].state.input_answer = nodes_[number].state.input_answer;
  nodes_[next].state.given_input = nodes_[number].state.given_input;
  nodes_[next].state.asks_for_input = nodes_[number].state.asks_for_input;
  nodes_[next].own_plan = nodes_[number].own_plan;
  std::vector<NodeNumber>& siblings = nodes_[parent].children;
  siblings.pop_back();
  std::replace(siblings.begin(), siblings.end(), number, next);
  --nodes_[parent].begun_children;
  settle(number);
  edit(number).is_old_retry = true;
  retire(number);
  return next;
}

// Recursion is bounded by the depth of the plan.
void RunTree::retire(NodeNumber number) {
  LiveNode& node = nodes_[number];
  count(number, node.state.status, false);
  node.is_retired = true;
  for (const NodeNumber child : node.children) retire(child);
}

std::optional<NodeNumber> RunTree::enclosing(NodeNumber number, plan::NodeKind kind) const {
  for (; number != kNoNode; number = nodes_[number].state.parent) {
    if (nodes_[number].state.kind == kind && !nodes_[number].state.is_loop) return number;
  }
  return std::nullopt;
}

RunStatus RunTree::current_status(NodeNumber number) const {
  return nodes_[number].finished.aggregate();
}

RunStatus RunTree::live_status(NodeNumber number) const {
  StatusCounts counts;
  std::vector<NodeNumber> open = nodes_[number].children;
  while (!open.empty()) {
    const LiveNode& node = nodes_[open.back()];
    open.pop_back();
    if (is_final(node.state.status)) counts.add(node.state.status);
    open.insert(open.end(), node.children.begin(), node.children.end());
  }
  return counts.aggregate();
}

void RunTree::mark(NodeNumber number) {
  if (is_changed_[number]) return;
  is_changed_[number] = true;
  changed_.push_back(number);
}

RunTree::Changes RunTree::take_changes() {
  Changes changes{std::exchange(is_head_changed_, false), {}};
  std::sort(changed_.begin(), changed_.end());
  changes.nodes.reserve(changed_.size());
  for (const NodeNumber number : changed_) {
    const NodeState& node = nodes_[number].state;
    const NodeState* parent = node.parent == kNoNode ? nullptr : &nodes_[node.parent].state;
    changes.nodes.push_back({node, is_stage_level(node, parent)});
    is_changed_[number] = false;
  }
  changed_.clear();
  return changes;
}

}  // namespace tripgate

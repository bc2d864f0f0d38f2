// Numbers are given in the order of the document, parents first.
#include "engine/status/initial_nodes.h"

#include <algorithm>

#include "engine/plan/setup_id.h"

namespace tripgate {
namespace {

// Recursion follows blocks within blocks, whose depth the plan's reader bounds.
void add_stages(const plan::PlanNode& plan, NodeNumber parent, std::vector<NodeState>& nodes) {
  const auto number = static_cast<NodeNumber>(nodes.size());
  nodes.push_back(make_node(plan, number, parent));
  if (plan.kind == plan::NodeKind::stage) return;
  for (const plan::PlanNode& child : plan.children) add_stages(child, number, nodes);
}

// Recursion is bounded by the depth of the plan.
bool has_barrier(const plan::PlanNode& plan) {
  if (std::holds_alternative<plan::BarrierSpec>(plan.spec)) return true;
  return std::ranges::any_of(plan.children, has_barrier) ||
         (plan.rollback && has_barrier(*plan.rollback));
}

std::string_view loop_type(plan::LoopStrategy::Type type) {
  switch (type) {
    case plan::LoopStrategy::Type::matrix:
      return "MATRIX";
    case plan::LoopStrategy::Type::repeat:
      return "LOOP";
    case plan::LoopStrategy::Type::parallelism:
      return "PARALLELISM";
  }
  return {};
}

}  // namespace

NodeState make_node(const plan::PlanNode& plan, NodeNumber number, NodeNumber parent) {
  NodeState node;
  node.number = number;
  node.parent = parent;
  node.kind = plan.kind;
  node.is_loop = plan.loop.has_value();
  if (plan.loop) node.loop_type = loop_type(plan.loop->type);
  node.identifier = plan.identifier;
  node.name = plan.name;
  node.type = plan.type;
  node.setup_id = plan.setup_id;
  node.has_barrier = plan.kind == plan::NodeKind::stage && has_barrier(plan);
  return node;
}

std::string iteration_setup_id(std::string_view loop_setup_id) {
  return plan::setup_id(loop_setup_id, "iteration");
}

std::vector<NodeState> initial_nodes(const plan::PipelinePlan& plan) {
  std::vector<NodeState> nodes;
  add_stages(plan.stages, kNoNode, nodes);
  return nodes;
}

}  // namespace tripgate

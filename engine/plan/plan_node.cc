// The plan is a tree for those who run it; those who recover a run know setup ids only.
#include "engine/plan/plan_node.h"

namespace tripgate::plan {

PlanIndex::PlanIndex(const PipelinePlan& plan) {
  add(plan.stages);
}

PlanIndex::PlanIndex(const PlanNode& node) {
  add(node);
}

const PlanNode* PlanIndex::find(std::string_view setup_id) const {
  const auto found = by_setup_id_.find(setup_id);
  return found == by_setup_id_.end() ? nullptr : found->second;
}

// Recursion is bounded by the depth that the plan's reader allows.
void PlanIndex::add(const PlanNode& node) {
  by_setup_id_.emplace(node.setup_id, &node);
  for (const PlanNode& child : node.children) add(child);
  if (node.rollback) add(*node.rollback);
}

}  // namespace tripgate::plan

// Stages stand side by side or in parallel blocks: recursion is bounded by that.
#include "engine/plan/chained_pipelines.h"

namespace tripgate::plan {
namespace {

void add_chained(const PlanNode& node, std::vector<const ChainedPipelineSpec*>& found) {
  if (const auto* chained = std::get_if<ChainedPipelineSpec>(&node.spec)) found.push_back(chained);
  for (const PlanNode& child : node.children) {
    const bool may_hold = child.kind == NodeKind::stage || child.kind == NodeKind::parallel;
    if (may_hold) add_chained(child, found);
  }
}

}  // namespace

std::vector<const ChainedPipelineSpec*> chained_pipelines(const PipelinePlan& plan) {
  std::vector<const ChainedPipelineSpec*> found;
  add_chained(plan.stages, found);
  return found;
}

}  // namespace tripgate::plan

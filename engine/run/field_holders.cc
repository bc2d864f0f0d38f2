// Paths and names are written alike: keys and identifiers, joined by dots.
#include "engine/run/field_holders.h"

namespace tripgate {

FieldHolders::FieldHolders(const plan::PipelinePlan& plan) {
  add(plan.stages);
}

// Recursion is bounded by the depth that the plan's reader allows.
void FieldHolders::add(const plan::PlanNode& node) {
  paths_.insert(node.path);
  for (const plan::PlanNode& child : node.children) add(child);
  if (node.rollback) add(*node.rollback);
}

std::string FieldHolders::of(std::string_view field) const {
  while (!field.empty()) {
    if (paths_.contains(field)) return std::string(field);
    const std::size_t dot = field.rfind('.');
    field = dot == std::string_view::npos ? std::string_view() : field.substr(0, dot);
  }
  return "pipeline.stages";
}

}  // namespace tripgate

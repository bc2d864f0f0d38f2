// Which node of a plan a field of its pipeline belongs to.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "engine/plan/plan_node.h"

namespace tripgate {

/// Answers by the names of fields (pipelines.md 7.3, in dots). A field belongs to the node whose
/// path is the longest beginning of its name.
class FieldHolders {
 public:
  explicit FieldHolders(const plan::PipelinePlan& plan);

  /// The node's path; `pipeline.stages` for what belongs to the pipeline itself.
  [[nodiscard]] std::string of(std::string_view field) const;

 private:
  void add(const plan::PlanNode& node);

  std::set<std::string, std::less<>> paths_;
};

}  // namespace tripgate

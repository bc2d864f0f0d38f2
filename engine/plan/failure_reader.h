// `failureStrategies`: read, validate and merge. Source: pipelines.md 4.1 to 4.4.
#pragma once

#include "engine/plan/failure_handling.h"
#include "engine/plan/plan_context.h"
#include "engine/yaml/mapping_reader.h"

namespace tripgate::plan {

/// Where a list of strategies stands.
struct FailurePlace {
  bool is_group = false;  ///< A group may name AllErrors in several entries; the first one holds.
  bool is_rollback = false;  ///< Inside rollbackSteps, where nothing can be rolled back.
};

/// Reads the key `failureStrategies` and expands it to one action per error. Complaints have the
/// texts of pipelines.md 4.4. A list that is a runtime input reads as none.
[[nodiscard]] FailureHandling read_failure_strategies(yaml::MappingReader& reader,
                                                      FailurePlace place,
                                                      const PlanContext& context);

/// An inner entry for an error hides the outer one.
[[nodiscard]] FailureHandling merge_failure_handling(const FailureHandling& outer,
                                                     const FailureHandling& inner);

}  // namespace tripgate::plan

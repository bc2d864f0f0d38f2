// "Retry from a failed stage": the first records of a run that takes over what an earlier one has
// done. Source: pipelines.md 8.8.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/plan/plan_node.h"
#include "engine/status/node_state.h"

namespace tripgate {

/// Why a run cannot be retried after its pipeline has changed (pipelines.md 8.8).
inline constexpr const char* kOtherStagesToRetry =
    "Adding, deleting or changing the name of the stage identifier is not allowed for retrying";

/// Where a retry begins.
struct RetryStart {
  std::vector<std::string> stages;  ///< Identifiers; all of one place in the pipeline.
  /// Of a parallel block: its other members run again too, not only those that failed.
  bool runs_all_stages = true;
};

/// The identifiers of a plan's stages by their places in it: one, or those of a parallel block.
[[nodiscard]] std::vector<std::vector<std::string>> stage_places(const plan::PipelinePlan& plan);

/// The run that is retried.
struct RetriedRun {
  const plan::PipelinePlan& plan;
  std::span<const NodeState> nodes;  ///< All, by number.
};

/// The first nodes of a run of `now`: stages before the start are copies with the status, outcomes
/// and nodes that they had, and are not executed; the rest is not started. What of them the newer
/// pipeline does not have any more is left out. Errors: the texts of pipelines.md 8.8.
[[nodiscard]] Result<std::vector<NodeState>, Diagnostic> retry_nodes(const RetriedRun& before,
                                                                     const plan::PipelinePlan& now,
                                                                     const RetryStart& start);

}  // namespace tripgate

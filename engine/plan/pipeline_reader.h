// From a pipeline's YAML to the plan that runs follow: the one place that knows its grammar (see
// grammar.md). Source: pipelines.md sections 1, 2 and 4.
#pragma once

#include <string_view>

#include "engine/base/result.h"
#include "engine/plan/plan_node.h"
#include "engine/yaml/findings.h"
#include "engine/yaml/node.h"

namespace tripgate::plan {

/// Checks and compiles the value under `pipeline`. What cannot run here is refused, what has no
/// meaning outside the original's cloud is a warning, and so is a key that nobody knows.
///
/// execution_id: seed of all setup ids (setup_id.h); the same text and id give the same plan. Empty
/// while a document is saved: then a runtime input may stand in the place of any value.
/// The plan is meaningful only if findings stay clean.
[[nodiscard]] PipelinePlan read_pipeline_plan(const yaml::Node& node, std::string_view execution_id,
                                              const PlanDefaults& defaults,
                                              yaml::Findings& findings);

/// Plans a pipeline document (root `pipeline`) whose inputs are merged, at a run's start and again
/// at recovery.
///
/// Errors: the first complaint; only if the text was stored by a version with other rules, or a
/// runtime input stands where nothing but a fixed value makes sense.
[[nodiscard]] Result<PipelinePlan, Diagnostic> plan_pipeline_text(std::string_view text,
                                                                  std::string_view execution_id,
                                                                  const PlanDefaults& defaults);

}  // namespace tripgate::plan

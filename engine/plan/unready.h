// What the grammar knows and the runner cannot do yet.
#pragma once

#include "engine/yaml/findings.h"
#include "engine/yaml/node.h"

namespace tripgate::plan {

/// Refuses, with place, whatever would otherwise wait for ever or be left out when the pipeline
/// runs: HarnessApproval, Email and EventListener steps, notificationRules, runtime inputs, and
/// inputs for chained pipelines.
///
/// node: the value under `pipeline`.
void refuse_unready(const yaml::Node& node, yaml::Findings& findings);

}  // namespace tripgate::plan

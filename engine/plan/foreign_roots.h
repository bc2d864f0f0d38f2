// Names of the original that mean nothing to this engine.
#pragma once

#include "engine/yaml/findings.h"
#include "engine/yaml/node.h"

namespace tripgate::plan {

/// Warns of expressions that begin with a root which only the original's cloud knows (services,
/// environments, artifacts, variables of projects): they are worth null. One that is an identifier
/// of the pipeline's own means that node. Source: pipelines.md 6.7 and 6.8.
///
/// pipeline: the value under `pipeline`.
void remark_foreign_roots(const yaml::Node& pipeline, yaml::Findings& findings);

}  // namespace tripgate::plan

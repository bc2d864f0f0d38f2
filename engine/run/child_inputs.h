// What a stage gives to the pipeline that it starts.
#pragma once

#include <string>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/plan/step_specs.h"
#include "engine/run/node_expressions.h"
#include "engine/run/run_tree.h"

namespace tripgate {

/// The inputs of a chained pipeline (pipelines.md 1.8) as a runtime input: their expressions are
/// evaluated in the parent, at the stage, and what they give goes as blocks that are data wherever
/// the child reads them: in its scripts and conditions too. Secrets go as expressions. What has no
/// value goes as it is written; to another project, as null.
///
/// spec: its inputs are YAML with the root `pipeline`, or blank. Errors: an expression that fails;
/// a secret that would be another one in the child's project.
[[nodiscard]] Result<std::string, Diagnostic> render_child_inputs(
    const RunTree& tree, NodeNumber stage, const plan::ChainedPipelineSpec& spec,
    NodeExpressions& expressions);

}  // namespace tripgate

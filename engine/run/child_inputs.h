// What a stage gives to the pipeline that it starts.
#pragma once

#include <string>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/run/node_expressions.h"
#include "engine/run/run_tree.h"

namespace tripgate {

/// The inputs of a chained pipeline (pipelines.md 1.8) as a runtime input: their expressions are
/// evaluated in the parent, at the stage, and what they give is data to the child. Secrets go as
/// expressions, and what has no value goes as it is written.
///
/// inputs: YAML with the root `pipeline`, or blank. Errors: an expression that fails.
[[nodiscard]] Result<std::string, Diagnostic> render_child_inputs(const RunTree& tree,
                                                                  NodeNumber stage,
                                                                  const std::string& inputs,
                                                                  NodeExpressions& expressions);

}  // namespace tripgate

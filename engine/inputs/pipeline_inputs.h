// What can be said about the runtime inputs of a pipeline when it is saved.
#pragma once

#include "engine/yaml/findings.h"
#include "engine/yaml/node.h"

namespace tripgate::inputs {

/// Complains about runtime inputs that no value could satisfy or that could never be given one,
/// each at its line and column: bad notation, a broken pattern, a default that its own validator
/// refuses, `executionInput()` where a variable is meant (pipelines.md 1.9).
///
/// pipeline: the value under `pipeline`.
void check_runtime_inputs(const yaml::Node& pipeline, yaml::Findings& findings);

}  // namespace tripgate::inputs

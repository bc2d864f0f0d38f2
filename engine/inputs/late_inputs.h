// Inputs that are asked for when their node is reached: `<+input>.executionInput()`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/inputs/merge.h"
#include "engine/yaml/node.h"

namespace tripgate::inputs {

/// The names of all such fields of a pipeline (the value under `pipeline`, here and below), such as
/// `pipeline.stages.s.spec.execution.steps.a.spec.url`.
[[nodiscard]] std::vector<std::string> late_fields(const yaml::Node& pipeline);

/// What the stage, group or step of that path asks for itself: a document whose root is its wrapper
/// (`step`), reduced to those fields and the keys that locate them. Nothing if it asks for nothing.
/// path: `pipeline.stages.s.spec.execution.steps.a`.
[[nodiscard]] std::optional<yaml::Node> late_template(const yaml::Node& pipeline,
                                                      std::string_view path);

/// The whole node of that path, its wrapper as the root.
[[nodiscard]] std::optional<yaml::Node> node_document(const yaml::Node& pipeline,
                                                      std::string_view path);

/// A pipeline with what one of its nodes was given, and of all others only those around it.
struct FilledPipeline {
  yaml::Node pipeline;
  std::vector<DeferredCheck> checks;  ///< Of values that are expressions.
};

/// Puts an answer into a pipeline: values where there are some, defaults elsewhere.
/// values: a document as late_template makes it; nullptr: nobody answered, defaults alone.
/// Errors, of answers only: the texts of pipelines.md 7.3.
[[nodiscard]] Result<FilledPipeline, Diagnostic> fill_late_inputs(const yaml::Node& pipeline,
                                                                  std::string_view path,
                                                                  const yaml::Node* values);

}  // namespace tripgate::inputs

// From the texts that a run is asked with to the pipeline that it runs.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/inputs/merge.h"

namespace tripgate::inputs {

/// The values of several input sets as one runtime input (root `pipeline`): the pipeline's template
/// with what the sets, and at last the request's own text, supply. Source: triggers.md 9.4.
///
/// pipeline: a stored document with that root. input_sets: documents with the root `inputSet`, in
/// order. last: root `pipeline`, may be blank.
/// Errors: bad YAML, an element that comes twice, "Pipeline ID does not have any runtime input. All
/// existing input sets are invalid".
[[nodiscard]] Result<std::string, Diagnostic> merge_input_sets(
    std::string_view pipeline, std::span<const std::string> input_sets, std::string_view last);

/// A pipeline whose runtime inputs have their values.
struct ResolvedPipeline {
  std::string text;  ///< Root `pipeline`.
  std::vector<DeferredCheck> checks;
};

/// Puts a runtime input (root `pipeline`, may be blank) into a pipeline. Nothing if the pipeline
/// asks for none: it runs as it is stored. Source: triggers.md 9.5, 9.6.
///
/// Errors: bad YAML; the first violation of a validator; a required variable without a value.
[[nodiscard]] Result<std::optional<ResolvedPipeline>, Diagnostic> resolve_pipeline(
    std::string_view pipeline, std::string_view runtime_input);

/// A pipeline document with a runtime input (root `pipeline`, may be blank) in it, for a person to
/// look at: nothing is validated, no default applied. Errors: bad YAML.
[[nodiscard]] Result<std::string, Diagnostic> merge_into_pipeline(std::string_view pipeline,
                                                                  std::string_view runtime_input);

/// The template of a pipeline as a document (root `pipeline`); empty if it asks for nothing.
/// Errors: bad YAML.
[[nodiscard]] Result<std::string, Diagnostic> template_text(std::string_view pipeline);

}  // namespace tripgate::inputs

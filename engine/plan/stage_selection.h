// Running some stages of a pipeline. Source: triggers.md 9.7, pipelines.md 8.2.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"

namespace tripgate::plan {

/// The text of the pipeline with nothing but the stages of these identifiers, in its own order.
///
/// pipeline: a document with the root `pipeline`. identifiers: at least one.
/// Errors: that the pipeline does not allow it (`allowStageExecutions`), a stage that it does not
/// have, what is no pipeline.
[[nodiscard]] Result<std::string, Diagnostic> select_stages(
    std::string_view pipeline, std::span<const std::string> identifiers);

/// The same for a person to look at: whether the stages may run alone is not asked.
[[nodiscard]] Result<std::string, Diagnostic> cut_stages(std::string_view pipeline,
                                                         std::span<const std::string> identifiers);

}  // namespace tripgate::plan

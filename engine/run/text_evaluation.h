// What a text with `<+...>` would become in a run: an aid for those who write pipelines.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/run/stored_run.h"

namespace tripgate {

/// Bounds of one question: bytes of its text and of what becomes of it, and outermost blocks.
inline constexpr std::size_t kEvaluatedTextMax = std::size_t{64} << 10;
inline constexpr std::size_t kEvaluatedBlocksMax = 100;

/// A block of a text and what it is worth.
struct EvaluatedBlock {
  std::string place;                 ///< In a YAML document (`pipeline.name`); empty elsewhere.
  std::string expression;            ///< As written, with its delimiters.
  std::optional<std::string> value;  ///< Absent: it fails.
  std::string complaint;             ///< Why it fails.
};

struct EvaluatedText {
  std::string text;  ///< With the values; a block that fails stays as it is written.
  std::vector<EvaluatedBlock> blocks;
};

/// Renders a text as one of the pipeline's own that stands at that node: with what the run's
/// records tell now. YAML with the root `pipeline` is rendered value by value. Values are data,
/// secrets stay expressions, what does not resolve is `null`. Errors: a text beyond the bounds.
[[nodiscard]] Result<EvaluatedText, Diagnostic> evaluate_text(StoredRun& run, NodeNumber node,
                                                              std::string_view text);

}  // namespace tripgate

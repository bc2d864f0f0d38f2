// Whether a node of a pipeline runs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/jexl/expression.h"

namespace tripgate {

/// A block of a run condition and what it was worth, as `nodeRunInfo.expressions` shows it.
struct ConditionExpression {
  std::string expression;  ///< Without `<+` and `>`.
  std::string value;       ///< Its text, cut at kConditionValueMax bytes.
  std::uint32_t count = 0;

  friend bool operator==(const ConditionExpression&, const ConditionExpression&) = default;
};

/// Bytes of a value that nodeRunInfo keeps: a condition may name a whole payload.
inline constexpr std::size_t kConditionValueMax = 1024;

/// What became of a run condition.
struct RunConditionOutcome {
  /// False skips the node. An error fails it, with the text as its failure message: the condition
  /// does not parse, cannot be evaluated, or is worth something else than a Boolean.
  Result<bool, Diagnostic> is_met;
  /// The blocks without blocks inside that resolved to something, in the order of the text; those
  /// that mention `currentStatus` are left out. Complete even where is_met is an error.
  std::vector<ConditionExpression> expressions;
};

/// Evaluates a run condition as pipelines.md 5.1 compiles it: `<+OnStageSuccess> && (...)`. The
/// text is one expression in which blocks are typed variables; what does not resolve is null.
///
/// context: the node's roots, without the aliases of 5.2, which are added here.
/// Source: pipelines.md 5.3 and 5.4.
[[nodiscard]] RunConditionOutcome evaluate_run_condition(std::string_view text,
                                                         const jexl::Context& context);

}  // namespace tripgate

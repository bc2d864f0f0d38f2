// What the machine asks of expressions: the seam between moves and values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/expressions/text_renderer.h"
#include "engine/run/run_tree.h"

namespace tripgate {

/// What a loop comes to.
struct LoopExpansion {
  std::vector<Iteration> iterations;
  std::uint32_t max_concurrency = 0;  ///< 0: all at once.
};

/// Evaluates texts of a run's plan with what is known at that moment. The tree does not change
/// meanwhile.
class RunExpressions {
 public:
  virtual ~RunExpressions() = default;

  /// Judges a node's run condition (pipelines.md 5.3). Errors: it fails, or gives no boolean.
  [[nodiscard]] virtual Result<NodeRunInfo, Diagnostic> judge(const RunTree& tree, NodeNumber node,
                                                              const std::string& condition) = 0;

  /// Whether the values that a node was given by expression pass their validators. Errors: the
  /// texts of pipelines.md 7.5, "at run time"; an expression that fails.
  [[nodiscard]] virtual Result<void, Diagnostic> check_inputs(const RunTree& tree,
                                                              NodeNumber node) = 0;

  /// Whether fields of the node itself are asked for when it is reached.
  [[nodiscard]] virtual bool asks_for_input(const RunTree& tree, NodeNumber node) const = 0;

  /// Expands the loop of a node. Errors: the texts of pipelines.md 1.7.
  [[nodiscard]] virtual Result<LoopExpansion, Diagnostic> expand(const RunTree& tree,
                                                                 NodeNumber node) = 0;

  /// A text with its blocks replaced by their values.
  [[nodiscard]] virtual Result<std::string, Diagnostic> render(
      const RunTree& tree, NodeNumber node, std::string_view text,
      Unresolved unresolved = Unresolved::as_null) = 0;

  /// The value of a text that is evaluated as a whole. event: what `event` is worth there; nullptr:
  /// nothing.
  [[nodiscard]] virtual Result<jexl::Value, Diagnostic> evaluate(
      const RunTree& tree, NodeNumber node, std::string_view text,
      const jexl::Value* event = nullptr) = 0;
};

}  // namespace tripgate

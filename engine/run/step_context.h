// What the expressions of a step can name.
#pragma once

#include <optional>
#include <string_view>

#include "engine/jexl/expression.h"
#include "engine/plan/plan.h"
#include "engine/run/progress.h"
#include "engine/status/execution.h"

namespace tripgate {

class StepRenderer;

/// The roots of pipelines.md 6.8, as far as they exist here: trigger and eventPayload (triggers.md
/// 10.1), pipeline, stage, step, variables, account, org, project.
///
/// Variables are rendered when an expression asks for one. The body is parsed once.
class StepContext final : public jexl::Context {
 public:
  /// All arguments are borrowed, head_bytes and body for as long as values live.
  StepContext(const StepRenderer& renderer, const Execution& execution, const plan::Plan& plan,
              StepPlace place, std::string_view head_bytes, std::string_view body);

  [[nodiscard]] std::optional<jexl::Value> find(std::string_view name) const override;

 private:
  jexl::Value roots_;
};

}  // namespace tripgate

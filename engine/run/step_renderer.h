// Values of the expressions in a step.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/expressions/text_renderer.h"
#include "engine/run/step_context.h"

namespace tripgate {

/// Renders the texts of a step (pipelines.md section 6, the clean semantics of 6.3: each block is
/// evaluated once, as it is written).
///
/// A value of the event is never evaluated itself, whatever it holds. The text of a variable is the
/// pipeline's own, so what it becomes is its rendered text.
class StepRenderer {
 public:
  /// head_bytes: the event's encoded head. All arguments are borrowed.
  StepRenderer(const Execution& execution, const plan::Plan& plan, StepPlace place,
               std::string_view head_bytes, std::string_view body,
               const TextRenderer::Surroundings& surroundings = {});
  StepRenderer(const StepRenderer&) = delete;
  StepRenderer& operator=(const StepRenderer&) = delete;

  /// The text with each outermost `<+...>` replaced by its value; what does not resolve is `null`.
  /// Errors: an expression that fails (pipelines.md 6.6), with the reason.
  [[nodiscard]] Result<std::string, Diagnostic> render(std::string_view text) const {
    return texts_.render(text);
  }

  /// As render, with secrets in plain text: for the step's process only. `used` gets each of them.
  [[nodiscard]] Result<std::string, Diagnostic> render_for_process(
      std::string_view text, std::vector<std::string>& used) const {
    return texts_.render_for_process(text, used);
  }

  /// What a variable is worth: its rendered text, or the number that this is. Null if it cannot be
  /// rendered, or refers to itself; that fails the text that asked for it.
  [[nodiscard]] jexl::Value variable_value(const plan::PlanVariable& variable) const;

 private:
  StepContext context_;
  TextRenderer texts_;
};

}  // namespace tripgate

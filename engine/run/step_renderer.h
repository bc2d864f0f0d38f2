// Values of the expressions in a step.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/jexl/value.h"
#include "engine/plan/plan.h"
#include "engine/status/execution.h"

namespace tripgate {

/// What a step's expressions may refer to (triggers.md 10.1).
///
/// The payload is parsed once. A value of the event is never evaluated itself, whatever it holds.
class StepRenderer {
 public:
  /// head_bytes: the event's encoded head. All arguments are borrowed.
  StepRenderer(const Execution& execution, const plan::Plan& plan, std::size_t stage_index,
               std::string_view head_bytes, std::string_view body);

  /// The text with each outermost `<+...>` replaced by its value; what does not resolve is `null`.
  [[nodiscard]] std::string render(std::string_view text) const;

 private:
  [[nodiscard]] std::string render_block(std::string_view block, int depth) const;
  [[nodiscard]] std::string render_at_depth(std::string_view text, int depth) const;
  [[nodiscard]] const std::string* find_variable(const std::vector<std::string>& path) const;
  [[nodiscard]] std::string render_header(std::string_view name) const;
  [[nodiscard]] jexl::Value all_headers() const;

  const Execution& execution_;
  const plan::Plan& plan_;
  std::size_t stage_index_;
  std::string_view head_bytes_;
  std::string_view body_;
  jexl::Value root_;
};

}  // namespace tripgate

// The seam between the runner and the expression language.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/run/run_plan.h"
#include "engine/status/execution.h"

namespace tripgate {

/// What a step's expressions may refer to.
struct RenderScope {
  const Execution& execution;
  const RunPlan& plan;
  std::size_t stage_index = 0;
  std::string_view event_head;  // encoded; empty if no event is known
  std::string_view event_body;
};

/// Gives texts with `<+...>` their values.
class StepRenderer {
 public:
  virtual ~StepRenderer() = default;

  /// One value for each variable, in order. What does not resolve is the text `null`; a value of
  /// the event is never evaluated itself.
  [[nodiscard]] virtual std::vector<std::string> render(const std::vector<RunVariable>& variables,
                                                        const RenderScope& scope) = 0;
};

}  // namespace tripgate

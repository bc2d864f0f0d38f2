// Time-outs that are expressions are known when their node starts.
#include "engine/run/node_timeout.h"

#include <algorithm>

#include "engine/plan/duration.h"

namespace tripgate {

std::chrono::seconds timeout_of(const plan::PlanTimeout& timeout, const RunTree& tree,
                                NodeNumber node, RunExpressions& expressions) {
  std::chrono::seconds length = timeout.fixed;
  if (!timeout.expression.empty()) {
    const auto text = expressions.render(tree, node, timeout.expression);
    const auto rendered = text ? plan::parse_duration(*text) : std::nullopt;
    if (rendered) length = *rendered;
  }
  return std::min(length, plan::kDurationMax);
}

}  // namespace tripgate

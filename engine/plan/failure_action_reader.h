// One `action` of a failure strategy; private to plan/. Source: pipelines.md 4.3 and 4.4.
#pragma once

#include <memory>

#include "engine/plan/failure_handling.h"
#include "engine/plan/failure_reader.h"

namespace tripgate::plan {

/// Reads an action with what follows it (onRetryFailure, onTimeout); nullptr after a complaint, and
/// for an action whose type is a runtime input.
///
/// what: the owner of the strategies, for complaints.
[[nodiscard]] std::shared_ptr<const FailureAction> read_failure_action(const yaml::Node& node,
                                                                       const std::string& what,
                                                                       FailurePlace place,
                                                                       const PlanContext& context);

}  // namespace tripgate::plan

// Parts of the flat plan (plan.h); private to plan/.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "engine/plan/plan_parts.h"

namespace tripgate::plan {

/// Reads a timeout that must be fixed.
[[nodiscard]] std::chrono::seconds read_timeout(yaml::MappingReader& reader,
                                                std::chrono::seconds fallback,
                                                yaml::Findings& findings);

/// Reads variables of which none may be a secret. fqn: of their owner.
[[nodiscard]] std::vector<PlanVariable> read_flat_variables(yaml::MappingReader& reader,
                                                            std::string_view key,
                                                            const std::string& fqn,
                                                            yaml::Findings& findings);

/// Reads the value under `step`. path: FQN of the list it stands in.
[[nodiscard]] PlanStep read_step(const yaml::Node& node, const std::string& path,
                                 const PlanContext& context);

}  // namespace tripgate::plan

// `when` becomes one expression. Source: pipelines.md 1.6 and 5.1.
#pragma once

#include <cstdint>
#include <string>

#include "engine/yaml/mapping_reader.h"

namespace tripgate::plan {

/// What a condition holds back: each has its own default.
enum class ConditionOwner : std::uint8_t { stage, step, rollback_step };

/// Reads the key `when` of a stage, step or group and compiles the run condition: the status alone,
/// or `S && (C)`; a condition that is still a runtime input is false.
[[nodiscard]] std::string read_run_condition(yaml::MappingReader& reader, ConditionOwner owner,
                                             yaml::Findings& findings);

}  // namespace tripgate::plan

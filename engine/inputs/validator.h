// Whether a value is one that a runtime input allows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/inputs/runtime_input.h"
#include "engine/yaml/node.h"

namespace tripgate::inputs {

/// The texts that a value is refused with: those of a value that was supplied (pipelines.md 7.5,
/// "when merging"; triggers.md 9.6), or of one that an expression gave during the run.
enum class Moment : std::uint8_t { supplied, resolved };

/// Why a value is not allowed; nothing if it is, or if only a run can tell (an expression in the
/// value or among the allowed ones).
///
/// input: as parse_runtime_input gives it. fqn: how complaints call the value. Matching a pattern
/// is bounded; one that costs too much counts as not matching.
[[nodiscard]] std::optional<std::string> find_violation(const RuntimeInput& input,
                                                        const yaml::Node& value,
                                                        const std::string& fqn,
                                                        Moment moment = Moment::supplied);

/// Why the pattern of an input cannot be used: "Invalid pattern P provided in FQN".
[[nodiscard]] std::optional<std::string> find_broken_pattern(const RuntimeInput& input,
                                                             const std::string& fqn);

/// `\'a\', \'b\'`, as the texts print lists: the backslashes are the original's.
[[nodiscard]] std::string quoted_list(const std::vector<std::string>& values);

}  // namespace tripgate::inputs

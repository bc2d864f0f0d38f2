// What a node was told, resolved, as its status shows it.
#pragma once

#include <cstddef>
#include <string>

#include "engine/run/run_expressions.h"

namespace tripgate {

/// Bytes of one node's parameters. They are kept with its record, in memory too: 10,000 nodes of
/// this size are 80 MB.
inline constexpr std::size_t kParametersMax = std::size_t{8} << 10;

/// `stepParameters` of a stage, step group or step (pipelines.md 8.6), a JSON object of at most
/// kParametersMax bytes: longer texts are cut and say so. Empty for all other nodes. Texts are
/// rendered with what is known at that moment; one that cannot be rendered stays as it is written.
/// Secrets stay expressions.
[[nodiscard]] std::string step_parameters(const RunTree& tree, NodeNumber node,
                                          RunExpressions& expressions);

}  // namespace tripgate

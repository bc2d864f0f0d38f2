// Nodes, lists of nodes and loops as objects of expressions; private to node_*.cc.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/run/named_values.h"
#include "engine/run/node_context.h"

namespace tripgate {

/// A stage, group, section or step by number. Source: pipelines.md 6.8, "lookup order".
[[nodiscard]] jexl::Value node_value(const RunView& view, NodeNumber node);

/// The children of a node by identifier, those in parallel blocks and loops included.
[[nodiscard]] jexl::Value children_value(const RunView& view, NodeNumber parent);

/// The same as a look-up.
[[nodiscard]] std::optional<NodeNumber> find_child(const RunTree& tree, NodeNumber parent,
                                                   std::string_view identifier);

/// What a step's `spec` gives to expressions: `inputVariables` of Http and EventListener steps,
/// `environmentVariables` of scripts.
[[nodiscard]] jexl::Value spec_value(const RunView& view, NodeNumber step);

/// The whole pipeline.
[[nodiscard]] jexl::Value pipeline_value(const RunView& view);

/// The round that a node is in: the nearest of its loops. Null outside of loops.
[[nodiscard]] jexl::Value strategy_value(const RunView& view, NodeNumber node);

/// Variables of some lists; the first list that has a name wins. Each list belongs to a node.
using VariableList = std::pair<NodeNumber, const std::vector<plan::PlanVariable>*>;
[[nodiscard]] jexl::Value variables_value(const RunView& view, std::vector<VariableList> lists);

/// The outcome of the approval that ended last; null before one has.
[[nodiscard]] jexl::Value latest_approval_value(const RunView& view);

/// exportedVariables: what steps republished under an alias (pipelines.md 2.1).
[[nodiscard]] jexl::Value exported_variables_value(const RunView& view, NodeNumber node);

/// Names the outcome under which a step's exported outputs are kept.
[[nodiscard]] std::string exported_outcome_name(plan::OutputScope scope, std::string_view key);

}  // namespace tripgate

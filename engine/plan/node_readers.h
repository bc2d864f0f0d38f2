// Readers of the plan's nodes, from the stage list down to a step; private to plan/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/plan_context.h"
#include "engine/plan/plan_node.h"
#include "engine/yaml/mapping_reader.h"

namespace tripgate::plan {

// wrapper_list.cc

/// What a list of wrappers may hold besides `parallel`, and who reads it.
struct WrapperRules {
  std::string_view kind;        ///< "stage" or "step", for complaints.
  std::string_view other_kind;  ///< "stepGroup", or empty.
  PlanNode (*read)(const yaml::Node& node, std::string_view kind, const Enclosure& around,
                   const PlanContext& context);
};

/// Reads a list of wrappers, parallel blocks included. The list must not be empty.
[[nodiscard]] std::vector<PlanNode> read_wrappers(const yaml::Node& list, const WrapperRules& rules,
                                                  const Enclosure& around,
                                                  const PlanContext& context);

// node_head.cc

/// Reads name and identifier of a stage, group or step; sets path and setup id. Complains about an
/// identifier that its container holds already and about too deep a nesting.
///
/// returns: the node's path in the notation of pipelines.md 7.3.
std::string read_node_head(yaml::MappingReader& reader, std::string_view kind, PlanNode& node,
                           const Enclosure& around, const PlanContext& context);

/// False, after a complaint, if a node at this depth would exceed kNestingMax.
[[nodiscard]] bool check_nesting(std::size_t depth, yaml::Position at, const PlanContext& context);

// stage_reader.cc

/// A WrapperRules::read for stages.
[[nodiscard]] PlanNode read_stage_node(const yaml::Node& node, std::string_view kind,
                                       const Enclosure& around, const PlanContext& context);

// step_list_reader.cc

/// Reads `steps` or `rollbackSteps` into the node's children.
///
/// around: the enclosure of the list's own elements.
void read_step_list(const yaml::Node& list, PlanNode& node, const Enclosure& around,
                    const PlanContext& context);

/// Reads the key `rollbackSteps` of an execution or a group into node.rollback.
///
/// around: the enclosure of the node's children.
void read_rollback(yaml::MappingReader& reader, PlanNode& node, const Enclosure& around,
                   const PlanContext& context);

// step_reader.cc

/// Reads the value under `step`.
[[nodiscard]] PlanNode read_step_node(const yaml::Node& node, const Enclosure& around,
                                      const PlanContext& context);

}  // namespace tripgate::plan

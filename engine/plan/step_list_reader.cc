// Lists of steps, groups and parallel blocks; groups nest, so this file calls itself.
#include <set>

#include "engine/plan/failure_reader.h"
#include "engine/plan/loop_reader.h"
#include "engine/plan/node_readers.h"
#include "engine/plan/plan_parts.h"
#include "engine/plan/setup_id.h"
#include "engine/plan/when_reader.h"

namespace tripgate::plan {
namespace {

// Keys of a group that runs in a container, which this runner does not have.
void refuse_containers(yaml::MappingReader& reader, const std::string& identifier) {
  reader.refuse("stepGroupInfra", "Step group [" + identifier +
                                      "] uses stepGroupInfra, which needs a container cluster and "
                                      "is not supported by this runner");
  reader.remark("sharedPaths", "Ignoring sharedPaths: steps share the paths of this host");
}

Enclosure enclosure_of_group(const PlanNode& node, const std::string& fqn,
                             const Enclosure& around) {
  Enclosure inside = around;
  inside.path = node.path + ".steps";
  inside.parallel_path = inside.path;
  inside.fqn = fqn + ".steps";
  inside.inherited = node.on_failure;
  inside.is_in_loop = around.is_in_loop || node.loop.has_value();
  inside.is_in_group = true;
  // The loop, the group and its hidden section `steps`.
  inside.depth = around.depth + (node.loop ? 3 : 2);
  return inside;
}

PlanNode read_group(const yaml::Node& yaml_node, const Enclosure& around,
                    const PlanContext& context) {
  yaml::MappingReader reader(yaml_node, "a step group", context.findings);
  PlanNode node;
  node.kind = NodeKind::step_group;
  node.type = "STEP_GROUP";
  if (refuse_template(reader, context.findings)) return node;
  const std::string fqn = read_node_head(reader, "stepGroup", node, around, context);
  node.variables = read_variables(reader, "variables", fqn, context.findings);
  node.timeout = read_plan_timeout(reader, {}, context.findings);
  node.run_condition = read_run_condition(
      reader, around.is_rollback ? ConditionOwner::rollback_step : ConditionOwner::step,
      context.findings);
  node.own_on_failure = read_failure_strategies(
      reader, {.is_group = true, .is_rollback = around.is_rollback}, context);
  node.on_failure = merge_failure_handling(around.inherited, node.own_on_failure);
  node.loop = read_loop(reader, context);
  remark_delegates(reader);
  refuse_containers(reader, node.identifier);
  const Enclosure inside = enclosure_of_group(node, fqn, around);
  const yaml::Node* steps = reader.require_sequence("steps");
  if (steps != nullptr && check_nesting(inside.depth, yaml_node.position, context)) {
    read_step_list(*steps, node, inside, context);
    read_rollback(reader, node, inside, context);
  }
  reader.skip({"rollbackSteps"});
  reader.finish();
  return node;
}

PlanNode read_step_or_group(const yaml::Node& node, std::string_view kind, const Enclosure& around,
                            const PlanContext& context) {
  return kind == "stepGroup" ? read_group(node, around, context)
                             : read_step_node(node, around, context);
}

constexpr WrapperRules kStepRules = {"step", "stepGroup", read_step_or_group};

}  // namespace

void read_step_list(const yaml::Node& list, PlanNode& node, const Enclosure& around,
                    const PlanContext& context) {
  if (list.items.empty()) {
    context.findings.error(list.position, around.fqn + " must hold at least one step");
  }
  std::set<std::string> identifiers;
  Enclosure inside = around;
  inside.identifiers = &identifiers;
  node.children = read_wrappers(list, kStepRules, inside, context);
}

void read_rollback(yaml::MappingReader& reader, PlanNode& node, const Enclosure& around,
                   const PlanContext& context) {
  const yaml::Node* list = find_list(reader, "rollbackSteps");
  if (list == nullptr || list->items.empty()) return;
  const auto beside = [](const std::string& steps_path) {
    return steps_path.substr(0, steps_path.rfind('.')) + ".rollbackSteps";
  };
  node.rollback = std::make_unique<PlanNode>();
  PlanNode& section = *node.rollback;
  section.kind = NodeKind::section;
  section.type = "NG_SECTION";
  section.identifier = "rollbackSteps";
  section.name = "(Rollback)";
  section.path = beside(around.path);
  section.setup_id = node.kind == NodeKind::stage ? node.setup_id + "_combinedRollback"
                                                  : setup_id(context.execution_id, section.path);
  Enclosure inside = around;
  inside.path = inside.parallel_path = section.path;
  inside.fqn = beside(around.fqn);
  inside.inherited = {};
  inside.is_rollback = true;
  read_step_list(*list, section, inside, context);
}

}  // namespace tripgate::plan

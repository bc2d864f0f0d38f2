// What names a node: its identifier, and the paths and ids that follow from it.
#include "engine/plan/names.h"
#include "engine/plan/node_readers.h"
#include "engine/plan/plan_parts.h"
#include "engine/plan/setup_id.h"

namespace tripgate::plan {

bool check_nesting(std::size_t depth, yaml::Position at, const PlanContext& context) {
  if (depth <= kNestingMax) return true;
  context.findings.error(at, kNestingComplaint);
  return false;
}

std::string read_node_head(yaml::MappingReader& reader, std::string_view kind, PlanNode& node,
                           const Enclosure& around, const PlanContext& context) {
  const yaml::Node* name = reader.find("name");
  const bool is_open = name != nullptr && is_runtime_input(*name);
  node.name = is_open ? name->text : read_name(reader, context.findings);
  node.identifier = read_identifier(reader, context.findings);
  node.path = around.path + "." + node.identifier;
  node.setup_id = setup_id(context.execution_id, node.path);
  node.description = reader.text("description");
  std::string fqn = around.fqn + "." + std::string(kind) + "[identifier:" + node.identifier + "]";
  const bool is_named = !node.identifier.empty() && around.identifiers != nullptr;
  if (is_named && !around.identifiers->insert(node.identifier).second) {
    complain_twice(reader.position(), fqn, context.findings);
  }
  return fqn;
}

}  // namespace tripgate::plan

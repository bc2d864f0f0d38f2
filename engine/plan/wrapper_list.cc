// Lists whose elements are mappings with one key that says what they are. A parallel block is such
// an element too; it has no identifier and adds nothing to the paths of what it holds.
#include "engine/plan/node_readers.h"
#include "engine/plan/plan_parts.h"
#include "engine/plan/setup_id.h"

namespace tripgate::plan {
namespace {

std::string kinds_text(const WrapperRules& rules) {
  std::string text(rules.kind);
  if (!rules.other_kind.empty()) text += ", " + std::string(rules.other_kind);
  return text + " and parallel";
}

void read_wrapper(const yaml::Node& wrapper, std::size_t index, const WrapperRules& rules,
                  const Enclosure& around, const PlanContext& context,
                  std::vector<PlanNode>& nodes);

PlanNode read_parallel(const yaml::Node& list, std::size_t index, const WrapperRules& rules,
                       const Enclosure& around, const PlanContext& context) {
  PlanNode node;
  node.kind = NodeKind::parallel;
  node.type = "NG_FORK";
  node.path = around.parallel_path + "." + std::to_string(index);
  node.setup_id = setup_id(context.execution_id, node.path);
  node.identifier = "parallel" + node.setup_id;
  Enclosure inside = around;
  inside.fqn += ".PARALLEL";
  inside.parallel_path = node.path;
  ++inside.depth;
  if (!list.is_sequence()) {
    context.findings.error(list.position,
                           std::string("parallel must be a list, not ") + list.kind_name());
  } else if (list.items.empty()) {
    context.findings.error(list.position,
                           "parallel must hold at least one " + std::string(rules.kind));
  } else if (check_nesting(inside.depth, list.position, context)) {
    inside.branches.push_back({node.path, 0});
    for (Branch& branch = inside.branches.back(); branch.index < list.items.size();
         ++branch.index) {
      read_wrapper(list.items[branch.index], branch.index, rules, inside, context, node.children);
    }
  }
  return node;
}

void refuse_kind(const yaml::Entry& entry, const WrapperRules& rules, yaml::Findings& findings) {
  if (entry.key.text == "insert") {
    return findings.error(entry.key.position,
                          "Stage type [insert] is not supported by this runner");
  }
  findings.error(entry.key.position,
                 "\"" + entry.key.text + "\" cannot stand here, only " + kinds_text(rules));
}

void read_wrapper(const yaml::Node& wrapper, std::size_t index, const WrapperRules& rules,
                  const Enclosure& around, const PlanContext& context,
                  std::vector<PlanNode>& nodes) {
  if (!wrapper.is_mapping() || wrapper.entries.size() != 1) {
    return context.findings.error(
        wrapper.position,
        "each element must be a mapping with one key, one of " + kinds_text(rules));
  }
  const yaml::Entry& entry = wrapper.entries.front();
  const std::string& kind = entry.key.text;
  if (kind == "parallel") {
    nodes.push_back(read_parallel(entry.value, index, rules, around, context));
  } else if (kind == rules.kind || (kind == rules.other_kind && !kind.empty())) {
    nodes.push_back(rules.read(entry.value, kind, around, context));
  } else {
    refuse_kind(entry, rules, context.findings);
  }
}

}  // namespace

std::vector<PlanNode> read_wrappers(const yaml::Node& list, const WrapperRules& rules,
                                    const Enclosure& around, const PlanContext& context) {
  std::vector<PlanNode> nodes;
  nodes.reserve(list.items.size());
  for (std::size_t index = 0; index < list.items.size(); ++index) {
    read_wrapper(list.items[index], index, rules, around, context, nodes);
  }
  return nodes;
}

}  // namespace tripgate::plan

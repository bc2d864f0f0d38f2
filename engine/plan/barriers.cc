// Two steps can wait for each other only if some parallel block holds them in different branches.
#include "engine/plan/barriers.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/plan/names.h"
#include "engine/plan/plan_parts.h"

namespace tripgate::plan {
namespace {

// Uses of one barrier that a step is compared with: thousands of parties are no mistake to look
// for pair by pair.
constexpr std::size_t kComparedUsesMax = 64;

bool can_meet(const BarrierUse& left, const BarrierUse& right) {
  const std::size_t common = std::min(left.branches.size(), right.branches.size());
  for (std::size_t i = 0; i < common; ++i) {
    const Branch& a = left.branches[i];
    const Branch& b = right.branches[i];
    if (a.parallel_path != b.parallel_path) return false;
    if (a.index != b.index) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> read_barriers(yaml::MappingReader& pipeline, yaml::Findings& findings) {
  std::vector<std::string> barriers;
  const yaml::Node* node = find_map(pipeline, "flowControl");
  if (node == nullptr) return barriers;
  yaml::MappingReader flow_control(*node, "flowControl", findings);
  const yaml::Node* list = find_list(flow_control, "barriers");
  flow_control.finish();
  if (list == nullptr) return barriers;
  std::set<std::string> identifiers;
  for (const yaml::Node& entry : list->items) {
    yaml::MappingReader reader(entry, "a barrier", findings);
    std::string identifier = read_identifier(reader, findings);
    reader.skip({"name", "description"});
    reader.finish();
    if (!identifiers.insert(identifier).second) {
      complain_twice(entry.position, "pipeline.flowControl.barriers[identifier:" + identifier + "]",
                     findings);
    }
    barriers.push_back(std::move(identifier));
  }
  return barriers;
}

void remark_deadlocks(const std::vector<BarrierUse>& uses, yaml::Findings& findings) {
  std::map<std::string_view, std::vector<const BarrierUse*>> earlier;
  for (const BarrierUse& use : uses) {
    std::vector<const BarrierUse*>& others = earlier[use.reference];
    const auto found = std::ranges::find_if(
        others, [&use](const BarrierUse* other) { return !can_meet(*other, use); });
    if (found != others.end()) {
      findings.warn(use.position, "barrier " + use.reference + " waits for itself: the step at " +
                                      std::to_string((*found)->position.line) + ":" +
                                      std::to_string((*found)->position.column) +
                                      " runs before this one and holds it up until its timeout");
    }
    if (others.size() < kComparedUsesMax) others.push_back(&use);
  }
}

}  // namespace tripgate::plan

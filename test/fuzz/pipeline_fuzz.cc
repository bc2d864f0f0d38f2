// The reader of pipelines on any text: it must end, and a plan without complaints must keep what
// runs rely on: ids that are unique, and loops, conditions and specs where they belong.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "engine/plan/pipeline_reader.h"
#include "engine/yaml/parser.h"

namespace {

using tripgate::plan::NodeKind;
using tripgate::plan::PlanNode;

void require(bool claim) {
  if (!claim) abort();
}

void check_node(const PlanNode& node, std::set<std::string>& ids) {
  require(ids.insert(node.setup_id).second);
  const bool is_leaf = node.kind == NodeKind::step || node.type == "Pipeline";
  require(is_leaf == node.children.empty());
  const bool has_condition = node.kind == NodeKind::step || node.kind == NodeKind::step_group ||
                             node.kind == NodeKind::stage;
  require(has_condition != node.run_condition.empty());
  require(has_condition || !node.loop);
  for (const PlanNode& child : node.children) check_node(child, ids);
  if (node.rollback) check_node(*node.rollback, ids);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  for (const char* execution_id : {"", "run"}) {
    const auto plan = tripgate::plan::plan_pipeline_text(text, execution_id, {});
    if (!plan) continue;
    std::set<std::string> ids;
    check_node(plan->stages, ids);
  }
  return 0;
}

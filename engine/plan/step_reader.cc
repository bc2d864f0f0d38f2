// A step: what all types have in common, and a table of the types.
#include <algorithm>
#include <array>

#include "engine/plan/failure_reader.h"
#include "engine/plan/loop_reader.h"
#include "engine/plan/node_readers.h"
#include "engine/plan/plan_parts.h"
#include "engine/plan/step_spec_readers.h"
#include "engine/plan/when_reader.h"
#include "engine/yaml/node_json.h"

namespace tripgate::plan {
namespace {

struct StepType {
  std::string_view name;
  ReadStepSpec read;
};

constexpr auto kStepTypes = std::to_array<StepType>({
    {"ShellScript", read_shell_script_spec},
    {"Run", read_run_spec},
    {"Http", read_http_spec},
    {"Wait", read_wait_spec},
    {"HarnessApproval", read_approval_spec},
    {"Barrier", read_barrier_spec},
    {"Queue", read_queue_spec},
    {"Email", read_email_spec},
    {"EventListener", read_event_listener_spec},
});

void read_spec(yaml::MappingReader& reader, const yaml::Node& type, PlanNode& node,
               const SpecPlace& place) {
  const auto* known = std::ranges::find(kStepTypes, std::string_view(type.text), &StepType::name);
  if (known == kStepTypes.end()) {
    const std::string text =
        type.text == "Policy" ? "Policy step [" + place.identifier + "]"
                              : "Step type [" + type.text + "] (step [" + place.identifier + "])";
    return place.findings().error(type.position, text + " is not supported by this runner");
  }
  const yaml::Node* value = reader.find("spec");
  if (value != nullptr && is_runtime_input(*value)) return;
  const yaml::Node* spec_node = reader.require_mapping("spec");
  if (spec_node == nullptr) return;
  yaml::MappingReader spec(*spec_node, "step [" + place.identifier + "]", place.findings());
  node.spec = known->read(spec, place);
  if (place.context.is_for_run()) node.written_spec = yaml::json_text(*spec_node);
  remark_delegates(spec);
  spec.finish();
}

// The documentation asks for ids that are unique in a stage; the engine itself only for ids that
// are unique in their list.
void remark_repeated_step(const yaml::Node& node, const std::string& identifier,
                          const Enclosure& around, const PlanContext& context) {
  if (around.stage_steps == nullptr || identifier.empty()) return;
  const auto [first, is_first] = around.stage_steps->emplace(identifier, node.position);
  if (is_first) return;
  context.findings.warn(node.position, "step ids should be unique in a stage: " + identifier +
                                           " stands at " + std::to_string(first->second.line) +
                                           ":" + std::to_string(first->second.column) + " too");
}

}  // namespace

PlanNode read_step_node(const yaml::Node& yaml_node, const Enclosure& around,
                        const PlanContext& context) {
  yaml::MappingReader reader(yaml_node, "a step", context.findings);
  PlanNode node;
  if (refuse_template(reader, context.findings)) return node;
  const std::string fqn = read_node_head(reader, "step", node, around, context);
  remark_repeated_step(yaml_node, node.identifier, around, context);
  const yaml::Node* type = reader.require_scalar("type");
  if (type != nullptr) node.type = type->text;
  node.timeout =
      read_plan_timeout(reader,
                        node.type == "HarnessApproval" ? context.defaults.approval_timeout
                                                       : context.defaults.step_timeout,
                        context.findings);
  node.run_condition = read_run_condition(
      reader, around.is_rollback ? ConditionOwner::rollback_step : ConditionOwner::step,
      context.findings);
  node.own_on_failure =
      read_failure_strategies(reader, {.is_rollback = around.is_rollback}, context);
  node.on_failure = merge_failure_handling(around.inherited, node.own_on_failure);
  node.loop = read_loop(reader, context);
  remark_delegates(reader);
  reader.remark("enforce", "policies are not evaluated");
  const std::size_t depth = around.depth + (node.loop ? 2 : 1);
  const bool is_near = check_nesting(depth, yaml_node.position, context);
  if (type != nullptr && is_near) {
    const bool is_in_loop = around.is_in_loop || node.loop.has_value();
    read_spec(reader, *type, node,
              {node.identifier, fqn, yaml_node.position, is_in_loop, around, context});
  }
  reader.skip({"spec"});
  reader.finish();
  return node;
}

}  // namespace tripgate::plan

// A node is planned again for every answer, inside what is around it: values may stand anywhere in
// a node, scripts included, and one reader knows what they mean there.
#include "engine/run/late_inputs.h"

#include "engine/inputs/late_inputs.h"
#include "engine/plan/pipeline_reader.h"
#include "engine/run/field_holders.h"
#include "engine/run/run_tree.h"
#include "engine/yaml/parser.h"
#include "engine/yaml/writer.h"

namespace tripgate {
namespace {

// Recursion is bounded by the depth that the plan's reader allows.
plan::PlanNode* find_node(plan::PlanNode& node, std::string_view path) {
  if (node.path == path) return &node;
  for (plan::PlanNode& child : node.children) {
    if (plan::PlanNode* const found = find_node(child, path)) return found;
  }
  return node.rollback ? find_node(*node.rollback, path) : nullptr;
}

}  // namespace

LateInputs::LateInputs(const std::string& text, const plan::PipelinePlan& plan) {
  if (text.find("executionInput()") == std::string::npos) return;
  const auto document = yaml::parse_document(text, {});
  const yaml::Node* const pipeline = document ? document->root.find("pipeline") : nullptr;
  if (pipeline == nullptr) return;
  pipeline_ = *pipeline;
  const FieldHolders holders(plan);
  for (const std::string& field : inputs::late_fields(pipeline_)) {
    const std::string holder = holders.of(field);
    if (holder != plan.stages.path) holders_.insert(holder);
  }
}

std::string LateInputs::template_of(const std::string& path) const {
  const auto asked = inputs::late_template(pipeline_, path);
  return asked ? yaml::write_document(*asked) : std::string();
}

std::string LateInputs::field_of(const std::string& path) const {
  const auto field = inputs::node_document(pipeline_, path);
  return field ? yaml::write_document(*field) : std::string();
}

Result<AnsweredNode, Diagnostic> LateInputs::answer(const std::string& path,
                                                    const std::string* given,
                                                    std::string_view execution_id,
                                                    const plan::PlanDefaults& defaults) const {
  yaml::Node values;
  if (given != nullptr) {
    auto document = yaml::parse_document(*given, {});
    if (!document) return document.error();
    values = std::move(document->root);
  }
  auto filled = inputs::fill_late_inputs(pipeline_, path, given == nullptr ? nullptr : &values);
  if (!filled) return filled.error();
  yaml::Findings findings;
  plan::PipelinePlan plan =
      plan::read_pipeline_plan(filled->pipeline, execution_id, defaults, findings);
  if (!findings.is_clean()) return findings.errors.front();
  plan::PlanNode* const node = find_node(plan.stages, path);
  if (node == nullptr) return Diagnostic("no node of the pipeline has that path");
  // A loop may hold a thousand answered nodes: the rest of the plan is theirs in common.
  return AnsweredNode{std::make_shared<const plan::PlanNode>(std::move(*node)),
                      std::move(filled->checks)};
}

Result<void, Diagnostic> restore_answers(RunTree& tree, const LateInputs& late,
                                         const plan::PlanDefaults& defaults) {
  for (NodeNumber number = 0; number < tree.size(); ++number) {
    const LiveNode& node = tree.at(number);
    if (node.is_retired || node.state.input_answer == InputAnswer::none) continue;
    const bool is_given = node.state.input_answer == InputAnswer::given;
    const auto answer = late.answer(node.plan->path, is_given ? &node.state.given_input : nullptr,
                                    tree.execution().plan_execution_id, defaults);
    if (!answer && node.state.is_identity) continue;
    if (!answer) return answer.error();
    tree.use_plan(number, answer->plan);
  }
  return {};
}

Diagnostic no_input_template(std::string_view node) {
  return Diagnostic("Execution Input template does not exist for input execution id : " +
                    std::string(node));
}

}  // namespace tripgate

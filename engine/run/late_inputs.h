// What the nodes of a run ask for when they are reached, and the plans that come of the answers.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/inputs/merge.h"
#include "engine/plan/plan_node.h"
#include "engine/yaml/node.h"

namespace tripgate {

class RunTree;

/// What a node goes on with.
struct AnsweredNode {
  std::shared_ptr<const plan::PlanNode> plan;  ///< The node and what is below it, with their ids.
  std::vector<inputs::DeferredCheck> checks;   ///< Of values that are expressions.
};

/// The `executionInput()` fields of one run. Paths are those of PlanNode.
class LateInputs {
 public:
  LateInputs() = default;
  /// text: the run's own, root `pipeline`.
  LateInputs(const std::string& text, const plan::PipelinePlan& plan);

  [[nodiscard]] bool asks(const std::string& path) const { return holders_.contains(path); }

  /// What the node asks for, YAML with its wrapper (`step`) as the root; and the whole node.
  [[nodiscard]] std::string template_of(const std::string& path) const;
  [[nodiscard]] std::string field_of(const std::string& path) const;

  /// The plan of a node with its answer in it.
  /// given: YAML in the form of the template; nullptr: nobody answered, its defaults.
  /// execution_id: as the run was planned.
  /// Errors: the texts of pipelines.md 7.3; what cannot be planned.
  [[nodiscard]] Result<AnsweredNode, Diagnostic> answer(const std::string& path,
                                                        const std::string* given,
                                                        std::string_view execution_id,
                                                        const plan::PlanDefaults& defaults) const;

 private:
  yaml::Node pipeline_;
  std::set<std::string, std::less<>> holders_;
};

/// Lets nodes that were given input follow plans of their own again, after a restart too. Their
/// answers were judged when they came. Errors: one cannot be planned any more, and the node is not
/// taken over from an earlier run, whose answers need not fit the pipeline as it is now.
[[nodiscard]] Result<void, Diagnostic> restore_answers(RunTree& tree, const LateInputs& late,
                                                       const plan::PlanDefaults& defaults);

/// No node of that id asks for input (pipelines.md 7.3).
[[nodiscard]] Diagnostic no_input_template(std::string_view node);

}  // namespace tripgate

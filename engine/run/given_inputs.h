// What a run was given: the root `inputSet`, and values that have still to pass their validators.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/inputs/merge.h"
#include "engine/jexl/value.h"
#include "engine/plan/plan_node.h"
#include "engine/run/late_inputs.h"
#include "engine/run/node_context.h"
#include "engine/status/run_text.h"
#include "engine/yaml/node.h"

namespace tripgate {

/// The inputs of one run. Empty for a run that follows its pipeline as it is stored.
class GivenInputs {
 public:
  GivenInputs() = default;
  GivenInputs(const RunText& text, const plan::PipelinePlan& plan);

  /// The runtime input as a document (root `pipeline`); null without one.
  [[nodiscard]] const yaml::Node& document() const { return document_; }

  /// Checks of values that belong to the node of that path (PlanNode::path); those of the pipeline
  /// itself belong to `pipeline.stages`.
  [[nodiscard]] std::span<const inputs::DeferredCheck> checks_of(const std::string& path) const;

  /// What nodes ask for when they are reached.
  [[nodiscard]] const LateInputs& late() const { return late_; }

 private:
  LateInputs late_;
  yaml::Node document_;
  std::map<std::string, std::vector<inputs::DeferredCheck>, std::less<>> checks_;
};

/// The complaint about a value that came of an expression (pipelines.md 7.5, "at run time").
/// Nothing if it is allowed, or if it is a secret, which nobody looks at.
/// may_come_later: the value may be of a node that has not run; null is no complaint then, unless
/// it is the event's.
[[nodiscard]] std::optional<std::string> find_violation(const inputs::DeferredCheck& check,
                                                        const jexl::Value& value,
                                                        bool may_come_later);

/// Values of a document by key, items of lists by identifier or name, a variable as its value; with
/// the document's own expressions evaluated. document: borrowed, and so is the view.
[[nodiscard]] jexl::Value input_value(const RunView& view, const yaml::Node& document);

}  // namespace tripgate

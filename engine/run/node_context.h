// What the expressions of a node can name. Source: pipelines.md 6.8.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/jexl/expression.h"
#include "engine/run/event_roots.h"
#include "engine/run/run_tree.h"
#include "engine/yaml/node.h"

namespace tripgate {

/// What a run's contexts ask of the outside: both are made when an expression names them.
class RunTexts {
 public:
  virtual ~RunTexts() = default;

  /// A variable's value: its rendered text, or the number that this is. Null if it cannot be
  /// rendered, or refers to itself. node: where the variable is written.
  [[nodiscard]] virtual jexl::Value variable_value(NodeNumber node,
                                                   const plan::PlanVariable& variable) const = 0;

  /// What a text of the run's own is worth: a text without blocks, or the value of its blocks.
  [[nodiscard]] virtual jexl::Value own_text(std::string_view text) const = 0;

  /// The runtime input as a document; null without one.
  [[nodiscard]] virtual const yaml::Node& given() const = 0;

  /// What a node was given when it was reached; nullptr if it was given nothing.
  [[nodiscard]] virtual const yaml::Node* given_to(NodeNumber node) const = 0;

  /// What the event gives; nulls for a run without one.
  [[nodiscard]] virtual const EventRoots& event() const = 0;

  /// What the addresses of runs begin with.
  [[nodiscard]] virtual const std::string& page_base() const = 0;

  /// Tags the run, see execution_tags.h.
  [[nodiscard]] virtual bool add_tag(std::string name, std::string value) const = 0;
};

/// What all contexts of a run share.
struct RunView {
  const RunTree& tree;
  const RunTexts& texts;
  const jexl::Value* offered_event = nullptr;  ///< `event`: what a listener looks at.
};

/// The roots: trigger, eventPayload, event, approval, pipeline, stage, stepGroup, step, spec,
/// execution, steps, strategy, variables, exportedVariables, executionTags, inputSet,
/// executionInput, account, org and project; and without a root, what stands beside or above the
/// node by identifier.
class NodeContext final : public jexl::Context {
 public:
  /// The view is borrowed for as long as values live.
  NodeContext(const RunView& view, NodeNumber node) : view_(view), node_(node) {}

  [[nodiscard]] std::optional<jexl::Value> find(std::string_view name) const override;

 private:
  [[nodiscard]] std::optional<jexl::Value> find_node_root(std::string_view name) const;
  [[nodiscard]] std::optional<jexl::Value> find_by_identifier(std::string_view name) const;
  [[nodiscard]] jexl::Value late_input() const;

  const RunView& view_;
  NodeNumber node_;
};

}  // namespace tripgate

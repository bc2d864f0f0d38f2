// Roots are made when an expression names them: most expressions name one.
#include "engine/run/node_context.h"

#include "engine/run/execution_tags.h"
#include "engine/run/given_inputs.h"
#include "engine/run/node_objects.h"

namespace tripgate {

using jexl::Value;
using plan::NodeKind;

namespace {

/// Accounts, organisations and projects are nothing but their identifiers here.
Value account_value(std::string_view identifier) {
  return make_map({{"identifier", text_value(identifier)},
                   {"name", text_value(identifier)},
                   {"companyName", text_value(identifier)}});
}

Value scope_value(std::string_view identifier) {
  return make_map({{"identifier", text_value(identifier)},
                   {"name", text_value(identifier)},
                   {"description", text_value("")},
                   {"tags", Value::map({})}});
}

}  // namespace

std::optional<Value> NodeContext::find(std::string_view name) const {
  const Execution& execution = view_.tree.execution();
  if (name == "trigger") return view_.texts.event().trigger;
  if (name == "eventPayload") return view_.texts.event().payload;
  if (name == "event" && view_.offered_event != nullptr) return *view_.offered_event;
  if (name == "pipeline") return pipeline_value(view_);
  if (name == "inputSet") return input_value(view_, view_.texts.given());
  if (name == "executionInput") return late_input();
  if (name == "account") return account_value(execution.account);
  if (name == "org") return scope_value(execution.org);
  if (name == "project") return scope_value(execution.project);
  if (name == "strategy") return strategy_value(view_, node_);
  if (name == "exportedVariables") return exported_variables_value(view_, node_);
  if (name == "executionTags") {
    return execution_tags_value([&texts = view_.texts](std::string tag, std::string value) {
      return texts.add_tag(std::move(tag), std::move(value));
    });
  }
  if (name == "approval") return latest_approval_value(view_);
  if (auto found = find_node_root(name)) return found;
  return find_by_identifier(name);
}

/// Of the node, or of the nearest one around it that was given something.
Value NodeContext::late_input() const {
  for (NodeNumber number = node_; number != kNoNode; number = view_.tree.state(number).parent) {
    if (const yaml::Node* const given = view_.texts.given_to(number)) {
      return input_value(view_, *given);
    }
  }
  return {};
}

/// Roots that depend on where the node stands.
std::optional<Value> NodeContext::find_node_root(std::string_view name) const {
  const RunTree& tree = view_.tree;
  const auto stage = tree.enclosing(node_, NodeKind::stage);
  const auto group = tree.enclosing(node_, NodeKind::step_group);
  if (name == "step") {
    const auto step = tree.enclosing(node_, NodeKind::step);
    return step ? node_value(view_, *step) : Value();
  }
  if (name == "spec") {
    const auto step = tree.enclosing(node_, NodeKind::step);
    return step ? std::optional<Value>(spec_value(view_, *step)) : std::nullopt;
  }
  if (name == "stepGroup") return group ? node_value(view_, *group) : Value();
  if (name == "stage") return stage ? node_value(view_, *stage) : Value();
  if (name == "execution" && stage) {
    const auto section = find_child(tree, *stage, "execution");
    return section ? node_value(view_, *section) : Value();
  }
  if (name == "steps") {
    const auto section = tree.enclosing(node_, NodeKind::section);
    if (!section) return Value();
    return children_value(view_, group && *group > *section ? *group : *section);
  }
  if (name == "stages") return children_value(view_, kRootNode);
  if (name == "variables") {
    std::vector<VariableList> lists;
    if (stage) lists.emplace_back(*stage, &tree.at(*stage).plan->variables);
    lists.emplace_back(kRootNode, &tree.plan().variables);
    return variables_value(view_, std::move(lists));
  }
  return std::nullopt;
}

/// A bare name: a child of the current level, or an ancestor.
std::optional<Value> NodeContext::find_by_identifier(std::string_view name) const {
  const RunTree& tree = view_.tree;
  for (NodeNumber number = node_; number != kNoNode; number = tree.state(number).parent) {
    if (tree.state(number).identifier == name) return node_value(view_, number);
    if (number == node_) continue;
    if (const auto child = find_child(tree, number, name)) return node_value(view_, *child);
  }
  return std::nullopt;
}

}  // namespace tripgate

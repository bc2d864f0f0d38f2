// Every object is a number and a view: what it answers is read from the tree when it is asked.
#include "engine/run/node_objects.h"

#include "engine/jexl/json.h"
#include "engine/run/run_page.h"

namespace tripgate {
namespace {

using jexl::Value;
using plan::NodeKind;

Value tags_value(const plan::Tags& tags) {
  std::vector<Value::Entry> entries;
  for (const auto& [key, value] : tags) entries.push_back({text_value(key), text_value(value)});
  return Value::map(std::move(entries));
}

Value time_value(UnixMs time) {
  return time == 0 ? Value() : Value::integer(time);
}

/// Values of axes that look like JSON objects are maps (pipelines.md 1.7).
Value axis_value(const std::string& text) {
  if (text.starts_with('{')) {
    if (const auto parsed = jexl::parse_json(text)) return *parsed;
  }
  return text_value(text);
}

Value matrix_value(const Iteration& iteration) {
  std::vector<Value::Entry> entries;
  for (const auto& [axis, value] : iteration.values) {
    entries.push_back({text_value(axis), axis_value(value)});
  }
  return Value::map(std::move(entries));
}

Value repeat_value(const Iteration& iteration) {
  std::vector<Value> partition;
  for (const std::string& item : iteration.partition) partition.push_back(text_value(item));
  return make_map({{"item", iteration.item ? axis_value(*iteration.item) : Value()},
                   {"partition", Value::list(std::move(partition))}});
}

/// What a node says of its own iteration: matrix, repeat, iteration, ...
std::optional<Value> iteration_property(const Iteration& iteration, std::string_view name) {
  if (name == "matrix") return matrix_value(iteration);
  if (name == "repeat") return repeat_value(iteration);
  if (name == "iteration" || name == "currentGlobalIteration") {
    return Value::integer(iteration.index);
  }
  if (name == "iterations" || name == "totalIterations" || name == "totalGlobalIteration") {
    return Value::integer(iteration.total);
  }
  if (name == "identifierPostFix") return text_value(iteration.postfix);
  return std::nullopt;
}

class NodeObject : public NamedValues {
 public:
  NodeObject(const RunView& view, NodeNumber number) : view_(view), number_(number) {}

  std::optional<Value> property(std::string_view name) const override {
    const RunTree& tree = view_.tree;
    if (name == "currentStatus") return text_value(engine_name(tree.current_status(number_)));
    if (name == "liveStatus") return text_value(engine_name(tree.live_status(number_)));
    if (name == "executionUrl") return text_value(page());
    if (name == "getParentStepGroup") return parent_group();
    if (const auto child = find_child(tree, number_, name)) return node_value(view_, *child);
    if (auto found = field(name)) return found;
    if (auto found = outcome(name)) return found;
    const auto& iteration = tree.state(number_).iteration;
    return iteration ? iteration_property(*iteration, name) : std::nullopt;
  }

 protected:
  Value all() const override {
    const NodeState& node = view_.tree.state(number_);
    return make_map({{"identifier", text_value(node.identifier)},
                     {"name", text_value(node.name)},
                     {"type", text_value(node.type)},
                     {"status", text_value(engine_name(node.status))}});
  }

  const RunView& view_;
  NodeNumber number_;

 private:
  /// The run's page, at the stage and step that the node is or lies in.
  std::string page() const {
    const RunTree& tree = view_.tree;
    std::string address = run_page(view_.texts.page_base(), tree.execution());
    const auto stage = tree.enclosing(number_, NodeKind::stage);
    if (!stage) return address;
    address.append("?stage=").append(tree.state(*stage).setup_id);
    const auto step = tree.enclosing(number_, NodeKind::step);
    if (step) address.append("&step=").append(tree.state(*step).execution_id);
    return address;
  }

  /// Loops over a group are no groups themselves.
  Value parent_group() const {
    const RunTree& tree = view_.tree;
    if (tree.state(number_).kind != NodeKind::step_group) return {};
    NodeNumber up = tree.state(number_).parent;
    while (up != kNoNode && tree.state(up).is_loop) up = tree.state(up).parent;
    const auto group = up == kNoNode ? std::nullopt : tree.enclosing(up, NodeKind::step_group);
    return group ? node_value(view_, *group) : Value();
  }

  std::optional<Value> field(std::string_view name) const {
    const LiveNode& node = view_.tree.at(number_);
    const NodeState& state = node.state;
    if (name == "identifier") return text_value(state.identifier);
    if (name == "name") return text_value(state.name);
    if (name == "type") return text_value(state.type);
    if (name == "description") return text_value(node.plan->description);
    if (name == "executionId") return text_value(state.execution_id);
    if (name == "status") return text_value(engine_name(state.status));
    if (name == "startTs") return time_value(state.started_at_ms);
    if (name == "endTs") return time_value(state.ended_at_ms);
    if (name == "retryCount") return Value::integer(state.retry_number);
    if (name == "tags") return tags_value(node.plan->tags);
    if (name == "variables") return variables_value(view_, {{number_, &node.plan->variables}});
    if (name == "spec" && state.kind == NodeKind::stage) return node_value(view_, number_);
    if (name == "spec" && state.kind == NodeKind::step) return spec_value(view_, number_);
    if (name == "steps" || name == "stages") return children_value(view_, number_);
    if (name == "strategy") return strategy_value(view_, number_);
    return std::nullopt;
  }

  std::optional<Value> outcome(std::string_view name) const {
    for (const auto& [known, json] : view_.tree.state(number_).outcomes) {
      if (known != name) continue;
      const auto value = jexl::parse_json(json);
      return value ? *value : Value();
    }
    return std::nullopt;
  }
};

class ChildrenObject final : public NamedValues {
 public:
  ChildrenObject(const RunView& view, NodeNumber parent) : view_(view), parent_(parent) {}

  std::optional<Value> property(std::string_view name) const override {
    const auto child = find_child(view_.tree, parent_, name);
    if (!child) return std::nullopt;
    return node_value(view_, *child);
  }

 private:
  const RunView& view_;
  NodeNumber parent_;
};

class VariablesObject final : public NamedValues {
 public:
  VariablesObject(const RunView& view, std::vector<VariableList> lists)
      : view_(view), lists_(std::move(lists)) {}

  std::optional<Value> property(std::string_view name) const override {
    for (const auto& [node, variables] : lists_) {
      for (const plan::PlanVariable& variable : *variables) {
        if (variable.name == name) return view_.texts.variable_value(node, variable);
      }
    }
    return std::nullopt;
  }

 private:
  Value all() const override {
    std::vector<Value::Entry> entries;
    for (const auto& [node, variables] : lists_) {
      for (const plan::PlanVariable& variable : *variables) {
        entries.push_back({text_value(variable.name), view_.texts.variable_value(node, variable)});
      }
    }
    return Value::map(std::move(entries));
  }

  const RunView& view_;
  std::vector<VariableList> lists_;
};

/// The variables that a step was given for its expressions; nullptr if its type has none.
const std::vector<plan::PlanVariable>* inputs_of(const plan::StepSpec& spec) {
  if (const auto* http = std::get_if<plan::HttpSpec>(&spec)) return &http->inputs;
  if (const auto* listener = std::get_if<plan::EventListenerSpec>(&spec)) return &listener->inputs;
  return nullptr;
}

/// `spec` of a step.
class SpecObject final : public NamedValues {
 public:
  SpecObject(const RunView& view, NodeNumber step) : view_(view), step_(step) {}

  std::optional<Value> property(std::string_view name) const override {
    const plan::StepSpec& spec = view_.tree.at(step_).plan->spec;
    const auto* const script = std::get_if<plan::ScriptSpec>(&spec);
    if (name == "environmentVariables" && script != nullptr) {
      return variables_value(view_, {{step_, &script->environment}});
    }
    const auto* const inputs = inputs_of(spec);
    if (name == "inputVariables" && inputs != nullptr) {
      return variables_value(view_, {{step_, inputs}});
    }
    return std::nullopt;
  }

 private:
  const RunView& view_;
  NodeNumber step_;
};

class PipelineObject final : public NodeObject {
 public:
  explicit PipelineObject(const RunView& view) : NodeObject(view, kRootNode) {}

  std::optional<Value> property(std::string_view name) const override {
    const Execution& execution = view_.tree.execution();
    const plan::PipelinePlan& plan = view_.tree.plan();
    if (name == "identifier") return text_value(execution.pipeline);
    if (name == "name") return text_value(execution.pipeline_name);
    if (name == "description") return text_value(plan.description);
    if (name == "tags") return tags_value(plan.tags);
    if (name == "variables") return variables_value(view_, {{kRootNode, &plan.variables}});
    if (name == "executionId") return text_value(execution.plan_execution_id);
    if (name == "sequenceId") {
      return Value::integer(static_cast<std::int64_t>(execution.run_sequence));
    }
    if (name == "startTs") return time_value(execution.started_at_ms);
    if (name == "endTs") return time_value(execution.ended_at_ms);
    if (name == "status") return text_value(engine_name(execution.status));
    if (name == "orgIdentifier") return text_value(execution.org);
    if (name == "projectIdentifier") return text_value(execution.project);
    if (name == "storeType") return text_value("INLINE");
    if (name == "execution") {
      return make_map({{"url", text_value(run_page(view_.texts.page_base(), execution))}});
    }
    if (name == "executionMode") return text_value("NORMAL");
    if (name == "triggerType") return text_value(engine_name(execution.origin.type));
    if (name == "triggeredBy") return triggered_by(execution.origin);
    if (name == "resumedExecutionId") return optional_text(execution.lineage.retry_root);
    if (name == "selectedStages") return selected_stages(execution);
    return NodeObject::property(name);
  }

 private:
  static Value triggered_by(const ExecutionOrigin& origin) {
    const std::string& name =
        origin.trigger_name.empty() ? origin.principal_username : origin.trigger_name;
    return make_map({{"name", text_value(name)},
                     {"email", optional_text(origin.principal_email)},
                     {"triggerIdentifier", optional_text(origin.trigger)}});
  }

  static Value selected_stages(const Execution& execution) {
    std::vector<Value> stages;
    for (const std::string& stage : execution.selected_stages) stages.push_back(text_value(stage));
    return Value::list(std::move(stages));
  }
};

class StrategyObject final : public NamedValues {
 public:
  StrategyObject(const RunView& view, NodeNumber iteration) : view_(view), iteration_(iteration) {}

  std::optional<Value> property(std::string_view name) const override {
    const NodeState& node = view_.tree.state(iteration_);
    if (name == "currentStatus") {
      return text_value(engine_name(view_.tree.live_status(node.parent)));
    }
    if (name == "node") return children_value(view_, node.parent);
    return iteration_property(*node.iteration, name);
  }

 private:
  const RunView& view_;
  NodeNumber iteration_;
};

/// `exportedVariables.getValue("stage.KEY.NAME")`, or `"stage.KEY"` for the whole map.
class ExportedVariables final : public NamedValues {
 public:
  ExportedVariables(const RunView& view, NodeNumber node) : view_(view), node_(node) {}

  std::optional<Value> property(std::string_view) const override { return std::nullopt; }

  std::optional<Result<Value, jexl::EvalError>> call(
      std::string_view name, std::span<const Value> arguments) const override {
    const bool is_get =
        name == "getValue" && arguments.size() == 1 && arguments[0].is(jexl::Kind::string);
    if (!is_get) return std::nullopt;
    return find(arguments[0].as_string());
  }

 private:
  Value find(std::string_view path) const {
    const std::size_t first = path.find('.');
    if (first == std::string_view::npos) return {};
    const std::size_t second = path.find('.', first + 1);
    const auto top = top_of(path.substr(0, first));
    if (!top) return {};
    const std::string outcome = "@" + std::string(path.substr(0, second));
    const Value exported = find_below(*top, outcome);
    if (second == std::string_view::npos) return exported;
    const Value* const member =
        exported.is(jexl::Kind::map) ? exported.get(path.substr(second + 1)) : nullptr;
    return member == nullptr ? Value() : *member;
  }

  /// The node whose scope a word names.
  std::optional<NodeNumber> top_of(std::string_view scope) const {
    if (scope == "pipeline") return kRootNode;
    if (scope == "stage") return view_.tree.enclosing(node_, NodeKind::stage);
    if (scope == "stepGroup") return view_.tree.enclosing(node_, NodeKind::step_group);
    return std::nullopt;
  }

  Value find_below(NodeNumber top, const std::string& outcome) const {
    std::vector<NodeNumber> open{top};
    while (!open.empty()) {
      const LiveNode& node = view_.tree.at(open.back());
      open.pop_back();
      for (const auto& [name, json] : node.state.outcomes) {
        if (name != outcome) continue;
        const auto value = jexl::parse_json(json);
        return value ? *value : Value();
      }
      open.insert(open.end(), node.children.begin(), node.children.end());
    }
    return {};
  }

  const RunView& view_;
  NodeNumber node_;
};

}  // namespace

Value node_value(const RunView& view, NodeNumber node) {
  return Value::object(std::make_shared<NodeObject>(view, node));
}

Value children_value(const RunView& view, NodeNumber parent) {
  return Value::object(std::make_shared<ChildrenObject>(view, parent));
}

Value spec_value(const RunView& view, NodeNumber step) {
  return Value::object(std::make_shared<SpecObject>(view, step));
}

Value pipeline_value(const RunView& view) {
  return Value::object(std::make_shared<PipelineObject>(view));
}

Value variables_value(const RunView& view, std::vector<VariableList> lists) {
  return Value::object(std::make_shared<VariablesObject>(view, std::move(lists)));
}

Value exported_variables_value(const RunView& view, NodeNumber node) {
  return Value::object(std::make_shared<ExportedVariables>(view, node));
}

Value latest_approval_value(const RunView& view) {
  const NodeState* latest = nullptr;
  for (NodeNumber number = 0; number < view.tree.size(); ++number) {
    const LiveNode& node = view.tree.at(number);
    const bool has_ended = std::holds_alternative<plan::ApprovalSpec>(node.plan->spec) &&
                           !node.state.is_loop && !node.state.outcomes.empty();
    if (!has_ended || (latest != nullptr && node.state.ended_at_ms < latest->ended_at_ms)) continue;
    latest = &node.state;
  }
  if (latest == nullptr) return {};
  const auto value = jexl::parse_json(latest->outcomes.front().second);
  return value ? *value : Value();
}

Value strategy_value(const RunView& view, NodeNumber node) {
  for (; node != kNoNode; node = view.tree.state(node).parent) {
    if (view.tree.state(node).iteration) {
      return Value::object(std::make_shared<StrategyObject>(view, node));
    }
  }
  return {};
}

// Parallel blocks and loops add no level to a path; recursion is bounded by the depth of the plan.
std::optional<NodeNumber> find_child(const RunTree& tree, NodeNumber parent,
                                     std::string_view identifier) {
  for (const NodeNumber child : tree.at(parent).children) {
    const NodeState& node = tree.state(child);
    if (node.identifier == identifier) return child;
    const bool adds_no_level = node.kind == NodeKind::parallel || node.is_loop;
    if (!adds_no_level) continue;
    if (const auto found = find_child(tree, child, identifier)) return found;
  }
  return std::nullopt;
}

std::string exported_outcome_name(plan::OutputScope scope, std::string_view key) {
  std::string name = scope == plan::OutputScope::pipeline ? "@pipeline."
                     : scope == plan::OutputScope::stage  ? "@stage."
                                                          : "@stepGroup.";
  return name.append(key);
}

}  // namespace tripgate

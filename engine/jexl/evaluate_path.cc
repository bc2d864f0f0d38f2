// Variables and paths. A missing entry makes the rest of its path null; only a path whose first
// variable is missing is an error.
#include "engine/jexl/builtins.h"
#include "engine/jexl/evaluator.h"
#include "engine/jexl/host_object.h"

namespace tripgate::jexl {
namespace {

EvalError undefined_variable(const Node& node, std::string_view name) {
  EvalError error(
      ErrorKind::undefined_variable,
      "the variable " + std::string(name) + " is undefined, or null with something after it");
  error.offset = node.offset;
  return error;
}

EvalError unknown_property(const Node& step) {
  EvalError error = other_error("this value has no property " + step.name);
  error.offset = step.offset;
  return error;
}

EvalError no_method(const Node& step) {
  EvalError error(ErrorKind::undefined_method,
                  "there is no method " + step.name + " for these arguments");
  error.offset = step.offset;
  return error;
}

bool is_postfix_size(const Node& step) {
  return step.type == NodeType::size_step || step.type == NodeType::empty_step;
}

// Whether .size() or .empty() follows the step: it asks about that step alone, missing or not.
bool is_measured_at(const Node& path, std::size_t i) {
  return i + 1 < path.children.size() && is_postfix_size(*path.children[i + 1]);
}

Value measure(const Value& value, const Node& step) {
  return step.type == NodeType::size_step ? size_of(value) : Value::boolean(is_empty(value));
}

}  // namespace

std::optional<Value> Evaluator::find_named(std::string_view name) {
  for (const auto& [known, value] : assigned_) {
    if (known == name) return value;
  }
  std::optional<Value> value = context_.find(name);
  // What the script changes is its own copy; shared bodies stay as they are.
  if (!value || !ast_->mutates_containers || value->is_null()) return value;
  assigned_.emplace_back(name, value->deep_copy());
  return assigned_.back().second;
}

std::optional<Value> Evaluator::find_variable(const Node& name) {
  if (name.slot >= 0) return slot(name.slot);
  if (name.bound >= 0 && !ast_->assigns_variables && !ast_->mutates_containers) {
    return bound_[static_cast<std::size_t>(name.bound)];
  }
  if (name.bound < 0) return find_named(name.name);
  for (const auto& [known, value] : assigned_) {
    if (known == name.name) return value;
  }
  assigned_.emplace_back(name.name, bound_[static_cast<std::size_t>(name.bound)].deep_copy());
  return assigned_.back().second;
}

Outcome Evaluator::run_variable(const Node& node) {
  std::optional<Value> value = find_variable(node);
  if (value) return std::move(*value);
  if (node.is_protected) return Value();
  return undefined_variable(node, node.name);
}

// The common case: a run of names through maps, without copying what lies between. i ends up behind
// the last name.
const Value* Evaluator::walk_names(const Node& path, std::size_t& i, const Value* at) {
  for (; i < path.children.size() && at != nullptr; ++i) {
    const Node& name = *path.children[i];
    if (!at->is(Kind::map) || !name.is_plain_name || is_measured_at(path, i)) break;
    if (!meter_.step()) return nullptr;
    at = at->find(name.value);
  }
  return at;
}

Outcome Evaluator::run_path(const Node& path) {
  const Node& root = *path.children[0];
  const bool starts_with_name = root.type == NodeType::variable && !root.is_parenthesised;
  std::optional<Value> found;
  if (starts_with_name) {
    found = find_variable(root);
  } else {
    Outcome value = evaluate(root);
    if (!value) return value;
    found = std::move(*value);
  }
  const bool is_global = starts_with_name && root.slot < 0;
  Value object = found.value_or(Value());
  // As long as nothing was found, the steps so far may be one dotted name.
  bool is_searching = is_global && object.is_null();
  bool is_dotted = true;
  std::string dotted = is_searching ? root.name : std::string();
  for (std::size_t i = 1; i < path.children.size(); ++i) {
    const Node& step = *path.children[i];
    if (is_postfix_size(step)) {
      if (i == 1 && !found) break;
      object = measure(object, step);
      is_searching = false;
      continue;
    }
    if (object.is(Kind::map) && step.is_plain_name && !is_measured_at(path, i)) {
      const Value* const at = walk_names(path, i, &object);
      if (meter_.is_exhausted()) return out_of_steps();
      if (at == nullptr || at->is_null()) return Value();
      object = Value(*at);
      is_searching = false;
      --i;
      continue;
    }
    if (!object.is_null()) {
      Outcome next = apply_step(object, step);
      if (!next) return next;
      object = std::move(*next);
      is_searching = false;
      const bool is_measured = is_measured_at(path, i);
      if (object.is_null() && !is_measured) return Value();
      continue;
    }
    const bool is_measured = is_measured_at(path, i);
    const bool is_method = step.type == NodeType::method_step;
    if (is_method && is_measured && is_searching) return no_method(step);
    // Only names and indexes may lead from nothing to .size() or .empty().
    if (!is_searching || is_method) break;
    is_dotted = is_dotted && step.is_dotted_name;
    if (is_measured || !is_dotted) continue;
    dotted += "." + step.name;
    object = find_named(dotted).value_or(Value());
    is_searching = object.is_null();
  }
  if (!object.is_null() || !is_searching) return object;
  if (path.is_protected) return Value();
  return undefined_variable(root, root.name);
}

Outcome Evaluator::apply_step(const Value& object, const Node& step) {
  if (!meter_.step()) return out_of_steps();
  switch (step.type) {
    case NodeType::name_step:
      return apply_name(object, step);
    case NodeType::index_step:
      return apply_index(object, step);
    case NodeType::method_step:
      return apply_method(object, step);
    default:
      break;
  }
  const auto arguments = run_arguments(step);
  if (!arguments) return arguments.error();
  if (!object.is(Kind::function)) {
    return EvalError(ErrorKind::undefined_method, "this value cannot be called");
  }
  return call_function_value(object, *arguments);
}

Outcome Evaluator::apply_name(const Value& object, const Node& step) {
  switch (object.kind()) {
    case Kind::map: {
      // The reference answers these with something of Java's.
      if (step.name == "class") return Value();
      if (step.name == "empty") return Value::boolean(is_empty(object));
      const Value* const value = object.find(step.name.empty() ? Value::int32(0) : step.value);
      return value == nullptr ? Value() : *value;
    }
    case Kind::list:
    case Kind::array:
      if (step.name.empty()) return element_at(object, 0);
      if (!step.value.is(Kind::int32)) return unknown_property(step);
      return element_at(object, step.value.as_int64());
    case Kind::object:
      return object.as_object().property(step.name).value_or(Value());
    default:
      return unknown_property(step);
  }
}

Outcome Evaluator::element_at(const Value& list, std::int64_t index) {
  const auto elements = list.elements();
  if (index < 0 || index >= static_cast<std::int64_t>(elements.size())) {
    return other_error("there is no element " + std::to_string(index));
  }
  return elements[static_cast<std::size_t>(index)];
}

Outcome Evaluator::apply_index(const Value& object, const Node& step) {
  Outcome index = evaluate(*step.children[0]);
  if (!index) return index;
  if (index->is(Kind::string) && !meter_.scan(index->as_string().size())) return out_of_steps();
  if (object.is(Kind::map)) {
    const Value* const value = object.find(*index);
    return value == nullptr ? Value() : *value;
  }
  if (object.is(Kind::object) && index->is(Kind::string)) {
    return object.as_object().property(index->as_string()).value_or(Value());
  }
  if (!object.is_sequence() || !index->is_number()) {
    return other_error("this value has no such element");
  }
  const auto position = to_long(*index);
  if (!position) return position.error();
  return element_at(object, *position);
}

Outcome Evaluator::apply_method(const Value& object, const Node& step) {
  const auto arguments = run_arguments(step);
  if (!arguments) return arguments.error();
  std::optional<Outcome> outcome;
  if (object.is(Kind::object)) {
    outcome = object.as_object().call(step.name, *arguments);
  } else {
    outcome = call_method(step.name, {object, *arguments, meter_, step.regex.get()});
  }
  if (outcome) return std::move(*outcome);
  const Value* const function = object.get(step.name);
  if (function != nullptr && function->is(Kind::function)) {
    return call_function_value(*function, *arguments);
  }
  return no_method(step);
}

}  // namespace tripgate::jexl

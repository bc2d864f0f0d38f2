// Statements, loops and assignment.
#include <algorithm>

#include "engine/jexl/evaluator.h"
#include "engine/jexl/jexl_limits.h"

// GCC 12 takes the text of an error for uninitialised when these outcomes are moved instead.
// NOLINTBEGIN(performance-no-automatic-move)
namespace tripgate::jexl {
namespace {

// Whether container can be reached from value: storing it there would close a ring, which counted
// references never free. Gives up, as if it could, on what is too large or too deep.
bool reaches(const Value& value, const Value& container, int depth, std::uint64_t& left) {
  if (value.is_same_object(container) || depth > kMaxNesting || left == 0) return true;
  --left;
  // A view holds values that cannot be looked into from here.
  if (value.is(Kind::object)) return true;
  if (value.is_sequence()) {
    return std::ranges::any_of(value.elements(), [&](const Value& element) {
      return reaches(element, container, depth + 1, left);
    });
  }
  if (value.is(Kind::map) || value.is(Kind::set)) {
    return std::ranges::any_of(value.entries(), [&](const Value::Entry& entry) {
      return reaches(entry.key, container, depth + 1, left) ||
             reaches(entry.value, container, depth + 1, left);
    });
  }
  if (!value.is(Kind::function)) return false;
  return std::ranges::any_of(value.as_function().captured, [&](const Value& captured) {
    return reaches(captured, container, depth + 1, left);
  });
}

constexpr std::uint64_t kReachLimit = 10'000;

}  // namespace

Outcome Evaluator::run_block(const Node& node) {
  Value last;
  for (const Node* const statement : node.children) {
    Outcome value = evaluate(*statement);
    if (!value || flow_ != Flow::next) return value;
    last = std::move(*value);
  }
  return last;
}

Outcome Evaluator::run_declaration(const Node& node) {
  Value value;
  if (!node.children.empty()) {
    Outcome initial = evaluate(*node.children[0]);
    if (!initial) return initial;
    value = std::move(*initial);
  }
  assign_slot(node.slot, value);
  return value;
}

// A function that captured the variable it is assigned to can call itself.
void Evaluator::assign_slot(std::int32_t index, Value value) {
  if (value.is(Kind::function)) {
    const Value::FunctionParts& parts = value.as_function();
    for (const FunctionBody::Capture& capture : parts.body->captures) {
      if (capture.outer != index || parts.owner != ast_) continue;
      value = Value::function(parts.owner, parts.body, parts.captured, capture.inner);
      break;
    }
  }
  slot(index) = std::move(value);
}

Outcome Evaluator::run_if(const Node& node) {
  const Outcome condition = evaluate(*node.children[0]);
  if (!condition) return condition;
  const auto truth = to_boolean(*condition);
  if (!truth) return truth.error();
  // Both branches empty: the reference looks for the first all the same.
  if (*truth && node.children.size() == 1) return other_error("this 'if' has no statement");
  if (*truth) return evaluate(*node.children[1]);
  return node.children.size() > 2 ? evaluate(*node.children[2]) : Outcome(Value());
}

// Whether the body's jump ends the loop; a jump that is meant for the loop is used up.
bool Evaluator::ends_loop() {
  if (flow_ == Flow::leave_function) return true;
  return std::exchange(flow_, Flow::next) == Flow::leave_loop;
}

Outcome Evaluator::run_for(const Node& node) {
  const Outcome container = evaluate(*node.children[0]);
  if (!container) return container;
  const std::uint64_t count =
      container->is(Kind::range) ? range_size(container->as_range()) : count_members(*container);
  Outcome last = Value();
  for (std::uint64_t i = 0; i < count; ++i) {
    if (!meter_.step()) return out_of_steps();
    // The container may have changed in the body, but never shrinks.
    Value element = container->is(Kind::range) ? range_member(container->as_range(), i)
                    : container->is_sequence() ? container->elements()[i]
                    : container->is(Kind::map) ? container->entries()[i].value
                                               : container->entries()[i].key;
    if (node.slot >= 0) {
      slot(node.slot) = std::move(element);
    } else {
      assign_name(node.name, std::move(element));
    }
    Outcome turn = evaluate(*node.children[1]);
    if (!turn || flow_ == Flow::leave_function) return turn;
    // A turn that was left early has no value.
    if (flow_ == Flow::next) last = std::move(turn);
    if (ends_loop()) return last;
  }
  return last;
}

Outcome Evaluator::run_while(const Node& node) {
  Outcome last = Value();
  while (true) {
    const Outcome condition = evaluate(*node.children[0]);
    if (!condition) return condition;
    const auto truth = to_boolean(*condition);
    if (!truth) return truth.error();
    if (!*truth) return last;
    Outcome turn = evaluate(*node.children[1]);
    if (!turn || flow_ == Flow::leave_function) return turn;
    if (flow_ == Flow::next) last = std::move(turn);
    if (ends_loop()) return last;
  }
}

void Evaluator::assign_name(std::string_view name, Value value) {
  for (auto& [known, held] : assigned_) {
    if (known != name) continue;
    held = std::move(value);
    return;
  }
  if (assigned_.size() >= kMaxVariables) meter_.exhaust();
  assigned_.emplace_back(name, std::move(value));
}

Outcome Evaluator::run_assignment(const Node& node) {
  const Node& target = *node.children[0];
  Outcome value = Value();
  if (node.op == Op::none) {
    value = evaluate(*node.children[1]);
  } else {
    Outcome left = evaluate(target);
    // Here, too, what is undefined is null.
    if (!left && left.error().kind == ErrorKind::undefined_variable) left = Value();
    if (!left) return left;
    const Outcome right = evaluate(*node.children[1]);
    if (!right) return right;
    if (left->is_null() && target.type == NodeType::path && !names_variable(target)) {
      const Outcome owner = find_owner(target);
      if (!owner) return owner;
    }
    value = calculate(node.op, *left, *right, meter_);
  }
  if (!value) return value;
  if (target.type == NodeType::path) return assign_path(target, std::move(*value));
  if (target.slot >= 0) {
    assign_slot(target.slot, *value);
  } else {
    assign_name(target.name, *value);
  }
  return value;
}

Outcome Evaluator::run_bad_assignment(const Node& node) {
  const Outcome value = evaluate(*node.children[0]);
  if (!value) return value;
  return other_error("what stands before the sign cannot be assigned to");
}

// Whether the path is the dotted name of a variable: nothing is found at its start.
bool Evaluator::names_variable(const Node& path) {
  const Node& root = *path.children[0];
  const bool is_global = root.type == NodeType::variable && root.slot < 0 && !root.is_parenthesised;
  const bool is_dotted = std::all_of(path.children.begin() + 1, path.children.end(),
                                     [](const Node* step) { return step->is_dotted_name; });
  return is_global && is_dotted && find_variable(root).value_or(Value()).is_null();
}

// What the last step of a path is assigned to.
Outcome Evaluator::find_owner(const Node& path) {
  const EvalError missing = other_error("nothing can be assigned below a missing entry");
  Outcome object = evaluate(*path.children[0]);
  if (!object && object.error().kind == ErrorKind::undefined_variable) return missing;
  for (std::size_t i = 1; i + 1 < path.children.size() && object; ++i) {
    if (object->is_null()) return missing;
    object = apply_step(*object, *path.children[i]);
  }
  return object && object->is_null() ? Outcome(missing) : object;
}

Outcome Evaluator::assign_path(const Node& target, Value value) {
  if (names_variable(target)) {
    std::string name = target.children[0]->name;
    for (std::size_t i = 1; i < target.children.size(); ++i) name += "." + target.children[i]->name;
    assign_name(name, value);
    return value;
  }
  Outcome owner = find_owner(target);
  if (!owner) return owner;
  return store_element(*owner, *target.children.back(), value);
}

Outcome Evaluator::store_element(Value& object, const Node& step, const Value& value) {
  Outcome key =
      step.type == NodeType::name_step ? Outcome(step.value) : evaluate(*step.children[0]);
  if (!key) return key;
  std::uint64_t left = kReachLimit;
  const bool is_container = value.is_sequence() || value.is(Kind::map) || value.is(Kind::set) ||
                            value.is(Kind::function) || value.is(Kind::object);
  if (is_container && (!meter_.step(kReachLimit / 10) || reaches(value, object, 0, left))) {
    return limit_error("a container cannot be stored inside itself, nor a large one anywhere");
  }
  if (object.is(Kind::map)) {
    if (!meter_.allocate(sizeof(Value::Entry))) return out_of_steps();
    object.put(std::move(*key), value);
    return value;
  }
  if (!object.is_sequence() || !key->is_number()) {
    return other_error("this value has no element to assign to");
  }
  const auto index = to_long(*key);
  if (!index) return index.error();
  if (*index < 0 || *index >= static_cast<std::int64_t>(object.elements().size())) {
    return other_error("there is no element " + std::to_string(*index));
  }
  object.set_element(static_cast<std::size_t>(*index), value);
  return value;
}

}  // namespace tripgate::jexl
// NOLINTEND(performance-no-automatic-move)

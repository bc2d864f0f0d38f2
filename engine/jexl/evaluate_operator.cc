// Operators and literals. Operands are evaluated from left to right, each once.
#include "engine/jexl/builtins.h"
#include "engine/jexl/evaluator.h"
#include "engine/jexl/value_text.h"

namespace tripgate::jexl {

Outcome Evaluator::run_logic(const Node& node) {
  const bool deciding = node.type == NodeType::logic_or;
  for (const Node* const child : node.children) {
    Outcome operand = evaluate(*child);
    if (!operand) return operand;
    const auto truth = to_boolean(*operand);
    if (!truth) return truth.error();
    if (*truth == deciding) return Value::boolean(deciding);
  }
  return Value::boolean(!deciding);
}

Outcome Evaluator::run_chain(const Node& node) {
  Outcome left = evaluate(*node.children[0]);
  for (std::size_t i = 1; i < node.children.size() && left; ++i) {
    Outcome right = evaluate(*node.children[i]);
    if (!right) return right;
    left = calculate(node.ops[i - 1], *left, *right, meter_);
  }
  return left;
}

Outcome Evaluator::run_compare(const Node& node) {
  Outcome left = evaluate(*node.children[0]);
  if (!left) return left;
  Outcome right = evaluate(*node.children[1]);
  if (!right) return right;
  const auto decide = [&]() -> Coerced<bool> {
    switch (node.op) {
      case Op::equal:
      case Op::not_equal:
        return is_equal(*left, *right, meter_);
      case Op::match:
      case Op::not_match:
        return matches(*left, *right, node.regex.get(), meter_);
      case Op::starts:
      case Op::not_starts:
        return starts_with(*left, *right, meter_);
      case Op::ends:
      case Op::not_ends:
        return ends_with(*left, *right, meter_);
      default:
        return is_ordered(node.op, *left, *right, meter_);
    }
  };
  const auto truth = decide();
  if (!truth) return truth.error();
  const bool is_negated = node.op == Op::not_equal || node.op == Op::not_match ||
                          node.op == Op::not_starts || node.op == Op::not_ends;
  return Value::boolean(*truth != is_negated);
}

Outcome Evaluator::run_range(const Node& node) {
  Outcome first = evaluate(*node.children[0]);
  if (!first) return first;
  Outcome last = evaluate(*node.children[1]);
  if (!last) return last;
  return make_range(*first, *last);
}

Outcome Evaluator::run_unary(const Node& node) {
  Outcome operand = evaluate(*node.children[0]);
  if (!operand) return operand;
  if (node.op == Op::negate) return negate(*operand);
  if (node.op == Op::complement) return complement(*operand);
  const auto truth = to_boolean(*operand);
  if (!truth) return truth.error();
  return Value::boolean(!*truth);
}

// Here null counts as false.
Outcome Evaluator::run_conditional(const Node& node) {
  Outcome condition = evaluate(*node.children[0]);
  if (!condition) return condition;
  const auto truth = condition->is_null() ? Coerced<bool>(false) : to_boolean(*condition);
  if (!truth) return truth.error();
  if (node.type == NodeType::elvis) return *truth ? condition : evaluate(*node.children[1]);
  return evaluate(*node.children[*truth ? 1 : 2]);
}

// The prefix forms swallow the failures of their operand.
Outcome Evaluator::run_size(const Node& node) {
  const bool is_size = node.type == NodeType::size_of;
  Outcome operand = evaluate(*node.children[0]);
  if (operand) return is_size ? size_of(*operand) : Value::boolean(is_empty(*operand));
  const EvalError error = operand.error();
  if (error.is_foreign || error.kind == ErrorKind::limit) return operand;
  return is_size ? Value::int32(0) : Value::boolean(true);
}

Outcome Evaluator::run_sequence(const Node& node) {
  if (!meter_.allocate(node.children.size() * sizeof(Value))) return out_of_steps();
  std::vector<Value> elements;
  elements.reserve(node.children.size());
  for (const Node* const child : node.children) {
    Outcome element = evaluate(*child);
    if (!element) return element;
    elements.push_back(std::move(*element));
  }
  return node.type == NodeType::list ? Value::list(std::move(elements))
                                     : Value::array(std::move(elements));
}

Outcome Evaluator::run_set(const Node& node) {
  if (!meter_.allocate(node.children.size() * sizeof(Value::Entry))) return out_of_steps();
  std::vector<Value> members;
  for (const Node* const child : node.children) {
    Outcome member = evaluate(*child);
    if (!member) return member;
    members.push_back(std::move(*member));
  }
  return Value::set(std::move(members));
}

Outcome Evaluator::run_map(const Node& node) {
  if (!meter_.allocate(node.children.size() * sizeof(Value::Entry))) return out_of_steps();
  std::vector<Value::Entry> entries;
  for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
    Outcome key = evaluate(*node.children[i]);
    if (!key) return key;
    Outcome value = evaluate(*node.children[i + 1]);
    if (!value) return value;
    entries.push_back({std::move(*key), std::move(*value)});
  }
  return Value::map(std::move(entries));
}

Outcome Evaluator::run_interpolation(const Node& node) {
  if (node.children.size() == 1) return evaluate(*node.children[0]);
  std::string text;
  for (const Node* const child : node.children) {
    Outcome part = evaluate(*child);
    if (!part) return part;
    if (part->is_null()) continue;
    const auto piece = to_text(*part, meter_.memory_left());
    if (!piece || !meter_.allocate(piece->size())) return out_of_steps();
    text += *piece;
  }
  return Value::string(text);
}

}  // namespace tripgate::jexl

// Calls of functions, and functions as values.
#include <algorithm>

#include "engine/jexl/builtins.h"
#include "engine/jexl/evaluator.h"
#include "engine/jexl/jexl_limits.h"

namespace tripgate::jexl {

Result<std::vector<Value>, EvalError> Evaluator::run_arguments(const Node& call) {
  std::vector<Value> arguments;
  arguments.reserve(call.children.size());
  for (const Node* const child : call.children) {
    Outcome argument = evaluate(*child);
    if (!argument) return argument.error();
    arguments.push_back(std::move(*argument));
  }
  return arguments;
}

Outcome Evaluator::run_call(const Node& node) {
  const auto arguments = run_arguments(node);
  if (!arguments) return arguments.error();
  const std::optional<Value> function = node.slot >= 0 ? slot(node.slot) : find_named(node.name);
  if (function && function->is(Kind::function)) return call_function_value(*function, *arguments);
  auto outcome = context_.call(node.name, *arguments);
  if (!outcome) outcome = call_function(node.name, *arguments, meter_);
  if (outcome) return std::move(*outcome);
  return EvalError(ErrorKind::undefined_method, "there is no function " + node.name);
}

Outcome Evaluator::make_function(const Node& node) {
  std::vector<Value> captured;
  for (const FunctionBody::Capture& capture : node.body->captures) {
    captured.push_back(slot(capture.outer));
  }
  return Value::function(ast_, node.body.get(), std::move(captured));
}

Outcome Evaluator::call_function_value(const Value& function, std::span<const Value> arguments) {
  if (++call_depth_ > kMaxCallDepth) return limit_error("functions call each other too deeply");
  const Value::FunctionParts& parts = function.as_function();
  std::vector<Value> slots(parts.body->slot_count);
  const std::size_t given = std::min(arguments.size(), parts.body->parameter_count);
  std::copy_n(arguments.begin(), given, slots.begin());
  for (std::size_t i = 0; i < parts.captured.size(); ++i) {
    slots[static_cast<std::size_t>(parts.body->captures[i].inner)] = parts.captured[i];
  }
  if (parts.self_slot >= 0) slots[static_cast<std::size_t>(parts.self_slot)] = function;
  std::swap(slots, slots_);
  // The body may belong to another script than the one that calls.
  std::shared_ptr<const Ast> caller = std::exchange(ast_, parts.owner);
  Outcome outcome = evaluate(*parts.body->root);
  ast_ = std::move(caller);
  std::swap(slots, slots_);
  flow_ = Flow::next;
  --call_depth_;
  return outcome;
}

}  // namespace tripgate::jexl

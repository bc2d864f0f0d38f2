// Glue between parser, tree and evaluator.
#include "engine/jexl/expression.h"

#include "engine/jexl/evaluator.h"

namespace tripgate::jexl {

std::optional<Value> MapContext::find(std::string_view name) const {
  const Value* const value = variables_.get(name);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

Result<Expression, Diagnostic> Expression::parse(std::string_view text, Form form,
                                                 const std::vector<std::string>& bound_names) {
  auto ast = jexl::parse(text, form, bound_names);
  if (!ast) return ast.error();
  return Expression(std::move(*ast));
}

Result<Value, EvalError> Expression::evaluate(const Context& context, const Budget& budget) const {
  Meter meter(budget);
  return evaluate(context, meter);
}

Result<Value, EvalError> Expression::evaluate(const Context& context, Meter& meter,
                                              std::span<const Value> bound) const {
  return Evaluator(ast_, context, meter, bound).run();
}

}  // namespace tripgate::jexl

// A tree depends on its text and on the variables that are bound, so both make the key.
#include "engine/jexl/expression_pool.h"

namespace tripgate::jexl {
namespace {

std::string key_of(const std::string& text, const std::vector<std::string>& bound_names) {
  std::string key;
  for (const std::string& name : bound_names) {
    key += name;
    key += '\0';  // No name of a variable has one.
  }
  key += '\0';
  return key += text;
}

}  // namespace

Result<Expression, Diagnostic> ExpressionPool::parse(const std::string& text,
                                                     const std::vector<std::string>& bound_names) {
  Diagnostic complaint;
  auto tree = trees_.get(key_of(text, bound_names), [&]() -> std::shared_ptr<const Ast> {
    auto parsed = Expression::parse(text, Form::script, bound_names);
    if (parsed) return parsed->ast_;
    complaint = parsed.error();
    return nullptr;
  });
  if (tree == nullptr) return complaint;
  return Expression(std::move(tree));
}

}  // namespace tripgate::jexl

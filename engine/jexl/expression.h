// The public face of the language: parse once, evaluate often.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/jexl/budget.h"
#include "engine/jexl/eval_error.h"
#include "engine/jexl/parser.h"
#include "engine/jexl/value.h"

namespace tripgate::jexl {

/// The variables of an evaluation, asked for when an expression names them.
class Context {
 public:
  virtual ~Context() = default;

  /// The variable of that name, which may be null; nothing if it is not defined.
  [[nodiscard]] virtual std::optional<Value> find(std::string_view name) const = 0;

  /// A function of the host's, called as `name(arguments)`; nothing if there is none.
  [[nodiscard]] virtual std::optional<Result<Value, EvalError>> call(
      std::string_view name, std::span<const Value> arguments) const {
    (void)name;
    (void)arguments;
    return std::nullopt;
  }
};

/// The entries of a map as variables.
class MapContext final : public Context {
 public:
  explicit MapContext(Value variables) : variables_(std::move(variables)) {}
  [[nodiscard]] std::optional<Value> find(std::string_view name) const override;

 private:
  Value variables_;
};

/// A parsed script or expression. Immutable: one may be evaluated by several threads at once.
class Expression {
 public:
  /// Errors: line, column and what was expected. bound_names are further variables, whose values
  /// are given to evaluate() in the same order.
  [[nodiscard]] static Result<Expression, Diagnostic> parse(
      std::string_view text, Form form = Form::script,
      const std::vector<std::string>& bound_names = {});

  /// The value of the last statement. Reads the context, changes nothing outside. Never throws,
  /// never exceeds the budget (ErrorKind::limit).
  [[nodiscard]] Result<Value, EvalError> evaluate(const Context& context,
                                                  const Budget& budget = {}) const;

  /// The same on a meter shared with other evaluations.
  [[nodiscard]] Result<Value, EvalError> evaluate(const Context& context, Meter& meter,
                                                  std::span<const Value> bound = {}) const;

  [[nodiscard]] const std::string& source() const { return ast_->source; }
  [[nodiscard]] const Ast& ast() const { return *ast_; }

 private:
  friend class ExpressionPool;
  explicit Expression(std::shared_ptr<const Ast> ast) : ast_(std::move(ast)) {}

  std::shared_ptr<const Ast> ast_;
};

}  // namespace tripgate::jexl

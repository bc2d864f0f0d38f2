// Walks the tree of one script once.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/jexl/ast.h"
#include "engine/jexl/expression.h"
#include "engine/jexl/operators.h"

namespace tripgate::jexl {

/// One evaluation: local slots, assigned variables, and the meter. Source: jexl.md sections 5
/// to 10.
class Evaluator {
 public:
  Evaluator(const std::shared_ptr<const Ast>& ast, const Context& context, Meter& meter,
            std::span<const Value> bound)
      : ast_(ast), context_(context), meter_(meter), bound_(bound) {}

  [[nodiscard]] Outcome run();

 private:
  /// How a statement ended.
  enum class Flow : std::uint8_t { next, leave_loop, next_turn, leave_function };

  Outcome evaluate(const Node& node);
  Outcome dispatch(const Node& node);

  // evaluate_operator.cc
  Outcome run_logic(const Node& node);
  Outcome run_chain(const Node& node);
  Outcome run_compare(const Node& node);
  Outcome run_range(const Node& node);
  Outcome run_unary(const Node& node);
  Outcome run_conditional(const Node& node);
  Outcome run_size(const Node& node);
  Outcome run_sequence(const Node& node);
  Outcome run_set(const Node& node);
  Outcome run_map(const Node& node);
  Outcome run_interpolation(const Node& node);

  // evaluate_path.cc
  Outcome run_variable(const Node& node);
  Outcome run_path(const Node& path);
  const Value* walk_names(const Node& path, std::size_t& i, const Value* at);
  Outcome apply_step(const Value& object, const Node& step);
  Outcome apply_name(const Value& object, const Node& step);
  Outcome apply_index(const Value& object, const Node& step);
  Outcome apply_method(const Value& object, const Node& step);
  Outcome element_at(const Value& list, std::int64_t index);
  [[nodiscard]] std::optional<Value> find_variable(const Node& name);
  [[nodiscard]] std::optional<Value> find_named(std::string_view name);

  // evaluate_call.cc
  Outcome run_call(const Node& node);
  Outcome make_function(const Node& node);
  Outcome call_function_value(const Value& function, std::span<const Value> arguments);
  Result<std::vector<Value>, EvalError> run_arguments(const Node& call);

  // evaluate_statement.cc
  Outcome run_block(const Node& node);
  Outcome run_declaration(const Node& node);
  Outcome run_if(const Node& node);
  Outcome run_for(const Node& node);
  Outcome run_while(const Node& node);
  Outcome run_assignment(const Node& node);
  Outcome run_bad_assignment(const Node& node);
  bool names_variable(const Node& path);
  Outcome find_owner(const Node& path);
  Outcome assign_path(const Node& target, Value value);
  Outcome store_element(Value& object, const Node& step, const Value& value);
  void assign_name(std::string_view name, Value value);
  void assign_slot(std::int32_t slot, Value value);
  [[nodiscard]] bool ends_loop();

  [[nodiscard]] Value& slot(std::int32_t index) { return slots_[static_cast<std::size_t>(index)]; }
  [[nodiscard]] EvalError out_of_steps() const;

  std::shared_ptr<const Ast> ast_;
  const Context& context_;
  Meter& meter_;
  std::span<const Value> bound_;
  std::vector<Value> slots_;                             // Locals of the function that runs.
  std::vector<std::pair<std::string, Value>> assigned_;  // Variables that the script defined.
  Flow flow_ = Flow::next;
  int call_depth_ = 0;
};

}  // namespace tripgate::jexl

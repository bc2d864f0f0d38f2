// The dispatch: node type -> what it does. Every node costs a step; the parser bounds the nesting,
// so the recursion is bounded too.
#include "engine/jexl/evaluator.h"

#include "engine/jexl/jexl_limits.h"

namespace tripgate::jexl {

EvalError Evaluator::out_of_steps() const {
  return limit_error("the expression takes too many steps");
}

Outcome Evaluator::run() {
  if (ast_->bad_number_offset >= 0) {
    EvalError error = arithmetic_error("this number does not fit its type");
    error.offset = static_cast<std::uint32_t>(ast_->bad_number_offset);
    error.is_foreign = true;
    return error;
  }
  slots_.resize(ast_->script.slot_count);
  Outcome outcome = evaluate(*ast_->script.root);
  // A script that is nothing but a function is called.
  if (outcome && ast_->script.root->type == NodeType::lambda) {
    return call_function_value(*outcome, {});
  }
  return outcome;
}

Outcome Evaluator::evaluate(const Node& node) {
  if (!meter_.step()) return out_of_steps();
  Outcome outcome = dispatch(node);
  if (outcome) return outcome;
  EvalError error = outcome.error();
  if (error.offset != EvalError::kNoOffset) return outcome;
  error.offset = node.offset;
  return error;
}

Outcome Evaluator::dispatch(const Node& node) {
  switch (node.type) {
    case NodeType::literal:
      return node.value;
    case NodeType::variable:
      return run_variable(node);
    case NodeType::path:
      return run_path(node);
    case NodeType::logic_and:
    case NodeType::logic_or:
      return run_logic(node);
    case NodeType::compare:
      return run_compare(node);
    case NodeType::chain:
      return run_chain(node);
    case NodeType::unary:
      return run_unary(node);
    case NodeType::ternary:
    case NodeType::elvis:
      return run_conditional(node);
    case NodeType::range:
      return run_range(node);
    case NodeType::size_of:
    case NodeType::empty_of:
      return run_size(node);
    case NodeType::array:
    case NodeType::list:
      return run_sequence(node);
    case NodeType::set:
      return run_set(node);
    case NodeType::map:
      return run_map(node);
    case NodeType::call:
      return run_call(node);
    case NodeType::lambda:
      return make_function(node);
    case NodeType::interpolation:
      return run_interpolation(node);
    case NodeType::assign:
      return run_assignment(node);
    case NodeType::block:
      return run_block(node);
    case NodeType::declare:
      return run_declaration(node);
    case NodeType::if_else:
      return run_if(node);
    case NodeType::for_each:
      return run_for(node);
    case NodeType::while_loop:
      return run_while(node);
    case NodeType::break_loop:
      flow_ = Flow::leave_loop;
      return Value();
    case NodeType::continue_loop:
      flow_ = Flow::next_turn;
      return Value();
    case NodeType::return_value: {
      Outcome value = evaluate(*node.children[0]);
      flow_ = Flow::leave_function;
      return value;
    }
    case NodeType::bad_assign:
      return run_bad_assignment(node);
    case NodeType::failure:
      return EvalError(node.error, node.name);
    case NodeType::namespace_call:
      return other_error("there is no namespace " + node.name);
    default:
      return other_error("a step of a path stands alone");
  }
}

}  // namespace tripgate::jexl

// The syntax tree: flat storage, children by pointer, immutable once parsed and shared by threads.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "engine/jexl/eval_error.h"
#include "engine/jexl/value.h"

namespace tripgate::jexl {

class Regex;

enum class NodeType : std::uint8_t {
  // Statements.
  block,       // children: statements; its value is the last one's
  declare,     // var; slot; children: the initial value or nothing
  if_else,     // children: condition, then, else; an empty branch `;` is left out
  for_each,    // name, slot or -1; children: container, body
  while_loop,  // children: condition, body
  break_loop,
  continue_loop,
  return_value,  // children: value
  // Expressions.
  literal,         // value
  variable,        // name, slot or -1
  path,            // children: root, then steps
  assign,          // op; children: target (variable or path), value
  bad_assign,      // children: value; what stands before it cannot be assigned to
  ternary,         // children: condition, then, else
  elvis,           // children: condition, else
  logic_and,       // children: operands
  logic_or,        // children: operands
  chain,           // operands of one level, grouped left; ops[i] stands before children[i + 1]
  compare,         // op; children: left, right
  range,           // children: first, last
  unary,           // op; children: operand
  size_of,         // children: operand
  empty_of,        // children: operand
  array,           // children: elements
  list,            // children: elements
  set,             // children: members
  map,             // children: key, value, key, value, ...
  call,            // name; children: arguments
  namespace_call,  // name; children: arguments
  lambda,          // body
  interpolation,   // children: the parts to be joined
  failure,         // name: why; fails with error where it is evaluated
  // Steps of a path.
  name_step,    // value: the key; a plain digit name is an Integer
  index_step,   // children: index expressions
  method_step,  // name; children: arguments
  call_step,    // children: arguments of a call to what stands before
  size_step,    // .size()
  empty_step,   // .empty()
};

enum class Op : std::uint8_t {
  none,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  bit_and,
  bit_or,
  bit_xor,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  match,
  not_match,
  starts,
  not_starts,
  ends,
  not_ends,
  negate,
  complement,
  logic_not,
};

struct FunctionBody;

struct Node {
  NodeType type = NodeType::literal;
  Op op = Op::none;
  bool is_parenthesised = false;
  /// A direct operand of `? :` or `?:`: undefined reads as null there.
  bool is_protected = false;
  /// The step is a name that may be part of a dotted variable.
  bool is_dotted_name = false;
  /// The step is a name without a meaning of its own, so it only ever names an entry of a map.
  bool is_plain_name = false;
  std::uint32_t offset = 0;  // In the source, for complaints.
  std::int32_t bound = -1;   // Of a variable that stands for a wrapper, its number.
  std::int32_t slot = -1;    // Of a local variable; -1: asked from the context.
  std::string name;
  Value value;
  ErrorKind error = ErrorKind::other;  // Of a failure.
  std::vector<const Node*> children;
  std::vector<Op> ops;
  std::unique_ptr<FunctionBody> body;
  /// Compiled where the right operand of a match, or a method's pattern, is a literal.
  std::shared_ptr<const Regex> regex;
};

/// A parsed function literal, or the script itself.
struct FunctionBody {
  const Node* root = nullptr;
  std::size_t parameter_count = 0;  // Parameters take the first slots.
  std::size_t slot_count = 0;
  /// Slot in the surrounding function -> slot in here, filled when the function is made.
  struct Capture {
    std::int32_t outer = 0;
    std::int32_t inner = 0;
  };
  std::vector<Capture> captures;
  /// Slot names, for finding the one that a recursive function is assigned to.
  std::vector<std::string> slot_names;
};

struct Ast {
  std::string source;
  std::deque<Node> nodes;
  FunctionBody script;
  /// The script assigns to elements, so it needs a private copy of its variables.
  bool mutates_containers = false;
  /// The script assigns to variables that are not local.
  bool assigns_variables = false;
  /// Where a number stands that its type cannot hold; running the script fails. -1: nowhere.
  std::int64_t bad_number_offset = -1;
};

}  // namespace tripgate::jexl

// Literals, names, paths, calls and functions, with the scopes that decide what a name means.
#include <algorithm>
#include <limits>
#include <utility>

#include "engine/jexl/jexl_limits.h"
#include "engine/jexl/lexer.h"
#include "engine/jexl/number_text.h"
#include "engine/jexl/operators.h"
#include "engine/jexl/parser.h"
#include "engine/jexl/regex.h"

namespace tripgate::jexl {
namespace {

// A plain digit name is the Integer key; one with leading zeros stays text.
Value key_of(const std::string& name) {
  const bool has_leading_zero = name.size() > 1 && name[0] == '0';
  const bool is_number = !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
  if (!is_number || has_leading_zero || name.size() > 9) return Value::string(name);
  return Value::integer(parse_java_long(name).value_or(0));
}

// The reference answers `.class`, `.empty` and `.''` of a map itself.
bool is_plain(const std::string& name) {
  return name != "class" && name != "empty" && !name.empty();
}

// A literal pattern is compiled once, with the script.
void compile_pattern(Node& call) {
  const bool takes_pattern = call.name == "matches" || call.name == "split" ||
                             call.name == "replaceAll" || call.name == "replaceFirst";
  if (!takes_pattern || call.children.empty()) return;
  const Node& first = *call.children[0];
  if (first.type != NodeType::literal || !first.value.is(Kind::string)) return;
  call.regex = Regex::compile_shared(first.value.as_string());
}

}  // namespace

Node* Parser::make_literal(const Token& token) {
  Node* const node = add(NodeType::literal, token.offset);
  node->value = token.value;
  if (token.is_out_of_range) ast_.bad_number_offset = token.offset;
  return node;
}

Node* Parser::make_variable(const Token& name) {
  Node* const node = add(NodeType::variable, name.offset);
  node->name = name.text;
  node->slot = resolve(*scope_, name.text);
  const auto bound = std::ranges::find(bound_names_, name.text);
  if (bound != bound_names_.end()) {
    node->bound = static_cast<std::int32_t>(bound - bound_names_.begin());
  }
  return node;
}

std::int32_t Parser::find_slot(const FunctionBody& body, const std::string& name) {
  const auto found = std::ranges::find(body.slot_names, name);
  return found == body.slot_names.end()
             ? -1
             : static_cast<std::int32_t>(found - body.slot_names.begin());
}

std::int32_t Parser::declare(const std::string& name) {
  FunctionBody& body = *scope_->body;
  const std::int32_t known = find_slot(body, name);
  if (known >= 0) return known;
  if (body.slot_names.size() == kMaxVariables) has_too_many_names_ = true;
  if (has_too_many_names_) return 0;
  body.slot_names.push_back(name);
  body.slot_count = body.slot_names.size();
  return static_cast<std::int32_t>(body.slot_count - 1);
}

// A local of the surrounding function gets a slot in this one too, filled at its creation.
std::int32_t Parser::resolve(Scope& scope, const std::string& name) {
  const std::int32_t own = find_slot(*scope.body, name);
  if (own >= 0 || scope.outer == nullptr) return own;
  const std::int32_t outer = resolve(*scope.outer, name);
  if (outer < 0) return -1;
  if (scope.body->slot_names.size() == kMaxVariables) has_too_many_names_ = true;
  if (has_too_many_names_) return 0;
  scope.body->slot_names.push_back(name);
  scope.body->slot_count = scope.body->slot_names.size();
  const auto inner = static_cast<std::int32_t>(scope.body->slot_count - 1);
  scope.body->captures.push_back({outer, inner});
  return inner;
}

Node* Parser::parse_reference() {
  Node* const root = parse_primary();
  if (root == nullptr) return nullptr;
  Node* path = nullptr;
  while (true) {
    const bool is_call = peek().is_symbol("(") && (path != nullptr || root->is_parenthesised);
    if (!is_call && !peek().is_symbol(".") && !peek().is_symbol("[")) break;
    if (path == nullptr) {
      path = add(NodeType::path, root->offset);
      path->children.push_back(root);
    }
    if (parse_step(path) == nullptr) return nullptr;
  }
  return path == nullptr ? root : path;
}

Node* Parser::parse_step(Node* path) {
  const Token& token = peek();
  Node* step = nullptr;
  if (token.is_symbol("(")) {
    step = add(NodeType::call_step, token.offset);
    if (!parse_arguments(step)) return nullptr;
  } else if (token.is_symbol("[")) {
    step = add(NodeType::index_step, take().offset);
    Node* const index = parse_expression();
    if (index == nullptr || !expect("]")) return nullptr;
    step->children.push_back(index);
  } else {
    step = parse_dot_step();
  }
  if (step != nullptr) path->children.push_back(step);
  return step;
}

Node* Parser::parse_dot_step() {
  take();
  const Token name = take();
  if (name.type == TokenType::string) {
    const std::string text(name.value.as_string());
    if (peek().is_symbol("(")) return parse_method({TokenType::name, name.offset, text, {}, false});
    Node* const step = add(NodeType::name_step, name.offset);
    step->name = text;
    step->value = key_of(step->name);
    step->is_dotted_name = true;
    step->is_plain_name = is_plain(step->name);
    return step;
  }
  const bool is_size = name.is_keyword("size");
  if (is_size || name.is_keyword("empty")) {
    if (!accept("(") || !accept(")")) {
      return fail(name, "'" + name.text + "' is a keyword here: write ['" + name.text + "'] or ." +
                            name.text + "()");
    }
    return add(is_size ? NodeType::size_step : NodeType::empty_step, name.offset);
  }
  if (name.type == TokenType::keyword) {
    return fail(name, "'" + name.text + "' is a keyword: write ['" + name.text + "']");
  }
  if (name.type != TokenType::name) return fail(name, "a name was expected after '.'");
  if (peek().is_symbol("(")) return parse_method(name);
  Node* const step = add(NodeType::name_step, name.offset);
  step->value = key_of(name.text);
  step->name = name.text;
  step->is_dotted_name = true;
  step->is_plain_name = is_plain(step->name);
  return step;
}

Node* Parser::parse_method(const Token& name) {
  Node* const step = add(NodeType::method_step, name.offset);
  step->name = name.text;
  if (!parse_arguments(step)) return nullptr;
  compile_pattern(*step);
  return step;
}

bool Parser::parse_arguments(Node* call) {
  if (!expect("(")) return false;
  if (accept(")")) return true;
  do {
    Node* const argument = parse_expression();
    if (argument == nullptr) return false;
    call->children.push_back(argument);
  } while (accept(","));
  return expect(")");
}

Node* Parser::parse_primary() {
  const Token& token = peek();
  switch (token.type) {
    case TokenType::number:
    case TokenType::string:
      return make_literal(take());
    case TokenType::interpolation:
      return parse_interpolation();
    case TokenType::keyword:
      return parse_keyword_primary();
    case TokenType::name:
      return is_lambda_ahead() ? parse_lambda() : parse_name();
    case TokenType::symbol:
      if (token.text == "(") return is_lambda_ahead() ? parse_lambda() : parse_parenthesised();
      if (token.text == "[") return parse_brackets();
      if (token.text == "{") return parse_braces();
      return fail(token, "a value was expected instead of '" + token.text + "'");
    case TokenType::end:
      break;
  }
  return fail(token, "a value was expected, but the text ends here");
}

Node* Parser::parse_keyword_primary() {
  if (peek().is_keyword("function")) return parse_lambda();
  const Token token = take();
  Node* const node = add(NodeType::literal, token.offset);
  if (token.text == "true" || token.text == "false") {
    node->value = Value::boolean(token.text == "true");
  } else if (token.text == "NaN") {
    node->value = Value::float64(std::numeric_limits<double>::quiet_NaN());
  } else if (token.text == "new") {
    return fail(token, "objects cannot be created here");
  } else if (token.text != "null") {
    return fail(token, "a value was expected instead of the keyword '" + token.text + "'");
  }
  return node;
}

Node* Parser::parse_name() {
  const Token name = take();
  const bool is_namespaced =
      peek().is_symbol(":") && peek(1).type == TokenType::name && peek(2).is_symbol("(");
  if (is_namespaced) {
    take();
    Node* const call = add(NodeType::namespace_call, name.offset);
    call->name = name.text + ":" + take().text;
    return parse_arguments(call) ? call : nullptr;
  }
  if (!peek().is_symbol("(")) return make_variable(name);
  Node* const call = add(NodeType::call, name.offset);
  call->name = name.text;
  call->slot = resolve(*scope_, name.text);
  return parse_arguments(call) ? call : nullptr;
}

Node* Parser::parse_parenthesised() {
  take();
  Node* const inner = parse_expression();
  if (inner == nullptr || !expect(")")) return nullptr;
  inner->is_parenthesised = true;
  return inner;
}

Node* Parser::parse_brackets() {
  Node* const node = add(NodeType::array, take().offset);
  if (accept("]")) return node;
  while (true) {
    if (accept("...")) {
      node->type = NodeType::list;
      return expect("]") ? node : nullptr;
    }
    Node* const element = parse_expression();
    if (element == nullptr) return nullptr;
    node->children.push_back(element);
    if (!accept(",")) return expect("]") ? node : nullptr;
  }
}

Node* Parser::parse_braces() {
  const std::size_t start = position_;
  if (no_literal_.contains(start)) return fail(peek(), "a set or map was expected");
  Node* const node = add(NodeType::set, take().offset);
  Node* const done = parse_brace_contents(node);
  if (done == nullptr) no_literal_.insert(start);
  return done;
}

Node* Parser::parse_brace_contents(Node* braces) {
  if (accept("}")) return braces;
  if (accept(":")) {
    braces->type = NodeType::map;
    return expect("}") ? braces : nullptr;
  }
  do {
    Node* const key = parse_expression();
    if (key == nullptr) return nullptr;
    braces->children.push_back(key);
    if (braces->children.size() == 1 && peek().is_symbol(":")) braces->type = NodeType::map;
    if (braces->type == NodeType::set) continue;
    if (!expect(":")) return nullptr;
    Node* const value = parse_expression();
    if (value == nullptr) return nullptr;
    braces->children.push_back(value);
  } while (accept(","));
  return expect("}") ? braces : nullptr;
}

bool Parser::is_lambda_ahead() const {
  if (peek().type == TokenType::name) return peek(1).is_symbol("->");
  std::size_t at = 1;
  while (peek(at).type == TokenType::name || peek(at).is_symbol(",")) ++at;
  return peek(at).is_symbol(")") && peek(at + 1).is_symbol("->");
}

bool Parser::parse_parameters(FunctionBody& body) {
  const auto add_parameter = [this, &body] {
    if (peek().type != TokenType::name) {
      fail(peek(), "the name of a parameter was expected");
      return false;
    }
    body.slot_names.push_back(take().text);
    return true;
  };
  bool is_complete = true;
  if (!accept("(")) {
    is_complete = add_parameter();
  } else if (!accept(")")) {
    do is_complete = add_parameter();
    while (is_complete && accept(","));
    is_complete = is_complete && expect(")");
  }
  body.parameter_count = body.slot_names.size();
  body.slot_count = body.parameter_count;
  return is_complete;
}

Node* Parser::parse_lambda() {
  Node* const node = add(NodeType::lambda, peek().offset);
  node->body = std::make_unique<FunctionBody>();
  const bool has_keyword = peek().is_keyword("function");
  if (has_keyword) take();
  if (!parse_parameters(*node->body)) return nullptr;
  if (!has_keyword && !expect("->")) return nullptr;
  Scope scope{node->body.get(), scope_};
  scope_ = &scope;
  const int loops = std::exchange(loops_, 0);
  node->body->root = parse_block();
  loops_ = loops;
  scope_ = scope.outer;
  return node->body->root == nullptr ? nullptr : node;
}

}  // namespace tripgate::jexl

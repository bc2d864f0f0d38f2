// Statements. A brace at the start of one is a set or map if it reads as such, else a block.
#include "engine/jexl/parser.h"

#include <utility>

namespace tripgate::jexl {

// The reference takes a brace at the start of a statement for a block only if the first statement
// in it ends with ';'. Only a statement that is an expression takes its ';' with it, so after any
// other, and after an expression inside it, one has to follow.
bool Parser::ends_first_statement(bool is_compound) const {
  return peek().is_symbol(";") || (!is_compound && tokens_[position_ - 1].is_symbol(";"));
}

Node* Parser::parse_statements(std::string_view closing, bool is_bare_block) {
  Node* const block = add(NodeType::block, peek().offset);
  bool is_first = is_bare_block;
  while (peek().type != TokenType::end && !has_too_many_names_ &&
         (closing.empty() || !peek().is_symbol(closing))) {
    const bool is_compound =
        peek().is_keyword("if") || peek().is_keyword("for") || peek().is_keyword("while");
    const bool is_empty = accept(";");
    Node* const statement = is_empty ? block : parse_statement();
    if (statement == nullptr) return nullptr;
    if (std::exchange(is_first, false) && !ends_first_statement(is_empty || is_compound)) {
      return fail(peek(), "';' was expected");
    }
    if (!is_empty) block->children.push_back(statement);
  }
  // A single statement needs no block around it.
  if (block->children.size() != 1) return block;
  return const_cast<Node*>(block->children.front());
}

Node* Parser::parse_statement() {
  const Nesting nesting(*this);
  if (nesting.is_too_deep()) return nullptr;
  const Token& token = peek();
  if (token.is_keyword("var")) return parse_declaration();
  if (token.is_keyword("if")) return parse_if();
  if (token.is_keyword("for")) return parse_for();
  if (token.is_keyword("while")) return parse_while();
  if (token.is_keyword("return")) return parse_return();
  if (token.is_keyword("break") || token.is_keyword("continue")) return parse_jump();
  if (!token.is_symbol("{")) return parse_expression_statement();
  if (!no_literal_.contains(position_)) {
    const std::size_t start = position_;
    const std::uint32_t failed_at = failed_at_;
    const std::string message = message_;
    Node* const expression = parse_expression();
    if (expression != nullptr) return finish_statement(expression);
    no_literal_.insert(start);
    position_ = start;
    failed_at_ = failed_at;
    message_ = message;
  }
  return parse_block(true);
}

bool Parser::ends_statement() const {
  const Token& token = peek();
  if (token.type == TokenType::end || token.is_symbol(";") || token.is_symbol("}")) return true;
  constexpr std::string_view kStarts[] = {"if",  "for",   "while",    "return",
                                          "var", "break", "continue", "else"};
  for (const std::string_view word : kStarts) {
    if (token.is_keyword(word)) return true;
  }
  return false;
}

Node* Parser::parse_expression_statement() {
  Node* const expression = parse_expression();
  return expression == nullptr ? nullptr : finish_statement(expression);
}

// Two expressions side by side are an error.
Node* Parser::finish_statement(Node* expression) {
  if (!ends_statement()) return fail(peek(), "an operator or ';' was expected");
  accept(";");
  return expression;
}

Node* Parser::parse_block(bool is_bare) {
  const Nesting nesting(*this);
  if (nesting.is_too_deep() || !expect("{")) return nullptr;
  Node* const block = parse_statements("}", is_bare);
  return block != nullptr && expect("}") ? block : nullptr;
}

Node* Parser::parse_body() {
  if (peek().is_symbol("{")) return parse_block();
  if (accept(";")) return add(NodeType::block, peek().offset);
  return parse_statement();
}

Node* Parser::parse_declaration() {
  Node* const node = add(NodeType::declare, take().offset);
  if (peek().type != TokenType::name) return fail(peek(), "the name of a variable was expected");
  node->name = take().text;
  node->slot = declare(node->name);
  if (accept("=")) {
    Node* const value = parse_expression();
    if (value == nullptr) return nullptr;
    node->children.push_back(value);
  }
  return node;
}

Node* Parser::parse_if() {
  Node* const node = add(NodeType::if_else, take().offset);
  if (!expect("(")) return nullptr;
  Node* const condition = parse_expression();
  if (condition == nullptr || !expect(")")) return nullptr;
  node->children = {condition};
  if (!parse_branch(node)) return nullptr;
  if (!peek().is_keyword("else")) return node;
  take();
  return parse_branch(node) ? node : nullptr;
}

// An empty branch leaves no trace: the one of `else` then takes the place of the first.
bool Parser::parse_branch(Node* node) {
  if (accept(";")) return true;
  Node* const branch = parse_body();
  if (branch != nullptr) node->children.push_back(branch);
  return branch != nullptr;
}

Node* Parser::parse_for() {
  Node* const node = add(NodeType::for_each, take().offset);
  if (!expect("(")) return nullptr;
  const bool is_local = peek().is_keyword("var");
  if (is_local) take();
  if (peek().type != TokenType::name) return fail(peek(), "the name of a variable was expected");
  node->name = take().text;
  if (is_local) node->slot = declare(node->name);
  if (!is_local) ast_.assigns_variables = true;
  if (!expect(":")) return nullptr;
  Node* const container = parse_expression();
  if (container == nullptr || !expect(")")) return nullptr;
  ++loops_;
  Node* const body = parse_body();
  --loops_;
  if (body == nullptr) return nullptr;
  node->children = {container, body};
  return node;
}

Node* Parser::parse_while() {
  Node* const node = add(NodeType::while_loop, take().offset);
  if (!expect("(")) return nullptr;
  Node* const condition = parse_expression();
  if (condition == nullptr || !expect(")")) return nullptr;
  ++loops_;
  Node* const body = parse_body();
  --loops_;
  if (body == nullptr) return nullptr;
  node->children = {condition, body};
  return node;
}

Node* Parser::parse_return() {
  Node* const node = add(NodeType::return_value, take().offset);
  Node* const value = parse_expression();
  if (value == nullptr) return nullptr;
  node->children.push_back(value);
  return node;
}

Node* Parser::parse_jump() {
  const Token token = take();
  if (loops_ == 0) return fail(token, "'" + token.text + "' may only stand inside a loop");
  return add(token.text == "break" ? NodeType::break_loop : NodeType::continue_loop, token.offset);
}

}  // namespace tripgate::jexl

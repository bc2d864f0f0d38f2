// Tokens -> syntax tree.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/jexl/ast.h"
#include "engine/jexl/token.h"

namespace tripgate::jexl {

/// A script may hold statements; an expression is a single one.
enum class Form : std::uint8_t { script, expression };

/// Parses a whole text. bound_names are variables that stand for wrappers: their values are handed
/// over with the evaluation. Source: jexl.md sections 4 and 10.
[[nodiscard]] Result<std::shared_ptr<const Ast>, Diagnostic> parse(
    std::string_view source, Form form, const std::vector<std::string>& bound_names = {});

/// The parser's state. Every parse_ function returns nullptr after a complaint, which is kept.
class Parser {
 public:
  Parser(Ast& ast, std::vector<Token> tokens, const std::vector<std::string>& bound_names)
      : ast_(ast), tokens_(std::move(tokens)), bound_names_(bound_names) {}

  /// Fills the tree's script; false after a complaint.
  [[nodiscard]] bool run(Form form);
  [[nodiscard]] Diagnostic complaint() const;

 private:
  /// Names of one function's slots; the script itself is the outermost function.
  struct Scope {
    FunctionBody* body = nullptr;
    Scope* outer = nullptr;
  };
  class Nesting;

  // parser_statement.cc
  Node* parse_statements(std::string_view closing, bool is_bare_block = false);
  Node* parse_statement();
  Node* parse_expression_statement();
  Node* finish_statement(Node* expression);
  Node* parse_block(bool is_bare = false);
  [[nodiscard]] bool ends_first_statement(bool is_compound) const;
  Node* parse_body();
  Node* parse_declaration();
  Node* parse_if();
  bool parse_branch(Node* node);
  Node* parse_for();
  Node* parse_while();
  Node* parse_return();
  Node* parse_jump();
  [[nodiscard]] bool ends_statement() const;

  // parser.cc
  Node* parse_expression();
  Node* parse_conditional();
  Node* parse_binary(int level);
  Node* parse_unary();
  Node* parse_negation(const Token& minus);
  Node* finish_assignment(Node* target);

  // parser_primary.cc
  Node* parse_reference();
  Node* parse_primary();
  Node* parse_keyword_primary();
  Node* parse_name();
  Node* parse_parenthesised();
  Node* parse_brackets();
  Node* parse_braces();
  Node* parse_brace_contents(Node* braces);
  Node* parse_lambda();
  Node* parse_method(const Token& name);

  // parser_interpolation.cc
  Node* parse_interpolation();
  Node* parse_embedded(std::string_view text);

  Node* parse_step(Node* path);
  Node* parse_dot_step();
  bool parse_arguments(Node* call);
  bool parse_parameters(FunctionBody& body);
  [[nodiscard]] bool is_lambda_ahead() const;

  Node* add(NodeType type, std::uint32_t offset);
  Node* add_failure(ErrorKind kind, std::string message);
  Node* make_literal(const Token& token);
  Node* make_variable(const Token& name);
  std::int32_t declare(const std::string& name);
  static std::int32_t find_slot(const FunctionBody& body, const std::string& name);
  std::int32_t resolve(Scope& scope, const std::string& name);

  [[nodiscard]] const Token& peek(std::size_t ahead = 0) const;
  Token take() { return tokens_[position_ + 1 < tokens_.size() ? position_++ : position_]; }
  bool accept(std::string_view symbol);
  bool expect(std::string_view symbol);
  /// Keeps the complaint that came furthest; returns nullptr.
  Node* fail(const Token& at, std::string message);

  Ast& ast_;
  std::vector<Token> tokens_;
  const std::vector<std::string>& bound_names_;
  std::size_t position_ = 0;
  int depth_ = 0;
  int loops_ = 0;
  Scope* scope_ = nullptr;
  std::set<std::size_t> no_literal_;  // Braces that were tried as a set or map in vain.
  bool has_too_many_names_ = false;   // Refused once the text was read.
  std::uint32_t failed_at_ = 0;
  std::string message_;
};

/// Counts levels while it lives; is_too_deep() complains.
class Parser::Nesting {
 public:
  explicit Nesting(Parser& parser) : parser_(parser) { ++parser_.depth_; }
  ~Nesting() { --parser_.depth_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;
  [[nodiscard]] bool is_too_deep() const;

 private:
  Parser& parser_;
};

}  // namespace tripgate::jexl

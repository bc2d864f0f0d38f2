// Operators by precedence climbing. Operands of one left-grouping level share a node, so that a
// thousand terms in a row nest no deeper than one.
#include "engine/jexl/parser.h"

#include <algorithm>
#include <span>

#include "engine/jexl/jexl_limits.h"
#include "engine/jexl/lexer.h"
#include "engine/jexl/operators.h"
#include "engine/jexl/regex.h"
#include "engine/jexl/text.h"

namespace tripgate::jexl {
namespace {

struct Operator {
  std::string_view symbol;
  std::string_view word;
  NodeType type;
  Op op;
};

constexpr Operator kOr[] = {{"||", "or", NodeType::logic_or, Op::none}};
constexpr Operator kAnd[] = {{"&&", "and", NodeType::logic_and, Op::none}};
constexpr Operator kBitOr[] = {{"|", "", NodeType::chain, Op::bit_or}};
constexpr Operator kBitXor[] = {{"^", "", NodeType::chain, Op::bit_xor}};
constexpr Operator kBitAnd[] = {{"&", "", NodeType::chain, Op::bit_and}};
constexpr Operator kEquality[] = {{"==", "eq", NodeType::compare, Op::equal},
                                  {"!=", "ne", NodeType::compare, Op::not_equal},
                                  {"..", "", NodeType::range, Op::none}};
constexpr Operator kRelation[] = {
    {"<", "lt", NodeType::compare, Op::less},    {"<=", "le", NodeType::compare, Op::less_equal},
    {">", "gt", NodeType::compare, Op::greater}, {">=", "ge", NodeType::compare, Op::greater_equal},
    {"=~", "", NodeType::compare, Op::match},    {"!~", "", NodeType::compare, Op::not_match},
    {"=^", "", NodeType::compare, Op::starts},   {"!^", "", NodeType::compare, Op::not_starts},
    {"=$", "", NodeType::compare, Op::ends},     {"!$", "", NodeType::compare, Op::not_ends}};
constexpr Operator kAdditive[] = {{"+", "", NodeType::chain, Op::add},
                                  {"-", "", NodeType::chain, Op::subtract}};
constexpr Operator kMultiplicative[] = {{"*", "", NodeType::chain, Op::multiply},
                                        {"/", "div", NodeType::chain, Op::divide},
                                        {"%", "mod", NodeType::chain, Op::modulo}};

struct Level {
  std::span<const Operator> operators;
  bool chains;
};

// From weakest to strongest.
constexpr Level kLevels[] = {{kOr, true},        {kAnd, true},      {kBitOr, true},
                             {kBitXor, true},    {kBitAnd, true},   {kEquality, false},
                             {kRelation, false}, {kAdditive, true}, {kMultiplicative, true}};
constexpr int kLevelCount = std::size(kLevels);

const Operator* find_operator(const Level& level, const Token& token) {
  if (token.type != TokenType::symbol && token.type != TokenType::keyword) return nullptr;
  for (const Operator& op : level.operators) {
    const std::string_view spelling = token.type == TokenType::symbol ? op.symbol : op.word;
    if (token.text == spelling) return &op;
  }
  return nullptr;
}

struct Assignment {
  std::string_view symbol;
  Op op;
};

constexpr Assignment kAssignments[] = {
    {"=", Op::none},      {"+=", Op::add},    {"-=", Op::subtract},
    {"*=", Op::multiply}, {"/=", Op::divide}, {"%=", Op::modulo},
    {"&=", Op::bit_and},  {"|=", Op::bit_or}, {"^=", Op::bit_xor}};

bool is_assignable(const Node& node) {
  if (node.is_parenthesised) return false;
  if (node.type == NodeType::variable) return true;
  if (node.type != NodeType::path) return false;
  const NodeType last = node.children.back()->type;
  return last == NodeType::name_step || last == NodeType::index_step;
}

// What the reference accepts before `=`: anything whose last part is a name or an index, such as
// `a && b`. Only assigning to it fails.
bool ends_in_name(const Node& node) {
  switch (node.type) {
    case NodeType::variable:
    case NodeType::name_step:
    case NodeType::index_step:
    case NodeType::size_step:
    case NodeType::empty_step:
      return true;
    default:
      return !node.children.empty() && ends_in_name(*node.children.back());
  }
}

// The operand of a conditional may be undefined if it is a bare variable or path.
void protect(Node* operand) {
  if (operand->is_parenthesised) return;
  if (operand->type == NodeType::variable || operand->type == NodeType::path) {
    operand->is_protected = true;
  }
  // An index of such a path is protected with it.
  if (operand->type != NodeType::path) return;
  for (const Node* const step : operand->children) {
    if (step->type == NodeType::index_step) protect(const_cast<Node*>(step->children[0]));
  }
}

}  // namespace

Result<std::shared_ptr<const Ast>, Diagnostic> parse(std::string_view source, Form form,
                                                     const std::vector<std::string>& bound_names) {
  auto tokens = tokenize(source);
  if (!tokens) return tokens.error();
  auto ast = std::make_shared<Ast>();
  ast->source = source;
  Parser parser(*ast, std::move(*tokens), bound_names);
  if (!parser.run(form)) return parser.complaint();
  return std::shared_ptr<const Ast>(std::move(ast));
}

bool Parser::run(Form form) {
  Scope scope{&ast_.script, nullptr};
  scope_ = &scope;
  // The reference stumbles over a script of nothing but white space.
  const bool is_blank = form == Form::script && tokens_.size() == 1 && !ast_.source.empty() &&
                        text::is_blank(ast_.source);
  ast_.script.root = is_blank               ? add_failure(ErrorKind::other, "an empty script")
                     : form == Form::script ? parse_statements("")
                                            : parse_expression();
  if (ast_.script.root == nullptr) return false;
  if (has_too_many_names_) fail(peek(), "there are too many variables");
  if (peek().type != TokenType::end) fail(peek(), "the end of the expression was expected");
  return peek().type == TokenType::end && !has_too_many_names_;
}

Diagnostic Parser::complaint() const {
  return complain_at(ast_.source, failed_at_, message_);
}

bool Parser::Nesting::is_too_deep() const {
  if (parser_.depth_ <= kMaxNesting) return false;
  parser_.fail(parser_.peek(), "the expression is nested too deeply");
  return true;
}

Node* Parser::add(NodeType type, std::uint32_t offset) {
  Node& node = ast_.nodes.emplace_back();
  node.type = type;
  node.offset = offset;
  return &node;
}

Node* Parser::add_failure(ErrorKind kind, std::string message) {
  Node* const node = add(NodeType::failure, peek().offset);
  node->error = kind;
  node->name = std::move(message);
  return node;
}

Node* Parser::fail(const Token& at, std::string message) {
  if (message_.empty() || at.offset > failed_at_) {
    failed_at_ = at.offset;
    message_ = std::move(message);
  }
  return nullptr;
}

const Token& Parser::peek(std::size_t ahead) const {
  return tokens_[std::min(position_ + ahead, tokens_.size() - 1)];
}

bool Parser::accept(std::string_view symbol) {
  if (!peek().is_symbol(symbol)) return false;
  ++position_;
  return true;
}

bool Parser::expect(std::string_view symbol) {
  if (accept(symbol)) return true;
  fail(peek(), "'" + std::string(symbol) + "' was expected");
  return false;
}

Node* Parser::parse_expression() {
  const Nesting nesting(*this);
  if (nesting.is_too_deep()) return nullptr;
  Node* const target = parse_conditional();
  return target == nullptr ? nullptr : finish_assignment(target);
}

Node* Parser::finish_assignment(Node* target) {
  const Token& token = peek();
  const auto* const assignment = std::ranges::find(kAssignments, token.text, &Assignment::symbol);
  if (token.type != TokenType::symbol || assignment == std::end(kAssignments)) return target;
  if (!ends_in_name(*target)) return fail(token, "what stands before cannot be assigned to");
  Node* const node = add(NodeType::assign, token.offset);
  node->op = assignment->op;
  take();
  Node* const value = parse_expression();
  if (value == nullptr) return nullptr;
  if (!is_assignable(*target)) {
    node->type = NodeType::bad_assign;
    node->children = {value};
    return node;
  }
  node->children = {target, value};
  if (target->type == NodeType::path) ast_.mutates_containers = true;
  if (target->slot < 0) ast_.assigns_variables = true;
  return node;
}

Node* Parser::parse_conditional() {
  Node* const condition = parse_binary(0);
  if (condition == nullptr) return nullptr;
  const Token token = peek();
  if (!accept("?") && !accept("?:")) return condition;
  Node* const node = add(token.text == "?" ? NodeType::ternary : NodeType::elvis, token.offset);
  Node* const first = parse_expression();
  if (first == nullptr) return nullptr;
  node->children = {condition, first};
  protect(condition);
  protect(first);
  if (node->type == NodeType::elvis) return node;
  if (!expect(":")) return nullptr;
  Node* const last = parse_expression();
  if (last == nullptr) return nullptr;
  protect(last);
  node->children.push_back(last);
  return node;
}

Node* Parser::parse_binary(int level) {
  if (level == kLevelCount) return parse_unary();
  Node* left = parse_binary(level + 1);
  if (left == nullptr) return nullptr;
  Node* chain = nullptr;
  while (const Operator* const op = find_operator(kLevels[level], peek())) {
    const Token token = take();
    Node* const right = parse_binary(level + 1);
    if (right == nullptr) return nullptr;
    if (chain == nullptr) {
      chain = add(op->type, token.offset);
      chain->op = op->op;
      chain->children.push_back(left);
      left = chain;
    }
    chain->ops.push_back(op->op);
    chain->children.push_back(right);
    const bool is_pattern = op->op == Op::match || op->op == Op::not_match;
    if (is_pattern && right->type == NodeType::literal && right->value.is(Kind::string)) {
      chain->regex = Regex::compile_shared(right->value.as_string());
    }
    if (!kLevels[level].chains) break;
  }
  return left;
}

Node* Parser::parse_negation(const Token& minus) {
  const Token literal = peek();
  Node* const operand = parse_unary();
  if (operand == nullptr) return nullptr;
  // Straight before a literal the sign belongs to it: -2147483648 is an Integer.
  if (operand->type == NodeType::literal && literal.type == TokenType::number &&
      !operand->is_parenthesised) {
    operand->value = negate_literal(operand->value, literal.text);
    return operand;
  }
  Node* const node = add(NodeType::unary, minus.offset);
  node->op = Op::negate;
  node->children = {operand};
  return node;
}

Node* Parser::parse_unary() {
  const Token token = peek();
  const bool is_symbol = token.is_symbol("-") || token.is_symbol("!") || token.is_symbol("~");
  const bool is_word =
      token.is_keyword("not") || token.is_keyword("empty") || token.is_keyword("size");
  if (!is_symbol && !is_word) return parse_reference();
  const Nesting nesting(*this);
  if (nesting.is_too_deep()) return nullptr;
  take();
  if (token.text == "-") return parse_negation(token);
  Node* const operand = parse_unary();
  if (operand == nullptr) return nullptr;
  Node* const node = add(token.text == "empty"  ? NodeType::empty_of
                         : token.text == "size" ? NodeType::size_of
                                                : NodeType::unary,
                         token.offset);
  node->op = token.text == "~" ? Op::complement : Op::logic_not;
  node->children = {operand};
  return node;
}

}  // namespace tripgate::jexl

// Text between backquotes: constants, and expressions in `${...}` or `#{...}`. The reference reads
// it only where it is evaluated, so what is wrong inside fails there and nowhere else.
#include <optional>
#include <utility>

#include "engine/jexl/lexer.h"
#include "engine/jexl/parser.h"

namespace tripgate::jexl {
namespace {

struct Part {
  std::string text;
  bool is_expression = false;
};

/// Splits the text; nothing if an expression, or a sign that could start one, has no end.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::optional<std::vector<Part>> run() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c != '$' && c != '#' && c != '\\') {
        constant_ += c;
        continue;
      }
      if (++at_ == text_.size()) return std::nullopt;
      const char next = text_[at_];
      if (c == '\\') {
        if (next != '$' && next != '#') constant_ += c;
        constant_ += next;
      } else if (next != '{') {
        constant_ += {c, next};
      } else if (!take_expression()) {
        return std::nullopt;
      }
    }
    finish_constant();
    return std::move(parts_);
  }

 private:
  // Braces count, quotes do not protect.
  bool take_expression() {
    finish_constant();
    const std::size_t begin = ++at_;
    for (int depth = 0; at_ < text_.size(); ++at_) {
      if (text_[at_] == '{') ++depth;
      if (text_[at_] == '}' && depth-- == 0) break;
    }
    if (at_ == text_.size()) return false;
    parts_.push_back({std::string(text_.substr(begin, at_ - begin)), true});
    return true;
  }

  void finish_constant() {
    if (!constant_.empty()) parts_.push_back({std::exchange(constant_, {}), false});
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string constant_;
  std::vector<Part> parts_;
};

}  // namespace

Node* Parser::parse_interpolation() {
  const Nesting nesting(*this);
  if (nesting.is_too_deep()) return nullptr;
  const Token token = take();
  const auto parts = Splitter(token.text).run();
  if (!parts) return add_failure(ErrorKind::other, "an expression in this text has no end");
  Node* const node = add(NodeType::interpolation, token.offset);
  for (const Part& part : *parts) {
    Node* const child =
        part.is_expression ? parse_embedded(part.text) : add(NodeType::literal, token.offset);
    if (!part.is_expression) child->value = Value::string(part.text);
    child->offset = token.offset;
    node->children.push_back(child);
  }
  return node;
}

// Parses in place, with the scope of the script around; an empty expression is null.
Node* Parser::parse_embedded(std::string_view text) {
  auto tokens = tokenize(text);
  if (!tokens) return add_failure(ErrorKind::parse, tokens.error().message);
  const std::uint32_t offset = peek().offset;
  if (tokens->size() == 1) return add(NodeType::literal, offset);
  for (Token& inner : *tokens) inner.offset = offset;
  std::swap(tokens_, *tokens);
  const std::size_t position = std::exchange(position_, 0);
  const std::uint32_t failed_at = failed_at_;
  const std::string message = message_;
  const auto no_literal = std::exchange(no_literal_, {});
  Node* inner = parse_expression();
  if (inner != nullptr && peek().type != TokenType::end) inner = nullptr;
  std::swap(tokens_, *tokens);
  position_ = position;
  no_literal_ = no_literal;
  failed_at_ = failed_at;
  message_ = message;
  if (inner == nullptr) return add_failure(ErrorKind::parse, "one expression was expected in '${'");
  return inner;
}

}  // namespace tripgate::jexl

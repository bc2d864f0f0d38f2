// A token is the longest match. Behind a dot, names may start with digits, so `a.0x` is a name
// there and a number elsewhere.
#include "engine/jexl/lexer.h"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/jexl/jexl_limits.h"
#include "engine/jexl/number_literal.h"
#include "engine/jexl/text.h"

namespace tripgate::jexl {
namespace {

constexpr std::array<std::string_view, 27> kKeywords = {
    "if",   "else",  "for",    "while",    "new",   "var",      "empty", "size", "null",
    "true", "false", "return", "function", "break", "continue", "and",   "or",   "not",
    "eq",   "ne",    "gt",     "ge",       "lt",    "le",       "div",   "mod",  "NaN"};

// Longer ones first.
constexpr std::array<std::string_view, 48> kSymbols = {
    "...", "&&", "||", "==", "!=", "<=", ">=", "=~", "!~", "=^", "!^", "=$", "!$", "?:", "..", "+=",
    "-=",  "*=", "/=", "%=", "&=", "|=", "^=", "->", "!",  "<",  ">",  "+",  "-",  "*",  "/",  "%",
    "&",   "|",  "^",  "~",  "?",  ":",  ".",  "=",  "(",  ")",  "[",  "]",  "{",  "}",  ",",  ";"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c == '@';
}
bool continues_name(char c) {
  return starts_name(c) || is_digit(c);
}

std::optional<char32_t> parse_unicode_escape(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  char32_t value = 0;
  for (const char c : text.substr(2, 4)) {
    const char lower = static_cast<char>(c | 0x20);
    const bool is_letter = lower >= 'a' && lower <= 'f';
    if (!is_digit(c) && !is_letter) return std::nullopt;
    value = value * 16 + static_cast<char32_t>(is_digit(c) ? c - '0' : lower - 'a' + 10);
  }
  return value;
}

// Between backquotes, where either quote may be escaped.
constexpr char kAnyQuote = '\0';

// Other backslashes stay, with the character behind them.
std::string unescape(std::string_view raw, char quote) {
  if (raw.find('\\') == std::string_view::npos) return std::string(raw);
  std::string out;
  for (std::size_t at = 0; at < raw.size(); ++at) {
    const auto escape = parse_unicode_escape(raw.substr(at));
    if (escape) {
      text::append(out, *escape);
      at += 5;
    } else if (raw[at] == '\\' && at + 1 < raw.size()) {
      const char next = raw[++at];
      const bool is_quote = quote == kAnyQuote ? next == '\'' || next == '"' : next == quote;
      if (next != '\\' && !is_quote) out += '\\';
      out += next;
    } else {
      out += raw[at];
    }
  }
  // Two escapes may have written the halves of one surrogate pair.
  return text::from_units(text::to_units(out));
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  Result<std::vector<Token>, Diagnostic> run() {
    if (source_.size() > kMaxSourceSize) return Diagnostic("the expression is too long");
    while (skip_space()) {
      if (!next()) return complain_at(source_, at_, message_);
    }
    if (!message_.empty()) return complain_at(source_, at_, message_);
    push(TokenType::end, at_, {});
    return std::move(tokens_);
  }

 private:
  [[nodiscard]] std::string_view rest() const { return source_.substr(at_); }

  bool fail(std::string message) {
    message_ = std::move(message);
    return false;
  }

  void push(TokenType type, std::size_t from, std::string text) {
    tokens_.push_back({type, static_cast<std::uint32_t>(from), std::move(text), {}, false});
  }

  // False at the end of the text and, with a message, at a comment without end.
  bool skip_space() {
    while (at_ < source_.size()) {
      const std::string_view here = rest();
      if (std::string_view(" \t\r\n\f").find(here[0]) != std::string_view::npos) {
        ++at_;
      } else if (here.starts_with("//") || here.starts_with("##")) {
        at_ = std::min(source_.find_first_of("\r\n", at_), source_.size());
      } else if (here.starts_with("/*")) {
        const std::size_t close = source_.find("*/", at_ + 2);
        if (close == std::string_view::npos) return fail("this comment has no end: */ expected");
        at_ = close + 2;
      } else {
        return true;
      }
    }
    return false;
  }

  bool next() {
    const char c = source_[at_];
    const bool is_after_dot = !tokens_.empty() && tokens_.back().is_symbol(".");
    if (c == '"' || c == '\'') return read_string(c);
    if (c == '`') return read_interpolation();
    if (starts_name(c) || (is_after_dot && is_digit(c))) return read_name();
    if (is_digit(c)) return read_number();
    if (rest().starts_with("#NaN")) return read_nan();
    return read_symbol();
  }

  bool read_nan() {
    push(TokenType::keyword, at_, "NaN");
    at_ += 4;
    return true;
  }

  bool read_name() {
    const std::size_t from = at_;
    while (at_ < source_.size() && continues_name(source_[at_])) ++at_;
    std::string name(source_.substr(from, at_ - from));
    const bool is_keyword = std::ranges::find(kKeywords, name) != kKeywords.end();
    push(is_keyword ? TokenType::keyword : TokenType::name, from, std::move(name));
    return true;
  }

  bool read_number() {
    auto literal = parse_number_literal(rest());
    push(TokenType::number, at_, std::string(rest().substr(0, literal.size)));
    tokens_.back().is_out_of_range = literal.is_out_of_range;
    tokens_.back().value = std::move(literal.value);
    at_ += literal.size;
    return true;
  }

  bool read_string(char quote) {
    std::size_t end = at_ + 1;
    while (end < source_.size() && source_[end] != quote) {
      const bool is_break = source_[end] == '\n' || source_[end] == '\r' ||
                            source_.substr(end).starts_with("\u2028") ||
                            source_.substr(end).starts_with("\u2029");
      if (is_break) return fail("a string may not hold a line break");
      end += source_[end] == '\\' ? 2 : 1;
    }
    if (end >= source_.size()) return fail("this string has no closing quote");
    push(TokenType::string, at_, {});
    tokens_.back().value = Value::string(unescape(source_.substr(at_ + 1, end - at_ - 1), quote));
    at_ = end + 1;
    return true;
  }

  bool read_interpolation() {
    std::size_t end = at_ + 1;
    while (end < source_.size() && source_[end] != '`') end += source_[end] == '\\' ? 2 : 1;
    if (end >= source_.size()) return fail("this text has no closing backquote");
    push(TokenType::interpolation, at_,
         unescape(source_.substr(at_ + 1, end - at_ - 1), kAnyQuote));
    at_ = end + 1;
    return true;
  }

  bool read_symbol() {
    for (const std::string_view symbol : kSymbols) {
      if (!rest().starts_with(symbol)) continue;
      push(TokenType::symbol, at_, std::string(symbol));
      at_ += symbol.size();
      return true;
    }
    return fail("this character has no meaning here");
  }

  std::string_view source_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
  std::string message_;
};

}  // namespace

Result<std::vector<Token>, Diagnostic> tokenize(std::string_view source) {
  return Lexer(source).run();
}

Diagnostic complain_at(std::string_view source, std::size_t offset, std::string message) {
  const std::string_view before = source.substr(0, std::min(offset, source.size()));
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t last_break = before.rfind('\n');
  const std::size_t start = last_break == std::string_view::npos ? 0 : last_break + 1;
  return {static_cast<std::uint32_t>(lines + 1),
          static_cast<std::uint32_t>(before.size() - start + 1), std::move(message)};
}

}  // namespace tripgate::jexl

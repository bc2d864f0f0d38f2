// Words, quotes and expansions. Each function starts at its opening character and ends behind the
// closing one; a block is one indivisible character wherever it stands.
#include <algorithm>
#include <cctype>

#include "engine/plan/bash_scanner.h"

namespace tripgate::plan {
namespace {

constexpr std::size_t kDepthMax = 64;       // Nested substitutions; each is some stack frames.
constexpr std::size_t kAttemptsMax = 1000;  // Of reading `((` as arithmetic; each may be in vain.

bool is_name_char(char c) {
  return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
}

bool is_name(std::string_view text) {
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) != 0) return false;
  for (const char c : text) {
    if (!is_name_char(c)) return false;
  }
  return true;
}

bool ends_word(char c) {
  return std::string_view(" \t\n;&|<>()").find(c) != std::string_view::npos;
}

}  // namespace

bool BashScanner::take_block(BlockPlaces::Kind kind) {
  const auto index = places_.at(pos_);
  if (!index || pos_ >= limit_) return false;
  places_.place(*index, kind);
  pos_ = places_.blocks()[*index].end();
  return true;
}

bool BashScanner::refuse_block(const char* message) {
  const auto index = places_.at(pos_);
  if (!index || pos_ >= limit_) return false;
  places_.refuse(*index, message);
  pos_ = places_.blocks()[*index].end();
  return true;
}

void BashScanner::fail(std::size_t offset, std::string message) {
  if (!failed_) places_.refuse_at(offset, std::move(message));
  failed_ = true;
}

bool BashScanner::enter() {
  if (++depth_ > kDepthMax)
    fail(pos_, "the script nests too deeply to tell where its expressions stand");
  return !failed_;
}

BashWord BashScanner::read_word(bool may_assign) {
  BashWord word;
  word.begin = pos_;
  while (!at_end()) {
    const bool substitutes = (peek() == '<' || peek() == '>') && peek(1) == '(';
    const bool is_block = places_.at(pos_).has_value();
    const bool opens_group = peek() == '(' && pos_ > word.begin;
    if (ends_word(peek()) && !substitutes && !is_block) {
      const char before = text_[pos_ - (pos_ > word.begin ? 1 : 0)];
      if (opens_group && word.is_assignment && before == '=' && word.text.ends_with('=')) {
        read_array_values();
        word.is_literal = false;
        continue;
      }
      if (opens_group && !word.is_quoted &&
          std::string_view("?*+@!").find(before) != std::string_view::npos) {
        read_extended_pattern();
        word.is_literal = false;
        continue;
      }
      break;
    }
    read_word_part(word, may_assign);
  }
  word.end = pos_;
  return word;
}

void BashScanner::read_word_part(BashWord& word, bool may_assign) {
  const bool is_first = pos_ == word.begin;
  if (take_block(BlockPlaces::Kind::bare)) {
    word.has_bare_block = true;
    word.is_literal = false;
    word.starts_with_block |= is_first;
    return;
  }
  switch (peek()) {
    case '\'':
      return read_single_quotes(word);
    case '"':
      return read_double_quotes(&word, false);
    case '$':
      return read_dollar(Quote::none, &word);
    case '`':
      word.is_literal = false;
      return read_backquotes(Quote::none);
    case '\\':
      return read_escape(&word);
    case '<':
    case '>':
      word.is_literal = false;
      ++pos_;
      return read_substitution();
    case '[':
      if (may_assign && !word.is_quoted && word.is_literal && read_subscript(word)) return;
      break;
    case '=': {
      const std::string_view name = std::string_view(word.text).substr(
          0, word.text.ends_with('+') ? word.text.size() - 1 : word.text.size());
      if (!word.is_quoted && word.is_literal && !word.is_assignment && is_name(name)) {
        word.is_assignment = true;
        word.name_size = name.size();
      }
      break;
    }
    default:
      break;
  }
  word.text += text_[pos_++];
}

// NAME[...]= and NAME[...]+= only; any other bracket is part of a pattern.
bool BashScanner::read_subscript(BashWord& word) {
  if (!is_name(word.text)) return false;
  const std::size_t begin = pos_;
  std::size_t depth = 0;
  std::size_t end = begin;
  for (; end < limit_ && text_[end] != '\n'; ++end) {
    if (const auto index = places_.at(end)) {
      end = places_.blocks()[*index].end() - 1;
    } else if (text_[end] == '[') {
      ++depth;
    } else if (text_[end] == ']' && --depth == 0) {
      break;
    }
  }
  const std::string_view after = text_.substr(0, limit_).substr(std::min(end + 1, limit_));
  if (end >= limit_ || text_[end] != ']' || !(after.starts_with('=') || after.starts_with("+="))) {
    return false;
  }
  const std::string_view inside = text_.substr(begin, end - begin);
  if (places_.any_in(begin, end)) {
    places_.refuse_in(begin, end,
                      "bash evaluates a subscript as arithmetic; use a fixed subscript, "
                      "or check the value first (case $v in *[!0-9]*) exit 1;; esac)");
  } else if (inside.find_first_of("`\\") != std::string_view::npos ||
             std::ranges::count(inside, '"') % 2 != 0 ||
             std::ranges::count(inside, '\'') % 2 != 0) {
    return false;  // The bracket may be hidden.
  }
  word.name_size = word.text.size();
  word.is_assignment = true;
  pos_ = end + (after.starts_with("+=") ? 3 : 2);
  word.text += "[]=";
  return true;
}

void BashScanner::read_array_values() {
  if (!enter()) return;
  const std::size_t begin = pos_++;
  for (;;) {
    skip_blanks();
    while (!at_end() && (peek() == '\n' || peek() == '#')) {
      if (peek() == '#') skip_comment();
      if (peek() == '\n') ++pos_;
      skip_blanks();
    }
    if (at_end() || peek() == ')') break;
    const BashWord word = read_word(false);
    if (word.begin == word.end) break;
    if (word.text.starts_with('[')) {
      places_.refuse_in(word.begin, word.end,
                        "bash evaluates a subscript as arithmetic; assign the element on a line of "
                        "its own with a fixed subscript");
    }
  }
  if (!failed_ && peek() != ')') fail(begin, "cannot tell where this array ends");
  ++pos_;
  leave();
}

void BashScanner::read_extended_pattern() {
  const std::size_t begin = pos_;
  std::size_t depth = 0;
  while (!at_end()) {
    if (refuse_block(
            "a value inside a pattern is matched as a pattern; compare with a quoted word"))
      continue;
    const char c = peek();
    if (c == '\'' || c == '"' || c == '`' || c == '$' || c == '\\' || c == '\n') {
      return fail(pos_, "cannot tell how this pattern ends; keep it free of quotes and expansions");
    }
    ++pos_;
    if (c == '(') ++depth;
    if (c == ')' && --depth == 0) return;
  }
  fail(begin, "cannot tell where this pattern ends");
}

void BashScanner::read_escape(BashWord* word) {
  ++pos_;
  if (refuse_block("a backslash before an expression would escape its quoting; remove it or write "
                   "\\\\")) {
    if (word != nullptr) word->is_literal = false;
    return;
  }
  if (pos_ >= limit_) return;
  if (word != nullptr && peek() != '\n') {
    word->text += peek();
    word->is_quoted = true;
  }
  ++pos_;
}

void BashScanner::read_single_quotes(BashWord& word) {
  const std::size_t begin = pos_++;
  word.is_quoted = true;
  while (!at_end() && peek() != '\'') {
    if (take_block(BlockPlaces::Kind::in_single)) {
      word.is_literal = false;
      word.starts_with_block |= word.text.empty();
    } else {
      word.text += text_[pos_++];
    }
  }
  if (at_end()) return fail(begin, "this single quote is never closed");
  ++pos_;
}

void BashScanner::read_ansi_quotes() {
  const std::size_t begin = pos_;
  pos_ += 2;
  while (!at_end() && peek() != '\'') {
    if (take_block(BlockPlaces::Kind::in_ansi)) continue;
    if (peek() == '\\') {
      read_escape(nullptr);
    } else {
      ++pos_;
    }
  }
  if (at_end()) return fail(begin, "this $' is never closed");
  ++pos_;
}

void BashScanner::read_double_quotes(BashWord* word, bool refuses_blocks) {
  const std::size_t begin = pos_++;
  if (word != nullptr) word->is_quoted = true;
  while (!at_end() && peek() != '"') {
    if (refuses_blocks &&
        refuse_block("$\"...\" is translated; use a plain double-quoted string")) {
      continue;
    }
    if (take_block(BlockPlaces::Kind::in_double)) {
      if (word != nullptr) {
        word->is_literal = false;
        word->starts_with_block |= word->text.empty();
      }
    } else if (peek() == '\\') {
      read_escape(word);
    } else if (peek() == '$') {
      read_dollar(Quote::double_quotes, word);
    } else if (peek() == '`') {
      if (word != nullptr) word->is_literal = false;
      read_backquotes(Quote::double_quotes);
    } else {
      if (word != nullptr) word->text += peek();
      ++pos_;
    }
  }
  if (at_end()) return fail(begin, "this double quote is never closed");
  ++pos_;
}

void BashScanner::read_dollar(Quote quote, BashWord* word) {
  const std::size_t begin = pos_;
  if (word != nullptr) word->is_literal = false;
  if (places_.at(pos_ + 1)) {
    ++pos_;
    refuse_block("a $ directly before an expression would change its meaning; write \\$");
  } else if (at("$((")) {
    ++pos_;
    if (!read_arithmetic()) read_substitution();
  } else if (at("$(")) {
    ++pos_;
    read_substitution();
  } else if (at("${")) {
    read_braces(quote);
  } else if (at("$[")) {
    read_old_arithmetic();
  } else if (quote == Quote::none && at("$'")) {
    if (word != nullptr) word->is_quoted = true;
    read_ansi_quotes();
  } else if (quote == Quote::none && at("$\"")) {
    ++pos_;
    read_double_quotes(word, true);
  } else {
    pos_ = begin + 1;
    const std::string_view special = "@*#?-$!";
    if (!at_end() && !places_.at(pos_) && special.find(peek()) != std::string_view::npos) ++pos_;
  }
}

void BashScanner::read_braces(Quote quote) {
  const std::size_t begin = pos_;
  if (!enter()) return;
  pos_ += 2;
  if (peek() == ' ' || peek() == '|' || peek() == '\n' || peek() == '\t') {
    fail(begin, "cannot tell what this ${ means");
  }
  while (!at_end() && peek() != '}') {
    if (refuse_block(
            "bash evaluates or matches what stands inside ${...}; assign the expression to "
            "a variable first: v=<+...>")) {
      continue;
    }
    switch (peek()) {
      case '\\':
        read_escape(nullptr);
        break;
      case '$':
        read_dollar(quote, nullptr);
        break;
      case '`':
        read_backquotes(quote == Quote::none ? Quote::double_quotes : quote);
        break;
      case '\'':
      case '"':
        read_braces_quote(quote);
        break;
      default:
        ++pos_;
    }
  }
  if (at_end()) return fail(begin, "this ${ is never closed");
  ++pos_;
  leave();
}

// Inside double quotes or a here-document it depends on the operator whether a quote quotes. Where
// both readings end at the same place nothing depends on it; elsewhere it cannot be told.
void BashScanner::read_braces_quote(Quote quote) {
  const char mark = peek();
  if (quote == Quote::none && mark == '\'') {
    BashWord ignored;
    const std::size_t begin = pos_;
    read_single_quotes(ignored);
    places_.refuse_in(begin, pos_,
                      "bash evaluates or matches what stands inside ${...}; assign the "
                      "expression to a variable first: v=<+...>");
    return;
  }
  if (mark == '"' && quote != Quote::here_document) {
    const std::size_t begin = pos_;
    read_double_quotes(nullptr, false);
    places_.refuse_in(begin, pos_,
                      "bash evaluates or matches what stands inside ${...}; assign the "
                      "expression to a variable first: v=<+...>");
    return;
  }
  const std::size_t begin = pos_++;
  while (!at_end() && peek() != mark) {
    if (places_.at(pos_) || std::string_view("}$`\\'\"").find(peek()) != std::string_view::npos) {
      return fail(begin,
                  "cannot tell whether this quote quotes; assign the value to a variable first");
    }
    ++pos_;
  }
  if (at_end()) return fail(begin, "cannot tell whether this quote quotes");
  ++pos_;
}

// At the first of two opening parentheses. False, with nothing changed, if what closes them is not
// a pair: then it is a subshell inside a substitution or subshell.
bool BashScanner::read_arithmetic() {
  if (++attempts_ > kAttemptsMax) fail(pos_, "the script is too complicated to be understood");
  if (!enter()) return true;
  const std::size_t begin = pos_;
  const BlockPlaces saved = places_;
  const std::size_t outer_depth = depth_ - 1;
  std::size_t depth = 0;
  pos_ += 2;
  while (!at_end()) {
    if (refuse_block(
            "bash evaluates the value as arithmetic, commands in it included; check it first "
            "(case $v in *[!0-9]*) exit 1;; esac) and use the checked variable")) {
      continue;
    }
    const char c = peek();
    BashWord ignored;
    if (c == '\'') {
      read_single_quotes(ignored);
    } else if (c == '"') {
      read_double_quotes(nullptr, false);
    } else if (c == '$') {
      read_dollar(Quote::double_quotes, nullptr);
    } else if (c == '`') {
      read_backquotes(Quote::double_quotes);
    } else if (c == '\\') {
      read_escape(nullptr);
    } else if (c == ')' && depth == 0) {
      if (peek(1) != ')') break;
      pos_ += 2;
      leave();
      places_.refuse_in(begin, pos_,
                        "bash evaluates the value as arithmetic, commands in it included; "
                        "check it first and use the checked variable");
      return true;
    } else {
      if (c == '(') ++depth;
      if (c == ')') --depth;
      ++pos_;
    }
  }
  depth_ = outer_depth;
  places_ = saved;
  pos_ = begin;
  failed_ = false;
  return false;
}

void BashScanner::read_old_arithmetic() {
  const std::size_t begin = pos_;
  if (!enter()) return;
  pos_ += 2;
  for (std::size_t depth = 0; !at_end() && (peek() != ']' || depth != 0);) {
    if (refuse_block("bash evaluates the value as arithmetic; check it first and use the checked "
                     "variable")) {
      continue;
    }
    if (std::string_view("'\"`\\").find(peek()) != std::string_view::npos) {
      return fail(pos_, "cannot tell how this $[ ends; write $((...))");
    }
    if (peek() == '$') {
      read_dollar(Quote::double_quotes, nullptr);
      continue;
    }
    if (peek() == '[') ++depth;
    if (peek() == ']') --depth;
    ++pos_;
  }
  if (at_end()) return fail(begin, "this $[ is never closed");
  ++pos_;
  places_.refuse_in(begin, pos_, "bash evaluates the value as arithmetic; check it first");
  leave();
}

// At the parenthesis of $(, <( or >(. The commands inside have pipelines and here-documents of
// their own.
void BashScanner::read_substitution() {
  if (!enter()) return;
  const std::size_t begin = pos_++;
  std::vector<HereDocument> waiting;
  std::vector<Compound> compounds;
  waiting.swap(waiting_);
  compounds.swap(compounds_);
  const std::size_t pipeline = pipeline_;
  const bool after_pipe = after_pipe_;
  pipelines_.push_back({pipeline});
  pipeline_ = pipelines_.size() - 1;
  read_commands(Until::parenthesis);
  if (!failed_ && peek() != ')') fail(begin, "this parenthesis is never closed");
  if (!waiting_.empty())
    fail(begin, "a here-document begins inside a substitution and ends outside");
  ++pos_;
  waiting_.swap(waiting);
  compounds_.swap(compounds);
  pipeline_ = pipeline;
  after_pipe_ = after_pipe;
  leave();
}

// Bash takes one level of backslashes away before it reads the commands, and inside double quotes
// the marks themselves are ambiguous; there a block cannot keep its meaning.
void BashScanner::read_backquotes(Quote quote) {
  const std::size_t begin = pos_++;
  bool has_backslash = false;
  while (!at_end() && peek() != '`') {
    if (const auto index = places_.at(pos_)) {
      pos_ = places_.blocks()[*index].end();
      continue;
    }
    if (peek() == '\\') {
      has_backslash = true;
      ++pos_;
      if (places_.at(pos_)) continue;
    }
    ++pos_;
  }
  if (at_end()) return fail(begin, "this backquote is never closed");
  const std::size_t end = pos_;
  if (has_backslash || quote != Quote::none) {
    places_.refuse_in(begin, end,
                      "inside backquotes an expression cannot be quoted reliably; write "
                      "$(...)");
  } else if (places_.any_in(begin, end)) {
    const std::size_t limit = limit_;
    limit_ = end;
    pos_ = begin + 1;
    std::vector<HereDocument> waiting;
    std::vector<Compound> compounds;
    waiting.swap(waiting_);
    compounds.swap(compounds_);
    const std::size_t pipeline = pipeline_;
    pipelines_.push_back({pipeline});
    pipeline_ = pipelines_.size() - 1;
    if (enter()) read_commands(Until::end);
    leave();
    if (!waiting_.empty())
      fail(begin, "a here-document inside backquotes has no end; write $(...)");
    waiting_.swap(waiting);
    compounds_.swap(compounds);
    pipeline_ = pipeline;
    limit_ = limit;
  }
  pos_ = end + 1;
}

void BashScanner::read_here_document_body(const HereDocument& document) {
  const std::size_t begin = pos_;
  while (!at_end()) {
    const std::size_t start = pos_;
    bool has_block = false;
    while (pos_ < limit_ && text_[pos_] != '\n') {
      if (const auto index = places_.at(pos_)) {
        has_block = true;
        pos_ = places_.blocks()[*index].end();
      } else if (!document.is_quoted && peek() == '\\' && !places_.at(pos_ + 1)) {
        pos_ += 2;  // An escaped line end joins the lines before bash looks for the delimiter.
      } else {
        ++pos_;
      }
    }
    pos_ = std::min(pos_, limit_);
    std::string_view line = text_.substr(start, pos_ - start);
    if (document.strips_tabs)
      line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
    const std::size_t line_end = pos_;
    if (pos_ < limit_) ++pos_;
    if (has_block || line != document.delimiter) continue;
    if (document.is_quoted) {
      places_.refuse_in(begin, start,
                        "a quoted here-document keeps its text as it is, so a value "
                        "would become part of the script; unquote its delimiter");
    } else {
      const std::size_t after = pos_;
      scan_here_document_text(begin, start);
      pos_ = after;
    }
    feeds_.push_back({begin, line_end, document.pipeline, document.feeds_compound});
    return;
  }
  fail(begin, "this here-document has no end: no line is " + document.delimiter);
}

void BashScanner::scan_here_document_text(std::size_t begin, std::size_t end) {
  const std::size_t limit = limit_;
  limit_ = end;
  pos_ = begin;
  while (!at_end()) {
    if (take_block(BlockPlaces::Kind::in_double)) continue;
    switch (peek()) {
      case '\\':
        read_escape(nullptr);
        break;
      case '$':
        read_dollar(Quote::here_document, nullptr);
        break;
      case '`':
        read_backquotes(Quote::here_document);
        break;
      default:
        ++pos_;
    }
  }
  limit_ = limit;
}

}  // namespace tripgate::plan

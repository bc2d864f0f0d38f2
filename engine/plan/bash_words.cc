// Words, quotes and expansions. Each function starts at its opening character and ends behind the
// closing one; a block is one indivisible character wherever it stands.
#include <algorithm>
#include <cctype>

#include "engine/plan/bash_scanner.h"

namespace tripgate::plan {
namespace {

constexpr std::size_t kDepthMax = 64;  // Nested substitutions; each is some stack frames.

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

// True, with the script refused, if the shell is no bash and reads this construct otherwise.
bool BashScanner::refuse_bashism(std::size_t offset, std::string_view construct) {
  if (dialect_ == ShellDialect::bash) return false;
  fail(offset, "Sh does not know " + std::string(construct) + "; set the shell to Bash");
  return true;
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
    case '{':
      word.has_brace = true;
      break;
    case '[':
      if (may_assign && !word.is_quoted && word.is_literal && read_subscript(word)) return;
      break;
    case '=': {
      const std::string_view name = std::string_view(word.text).substr(
          0, word.text.ends_with('+') ? word.text.size() - 1 : word.text.size());
      if (!word.is_quoted && word.is_literal && !word.is_assignment && is_name(name)) {
        if (name.size() != word.text.size() && refuse_bashism(word.begin, "+=")) return;
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
  if (refuse_bashism(begin, "subscripts")) return true;
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
  if (refuse_bashism(pos_, "$'...'")) return;
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

}  // namespace tripgate::plan

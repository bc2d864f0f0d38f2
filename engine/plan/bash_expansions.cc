// Expansions and here-documents: what bash runs or evaluates inside words and texts. Commands
// inside a substitution are read as commands again; blocks in anything that is evaluated are
// refused.
#include <algorithm>

#include "engine/plan/bash_scanner.h"

namespace tripgate::plan {
namespace {

constexpr std::size_t kAttemptsMax = 1000;  // Of reading `((` as arithmetic; each may be in vain.

constexpr const char* kBracesRefusal =
    "bash evaluates or matches what stands inside ${...}; assign the expression to a variable "
    "first: v=<+...>";

}  // namespace

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
    if (refuse_block(kBracesRefusal)) {
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
    places_.refuse_in(begin, pos_, kBracesRefusal);
    return;
  }
  if (mark == '"' && quote != Quote::here_document) {
    const std::size_t begin = pos_;
    read_double_quotes(nullptr, false);
    places_.refuse_in(begin, pos_, kBracesRefusal);
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
  if (refuse_bashism(begin, "$[...]")) return;
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

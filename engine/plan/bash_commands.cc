// The grammar of commands, loosely: enough to know which word is a command's name, which are its
// operands, where compound commands begin and end, and who reads a here-document.
#include <algorithm>

#include "engine/plan/bash_scanner.h"

namespace tripgate::plan {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

void BashScanner::scan() {
  read_commands(Until::end);
  if (!failed_ && !waiting_.empty()) fail(text_.size(), "a here-document has no text");
  if (!failed_ && !compounds_.empty()) {
    fail(text_.size(), "the script ends before " + compounds_.back().closer);
  }
  if (failed_) return;
  judge_feeds();
  judge_habits(habits_, places_);
}

void BashScanner::skip_blanks() {
  while (!at_end()) {
    if (peek() == ' ' || peek() == '\t') {
      ++pos_;
    } else if (peek() == '\\' && peek(1) == '\n' && !places_.at(pos_)) {
      pos_ += 2;
    } else {
      return;
    }
  }
}

void BashScanner::skip_comment() {
  while (!at_end() && peek() != '\n') {
    if (!take_block(BlockPlaces::Kind::dropped)) ++pos_;
  }
}

void BashScanner::read_newline() {
  ++pos_;
  std::vector<HereDocument> waiting;
  waiting.swap(waiting_);
  for (const HereDocument& document : waiting) {
    if (!failed_) read_here_document_body(document);
  }
}

void BashScanner::skip_newlines() {
  for (skip_blanks(); !at_end() && (peek() == '\n' || peek() == '#'); skip_blanks()) {
    if (peek() == '#') skip_comment();
    if (!at_end()) read_newline();
  }
}

void BashScanner::read_commands(Until until) {
  Command command;
  clause_ended_by_esac_ = false;
  for (;;) {
    skip_blanks();
    if (at_end()) break;
    const bool is_block = places_.at(pos_).has_value();
    const char c = peek();
    if (c == '#' && !is_block) {
      skip_comment();
    } else if (!is_block && std::string_view("\n;&|").find(c) != std::string_view::npos &&
               !at("&>")) {
      if (read_separator(command, until)) return;
    } else if (c == ')') {
      if (until != Until::parenthesis || !compounds_.empty()) {
        if (compounds_.empty() || compounds_.back().closer != ")") {
          return fail(pos_, "cannot tell what this ) closes");
        }
        end_command(command);
        ++pos_;
        close_compound(command, ")");
        continue;
      }
      break;
    } else if (c == '(') {
      read_parenthesis(command);
    } else if (!is_block && (at("&>") || ((c == '<' || c == '>') && peek(1) != '('))) {
      read_redirection(command);
    } else {
      read_command_word(command);
      if (!clause_ended_by_esac_) continue;
      if (until != Until::clause) fail(pos_, "cannot tell what this esac closes");
      return;
    }
  }
  end_command(command);
}

// Returns true where a separator ends the commands of a case clause.
bool BashScanner::read_separator(Command& command, Until until) {
  const bool ends_clause = at(";;") || at(";&");
  if (ends_clause) {
    if (until != Until::clause) {
      fail(pos_, "cannot tell what this ends");
      return false;
    }
    end_command(command);
    end_pipeline();
    pos_ += at(";;&") ? 3 : 2;
    return true;
  }
  const bool is_empty = command.words.empty() && !command.after_compound;
  end_command(command);
  if (peek() == '\n') {
    if (!after_pipe_ || !is_empty) end_pipeline();
    read_newline();
    return false;
  }
  const bool is_pipe = peek() == '|' && peek(1) != '|';
  if (!is_pipe) end_pipeline();
  after_pipe_ = is_pipe;
  pos_ += (at("&&") || at("||") || at("|&")) ? 2 : 1;
  return false;
}

void BashScanner::end_pipeline() {
  after_pipe_ = false;
  const std::size_t parent = pipelines_[pipeline_].parent;
  pipelines_.push_back({parent});
  pipeline_ = pipelines_.size() - 1;
}

void BashScanner::end_command(Command& command) {
  if (!command.words.empty()) {
    judge_command(command.words, places_, habits_);
    if (reads_program(command.words)) mark_interpreter();
    after_pipe_ = false;
  }
  if (command.after_compound) after_pipe_ = false;
  command = {};
}

void BashScanner::mark_interpreter() {
  pipelines_[pipeline_].has_interpreter = true;
  for (std::size_t i = pipeline_;; i = pipelines_[i].parent) {
    pipelines_[i].contains_interpreter = true;
    if (i == 0 || pipelines_[i].parent == i) break;
  }
}

void BashScanner::judge_feeds() {
  for (const Feed& feed : feeds_) {
    const Pipeline& own = pipelines_[feed.pipeline];
    bool is_program = own.has_interpreter || (feed.feeds_compound && own.contains_interpreter);
    for (std::size_t i = feed.pipeline; i != 0; i = pipelines_[i].parent) {
      is_program |= pipelines_[pipelines_[i].parent].has_interpreter;
    }
    if (!is_program) continue;
    places_.refuse_in(feed.begin, feed.end,
                      "this text feeds an interpreter, which would run the value; pass it as an "
                      "argument: bash -s -- \"<+...>\" <<'EOF' and use \"$1\" there");
  }
}

void BashScanner::read_redirection(Command& command) {
  if (!command.words.empty() && command.words.back().end == pos_ &&
      is_number(command.words.back().text) && !command.words.back().is_quoted) {
    command.words.pop_back();
  }
  for (const std::string_view op :
       {"&>>", "<<<", "<<-", "&>", ">>", ">&", "<&", ">|", "<>", "<<"}) {
    // A block may begin at the operator's last character.
    if (!at(op)) continue;
    bool is_cut = false;
    for (std::size_t i = 1; i < op.size(); ++i) is_cut |= places_.at(pos_ + i).has_value();
    if (is_cut) continue;
    if ((op.front() == '&' || op == "<<<") && refuse_bashism(pos_, op)) return;
    pos_ += op.size();
    if (op == "<<" || op == "<<-") return read_here_document_start(command, op == "<<-");
    skip_blanks();
    const BashWord target = read_word(false);
    if (target.begin == target.end) return fail(pos_, "cannot tell where this redirection goes");
    if (op == "<<<") {
      feeds_.push_back({target.begin, target.end, pipeline_, command.after_compound});
    }
    return;
  }
  ++pos_;
  skip_blanks();
  const BashWord target = read_word(false);
  if (target.begin == target.end) fail(pos_, "cannot tell where this redirection goes");
}

void BashScanner::read_here_document_start(Command& command, bool strips_tabs) {
  skip_blanks();
  const BashWord word = read_word(false);
  if (places_.any_in(word.begin, word.end)) {
    return places_.refuse_in(word.begin, word.end, "a value cannot be a here-document's delimiter"),
           fail(word.begin, "cannot tell where this here-document ends");
  }
  if (!word.is_literal || word.begin == word.end) {
    return fail(word.begin, "cannot tell where this here-document ends");
  }
  waiting_.push_back({word.text, word.is_quoted, strips_tabs, pipeline_, command.after_compound});
}

void BashScanner::read_command_word(Command& command) {
  const bool is_first = command.words.empty();
  const bool may_assign =
      std::ranges::all_of(command.words, [](const BashWord& word) { return word.is_assignment; });
  BashWord word = read_word(may_assign);
  if (failed_) return;
  if (word.begin == word.end) return fail(pos_, "cannot understand this character here");
  if (command.after_compound) {
    const bool is_descriptor = is_number(word.text) && word.is_literal && !word.is_quoted &&
                               (peek() == '<' || peek() == '>');
    if (is_descriptor || read_reserved_word(command, word)) return;
    return fail(word.begin, "cannot tell what this word means here");
  }
  if (is_first && read_reserved_word(command, word)) return;
  command.words.push_back(std::move(word));
}

}  // namespace tripgate::plan

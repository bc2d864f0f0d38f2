// Compound commands: where they open and close, and the grammar of for, case and [[.
#include <cctype>

#include "engine/plan/bash_scanner.h"

namespace tripgate::plan {
namespace {

bool is_function_name(const BashWord& word) {
  return word.is_literal && !word.is_quoted;
}

}  // namespace

void BashScanner::open_compound(std::string closer) {
  compounds_.push_back({std::move(closer), pipeline_});
  if (compounds_.size() > 1000) fail(pos_, "the script nests too deeply");
  pipelines_.push_back({pipeline_});
  pipeline_ = pipelines_.size() - 1;
  after_pipe_ = false;
}

void BashScanner::close_compound(Command& command, const std::string& closer) {
  if (compounds_.empty() || compounds_.back().closer != closer) {
    return fail(pos_, "cannot tell what this " + closer + " closes");
  }
  pipeline_ = compounds_.back().pipeline;
  compounds_.pop_back();
  command.words.clear();
  command.after_compound = true;
}

void BashScanner::read_parenthesis(Command& command) {
  const std::size_t begin = pos_;
  if (command.after_compound) return fail(begin, "cannot tell what this parenthesis means");
  if (command.words.empty()) {
    if (at("((")) {
      if (refuse_bashism(pos_, "((")) return;
      if (read_arithmetic()) {
        command.after_compound = true;
        return;
      }
    }
    if (failed_) return;
    ++pos_;
    open_compound(")");
    return;
  }
  ++pos_;
  skip_blanks();
  if (command.words.size() != 1 || peek() != ')' || !is_function_name(command.words[0])) {
    return fail(begin, "cannot tell what this parenthesis means");
  }
  ++pos_;
  command.words.clear();
  skip_newlines();
}

// True if the word was one; the command then stands where the next word may be a command's name.
bool BashScanner::read_reserved_word(Command& command, const BashWord& word) {
  if (!word.is_literal || word.is_quoted) return false;
  const std::string& text = word.text;
  const bool opens = !command.after_compound;
  if (text == "[[" || text == "select" || text == "function" || text == "coproc") {
    if (refuse_bashism(word.begin, text)) return true;
  }
  if (text == "fi" || text == "done" || text == "}") {
    close_compound(command, text);
  } else if (text == "esac") {
    clause_ended_by_esac_ = true;
    end_command(command);
  } else if (text == "then" || text == "else" || text == "elif" || text == "do") {
    command = {};
    end_pipeline();
  } else if (!opens) {
    return false;
  } else if (text == "if") {
    open_compound("fi");
  } else if (text == "while" || text == "until") {
    open_compound("done");
  } else if (text == "{") {
    open_compound("}");
  } else if (text == "for" || text == "select") {
    open_compound("done");
    read_for(command);
  } else if (text == "case") {
    read_case(command);
  } else if (text == "[[") {
    read_condition(command);
  } else if (text == "function") {
    skip_blanks();
    const BashWord name = read_word(false);
    places_.refuse_in(name.begin, name.end, "a value cannot name a function");
    skip_blanks();
    if (at("(")) {
      ++pos_;
      skip_blanks();
      if (peek() != ')') fail(pos_, "cannot tell what this parenthesis means");
      ++pos_;
    }
    skip_newlines();
  } else if (text == "coproc") {
    fail(word.begin, "coproc cannot be used together with expressions; use a pipe or <(...)");
  } else if (text == "time") {
    skip_blanks();
    while (at("-p") || at("--")) {
      pos_ += 2;
      skip_blanks();
    }
  } else if (text != "!") {
    return false;
  }
  return true;
}

void BashScanner::read_for(Command& command) {
  skip_blanks();
  if (at("((")) {
    if (refuse_bashism(pos_, "((")) return;
    if (!read_arithmetic()) fail(pos_, "cannot tell where this for (( ends");
  } else {
    const BashWord name = read_word(false);
    places_.refuse_in(name.begin, name.end, "a value cannot name a variable");
    if (!name.is_literal) fail(name.begin, "cannot tell which variable this for sets");
    skip_newlines();
    const std::size_t before = pos_;
    const BashWord in = read_word(false);
    if (!in.is("in")) {
      pos_ = before;
    } else {
      for (skip_blanks(); !at_end() && peek() != ';' && peek() != '\n'; skip_blanks()) {
        const bool is_comment = peek() == '#';
        if (is_comment) {
          skip_comment();
        } else if (const BashWord word = read_word(false); word.begin == word.end) {
          return fail(pos_, "cannot understand this character here");
        }
      }
    }
  }
  skip_blanks();
  if (peek() == ';') ++pos_;
  skip_newlines();
  command = {};
}

void BashScanner::read_case(Command& command) {
  if (!enter()) return;
  const std::size_t begin = pos_;
  skip_blanks();
  read_word(false);
  skip_newlines();
  if (!read_word(false).is("in")) return fail(begin, "cannot find the in of this case");
  std::vector<Compound> compounds;
  compounds.swap(compounds_);
  const std::size_t pipeline = pipeline_;
  for (;;) {
    skip_newlines();
    if (at_end()) break;
    pipelines_.push_back({pipeline});
    pipeline_ = pipelines_.size() - 1;
    clause_ended_by_esac_ = false;
    read_case_patterns();
    if (!clause_ended_by_esac_ && !failed_) read_commands(Until::clause);
    if (clause_ended_by_esac_ || failed_) break;
  }
  if (!clause_ended_by_esac_) fail(begin, "cannot find the esac of this case");
  if (!compounds_.empty()) fail(begin, "cannot tell where the clauses of this case end");
  clause_ended_by_esac_ = false;
  compounds_.swap(compounds);
  pipeline_ = pipeline;
  leave();
  command = {};
  command.after_compound = true;
}

// Up to the parenthesis behind the patterns, or the esac in their place.
void BashScanner::read_case_patterns() {
  const bool has_parenthesis = peek() == '(';
  if (has_parenthesis) ++pos_;
  for (;;) {
    skip_blanks();
    const BashWord pattern = read_word(false);
    if (pattern.begin == pattern.end) return fail(pos_, "cannot understand this pattern");
    if (!has_parenthesis && pattern.is("esac") && !pattern.is_quoted) {
      clause_ended_by_esac_ = true;
      return;
    }
    if (pattern.has_bare_block) {
      places_.refuse_in(pattern.begin, pattern.end,
                        "an unquoted value here would be matched as a pattern; write \"<+...>\"");
    }
    skip_blanks();
    if (peek() == ')') break;
    if (peek() != '|') return fail(pos_, "cannot tell where these patterns end");
    ++pos_;
  }
  ++pos_;
}

void BashScanner::read_condition(Command& command) {
  const std::size_t begin = pos_;
  std::vector<BashWord> words;
  while (!at_end()) {
    skip_blanks();
    if (at_end()) break;
    if (peek() == '\n') {
      read_newline();
      continue;
    }
    read_condition_word(words);
    if (!words.empty() && words.back().is("]]") && !words.back().is_quoted) {
      words.pop_back();
      judge_condition(words, places_);
      command = {};
      command.after_compound = true;
      return;
    }
  }
  fail(begin, "this [[ is never closed");
}

void BashScanner::read_condition_word(std::vector<BashWord>& words) {
  const bool is_regex = !words.empty() && words.back().is("=~");
  if (is_regex) {
    BashWord regex;
    regex.begin = pos_;
    for (std::size_t depth = 0; !at_end();) {
      if (!places_.at(pos_)) {
        if (depth == 0 &&
            (std::isspace(static_cast<unsigned char>(peek())) != 0 || at("&&") || at("||")))
          break;
        if (peek() == '(') ++depth;
        if (peek() == ')' && depth-- == 0) break;
        if (std::string_view("()|<>&; \t\n").find(peek()) != std::string_view::npos) {
          ++pos_;
          continue;
        }
      }
      read_word_part(regex, false);
    }
    regex.end = pos_;
    regex.is_literal = false;
    words.push_back(regex);
    return;
  }
  const bool is_substitution = (peek() == '<' || peek() == '>') && peek(1) == '(';
  if (!places_.at(pos_) && !is_substitution &&
      std::string_view("()<>&|;").find(peek()) != std::string_view::npos) {
    BashWord separator;
    separator.begin = pos_;
    separator.text = std::string(1, text_[pos_++]);
    separator.end = pos_;
    words.push_back(separator);
    return;
  }
  words.push_back(read_word(false));
}

}  // namespace tripgate::plan

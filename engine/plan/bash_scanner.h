// Reads a bash script far enough to know where each of its blocks stands.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/bash_word.h"
#include "engine/plan/command_rules.h"
#include "engine/plan/shell_dialect.h"

namespace tripgate::plan {

/// Walks a script once and tells BlockPlaces about every block. Words and expansions are read
/// exactly, commands only as far as it takes to know names, operands and reserved words. Whatever
/// it does not understand refuses the script.
class BashScanner {
 public:
  BashScanner(std::string_view script, ShellDialect dialect, BlockPlaces& places)
      : text_(script), limit_(script.size()), dialect_(dialect), places_(places) {}

  void scan();

 private:
  enum class Until { end, parenthesis, clause };
  enum class Quote { none, double_quotes, here_document };

  // A pipeline matters for here-documents: does an interpreter read them?
  struct Pipeline {
    std::size_t parent;
    bool has_interpreter = false;       // One of its own commands.
    bool contains_interpreter = false;  // Or one inside its compound commands.
  };
  struct HereDocument {
    std::string delimiter;
    bool is_quoted;
    bool strips_tabs;
    std::size_t pipeline;
    bool feeds_compound;
  };
  struct Feed {
    std::size_t begin, end, pipeline;
    bool feeds_compound;
  };
  struct Compound {
    std::string closer;
    std::size_t pipeline;
  };
  struct Command {
    std::vector<BashWord> words;
    bool after_compound = false;  // Only redirections may follow.
  };

  // Words (bash_words.cc), expansions (bash_expansions.cc).
  BashWord read_word(bool may_assign);
  void read_word_part(BashWord& word, bool may_assign);
  bool read_subscript(BashWord& word);
  void read_array_values();
  void read_extended_pattern();
  void read_escape(BashWord* word);
  void read_single_quotes(BashWord& word);
  void read_ansi_quotes();
  void read_double_quotes(BashWord* word, bool refuses_blocks);
  void read_dollar(Quote quote, BashWord* word);
  void read_braces(Quote quote);
  void read_braces_quote(Quote quote);
  bool read_arithmetic();
  void read_old_arithmetic();
  void read_substitution();
  void read_backquotes(Quote quote);
  void read_here_document_body(const HereDocument& document);
  void scan_here_document_text(std::size_t begin, std::size_t end);

  // Commands (bash_commands.cc), compound ones (bash_compounds.cc).
  void read_commands(Until until);
  bool read_separator(Command& command, Until until);
  void read_redirection(Command& command);
  void read_here_document_start(Command& command, bool strips_tabs);
  void read_command_word(Command& command);
  bool read_reserved_word(Command& command, const BashWord& word);
  void read_for(Command& command);
  void read_case(Command& command);
  void read_case_patterns();
  void read_condition(Command& command);
  void read_condition_word(std::vector<BashWord>& words);
  void read_parenthesis(Command& command);
  void end_command(Command& command);
  void end_pipeline();
  void open_compound(std::string closer);
  void close_compound(Command& command, const std::string& closer);
  void mark_interpreter();
  void judge_feeds();
  void read_newline();
  void skip_blanks();
  void skip_newlines();
  void skip_comment();

  [[nodiscard]] bool at_end() const { return failed_ || pos_ >= limit_; }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return pos_ + ahead < limit_ ? text_[pos_ + ahead] : '\0';
  }
  [[nodiscard]] bool at(std::string_view what) const {
    return text_.substr(pos_, limit_ - pos_).starts_with(what);
  }
  bool take_block(BlockPlaces::Kind kind);
  bool refuse_block(const char* message);
  void fail(std::size_t offset, std::string message);
  bool refuse_bashism(std::size_t offset, std::string_view construct);
  bool enter();
  void leave() { --depth_; }

  std::string_view text_;
  std::size_t pos_ = 0;
  std::size_t limit_;
  ShellDialect dialect_;
  BlockPlaces& places_;
  bool failed_ = false;
  std::size_t depth_ = 0;
  std::size_t attempts_ = 0;
  bool clause_ended_by_esac_ = false;
  bool after_pipe_ = false;
  std::size_t pipeline_ = 0;
  std::vector<Pipeline> pipelines_{{0}};
  std::vector<Compound> compounds_;
  std::vector<HereDocument> waiting_;
  std::vector<Feed> feeds_;
  ScriptHabits habits_;
};

}  // namespace tripgate::plan

// What a command does with its operands: run, evaluate, or just take them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/bash_word.h"

namespace tripgate::plan {

/// What a script does somewhere that changes the meaning of a place elsewhere in it.
struct ScriptHabits {
  bool has_alias = false;                 ///< A word may stand for any command.
  bool has_integer_or_reference = false;  ///< declare -i or -n: assignments may be evaluated.
  std::vector<std::size_t> assignments;   ///< Offsets of assignments that hold blocks.
};

/// Judges a simple command: refuses blocks in operands that bash itself would run or evaluate, in
/// the command's name, and warns where another interpreter gets the text.
void judge_command(const std::vector<BashWord>& words, BlockPlaces& places, ScriptHabits& habits);

/// Judges the words between `[[` and `]]`.
void judge_condition(const std::vector<BashWord>& words, BlockPlaces& places);

/// Judges what is only known at the script's end.
void judge_habits(const ScriptHabits& habits, BlockPlaces& places);

/// Whether a command reads a program or commands from its standard input.
[[nodiscard]] bool reads_program(const std::vector<BashWord>& words);

/// Whether bash or the loader obeys a variable, so that no value may land in it.
[[nodiscard]] bool is_guarded_variable(std::string_view name);

}  // namespace tripgate::plan

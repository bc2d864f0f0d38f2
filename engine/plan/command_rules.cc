// Tables of commands whose operands are more than data, and the few rules that need neighbours.
// A command that is not in a table takes its operands as data, as every external program does.
#include "engine/plan/command_rules.h"

#include <algorithm>
#include <array>

namespace tripgate::plan {
namespace {

template <std::size_t size>
bool is_one_of(std::string_view word, const std::array<std::string_view, size>& words) {
  return std::ranges::find(words, word) != words.end();
}

struct Refusal {
  std::string_view command;
  const char* advice;
};

// Builtins that run, evaluate or name things by their operands, wherever these stand.
constexpr std::array kRefusals = {
    Refusal{"eval", "eval runs the value as a command; call the command itself"},
    Refusal{"let",
            "let evaluates the value as arithmetic, commands in it included; check it first"},
    Refusal{"source", "the value would choose the file that is run; use a fixed path"},
    Refusal{".", "the value would choose the file that is run; use a fixed path"},
    Refusal{
        "trap",
        "trap runs its text later; assign the value first (v=<+...>) and use \"$v\" in a function"},
    Refusal{"alias", "an alias is run as a command; use a function"},
    Refusal{"declare", "declare may evaluate its operands; write v=<+...>, then declare v"},
    Refusal{"typeset", "typeset may evaluate its operands; write v=<+...>, then typeset v"},
    Refusal{"local", "local may evaluate its operands; write local v; v=<+...>"},
    Refusal{"unset", "unset evaluates subscripts; use a fixed name"},
    Refusal{"read", "read evaluates subscripts in names; use printf for a prompt and fixed names"},
    Refusal{"mapfile", "mapfile runs its callback; use fixed operands"},
    Refusal{"readarray", "readarray runs its callback; use fixed operands"},
    Refusal{"getopts", "getopts evaluates subscripts in names; use fixed operands"},
    Refusal{"wait", "wait evaluates subscripts in names; use fixed operands"},
    Refusal{"shopt", "the value would change how bash reads the script; use fixed options"},
    Refusal{"enable", "the value would choose code to load; use fixed operands"},
    Refusal{"hash", "the value would choose which programs run; use fixed operands"},
    Refusal{"bind", "bind may run its operands; use fixed operands"},
    Refusal{"complete", "complete may run its operands; use fixed operands"},
    Refusal{"compgen", "compgen may run its operands; use fixed operands"},
    Refusal{"compopt", "compopt may run its operands; use fixed operands"},
    Refusal{"fc", "fc runs commands; use fixed operands"},
    Refusal{"history", "history keeps commands; use fixed operands"},
    Refusal{"jobs", "jobs -x runs its operands; use fixed operands"},
    Refusal{"caller", "use fixed operands"},
};

// Variables through which a value would run, be evaluated as a number, or choose programs.
constexpr std::array<std::string_view, 26> kGuardedVariables = {"PATH",
                                                                "PS0",
                                                                "PS1",
                                                                "PS2",
                                                                "PS4",
                                                                "PROMPT_COMMAND",
                                                                "BASH_ENV",
                                                                "ENV",
                                                                "RANDOM",
                                                                "SRANDOM",
                                                                "SECONDS",
                                                                "LINENO",
                                                                "HISTCMD",
                                                                "OPTIND",
                                                                "UID",
                                                                "EUID",
                                                                "PPID",
                                                                "BASHPID",
                                                                "SHELLOPTS",
                                                                "BASHOPTS",
                                                                "BASH_COMPAT",
                                                                "LD_PRELOAD",
                                                                "LD_LIBRARY_PATH",
                                                                "LD_AUDIT",
                                                                "EXECIGNORE",
                                                                "FUNCNEST"};

constexpr std::array<std::string_view, 3> kBuiltinPrefixes = {"command", "builtin", "exec"};
constexpr std::array<std::string_view, 18> kRunners = {
    "sudo",   "env",  "nohup",   "nice",    "timeout", "xargs",  "setsid", "stdbuf",  "ionice",
    "chroot", "doas", "runuser", "taskset", "flock",   "strace", "watch",  "unshare", "busybox"};
constexpr std::array<std::string_view, 16> kRemotes = {
    "ssh",    "su",       "docker",      "podman", "kubectl", "nsenter", "find",    "lxc",
    "expect", "parallel", "systemd-run", "at",     "batch",   "crontab", "vagrant", "machinectl"};
constexpr std::array<std::string_view, 14> kShells = {"bash", "sh",     "dash",    "zsh",  "ksh",
                                                      "fish", "python", "python3", "perl", "ruby",
                                                      "node", "php",    "lua",     "tclsh"};
constexpr std::array<std::string_view, 16> kProgramReaders = {
    "ssh",     "su",  ".",  "source", "eval", "psql",  "mysql",   "mariadb",
    "sqlite3", "gdb", "m4", "make",   "at",   "batch", "crontab", "parallel"};
constexpr std::array<std::string_view, 12> kTextPrograms = {
    "awk", "gawk", "mawk", "sed", "jq", "ssh", "su", "parallel", "find", "bc", "dc", "expect"};
constexpr std::array<std::string_view, 4> kQueryPrograms = {"psql", "mysql", "mariadb", "sqlite3"};
constexpr std::array<std::string_view, 6> kArithmeticTests = {"-eq", "-ne", "-lt",
                                                              "-le", "-gt", "-ge"};

std::string_view base_name(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  return slash == std::string_view::npos ? text : text.substr(slash + 1);
}

// python3.11 and bash-5 are python3 and bash to us.
std::string_view program_name(const BashWord& word) {
  if (!word.is_literal) return {};
  const std::string_view name = base_name(word.text);
  return name.substr(0, std::min(name.find_first_of(".-", 1), name.size()));
}

bool has_block(const BashWord& word, const BlockPlaces& places) {
  return places.any_in(word.begin, word.end);
}

class CommandJudge {
 public:
  CommandJudge(const std::vector<BashWord>& words, BlockPlaces& places, ScriptHabits& habits)
      : words_(words), places_(places), habits_(habits) {}

  void judge() {
    std::size_t name = 0;
    while (name < words_.size() && words_[name].is_assignment) judge_assignment(words_[name++]);
    if (name < words_.size()) judge_from(name);
  }

 private:
  void refuse(const BashWord& word, const std::string& message) {
    places_.refuse_in(word.begin, word.end, message);
  }
  void refuse_from(std::size_t first, const char* message) {
    for (std::size_t i = first; i < words_.size(); ++i) refuse(words_[i], message);
  }

  // Whether the word's own value holds data, not only a substitution inside it.
  bool carries(std::size_t i) const { return has_block(words_[i], places_); }

  void judge_assignment(const BashWord& word) {
    if (!has_block(word, places_)) return;
    const std::string_view name = std::string_view(word.text).substr(0, word.name_size);
    if (is_guarded_variable(name)) {
      refuse(word, std::string(name) + " acts on bash itself; use a variable of your own");
    }
    habits_.assignments.push_back(word.begin);
  }

  void judge_from(std::size_t name);
  void judge_builtin(std::size_t name);
  void judge_export(std::size_t name);
  void judge_test(std::size_t name);
  void judge_set(std::size_t name);
  void judge_printf(std::size_t name);
  void judge_runner(std::size_t name);
  void note_attributes(std::size_t name);
  void warn_inner(std::size_t name);

  const std::vector<BashWord>& words_;
  BlockPlaces& places_;
  ScriptHabits& habits_;
};

void CommandJudge::judge_from(std::size_t name) {
  const BashWord& word = words_[name];
  if (has_block(word, places_)) {
    return refuse_from(name,
                       "the value would choose the command that runs; write the command's name, "
                       "or choose it with case");
  }
  const bool is_pattern = !word.is("[") && word.text.find_first_of("*?[") != std::string::npos;
  const bool is_path = word.text.find('/') != std::string::npos;
  if (word.has_brace || ((!word.is_literal || is_pattern) && !is_path)) {
    return refuse_from(name + 1,
                       "the command's name is computed, so it could be eval; write its name "
                       "or a path with a slash");
  }
  if (is_one_of(word.text, kBuiltinPrefixes)) {
    std::size_t next = name + 1;
    while (next < words_.size() && words_[next].is_literal && words_[next].text.starts_with('-'))
      ++next;
    const bool only_asks = next > name + 1 && words_[name].text == "command" &&
                           words_[name + 1].text.find_first_of("vV") != std::string::npos;
    if (!only_asks && next < words_.size()) judge_from(next);
    if (words_[name].text == "exec" && next > name + 1 && next + 1 < words_.size()) {
      refuse(words_[next + 1],
             "the value may name the command that exec runs; give exec no options");
    }
    return;
  }
  judge_builtin(name);
  if (is_one_of(base_name(word.text), kRunners)) judge_runner(name);
  warn_inner(name);
}

void CommandJudge::judge_builtin(std::size_t name) {
  const std::string& text = words_[name].text;
  if (text == "alias") habits_.has_alias = true;
  if (text == "declare" || text == "typeset" || text == "local") note_attributes(name);
  for (const Refusal& refusal : kRefusals) {
    if (text == refusal.command) refuse_from(name + 1, refusal.advice);
  }
  if (text == "export" || text == "readonly") judge_export(name);
  if (text == "test" || text == "[") judge_test(name);
  if (text == "set") judge_set(name);
  if (text == "printf") judge_printf(name);
}

// A value that bash takes for the option -v would make the next operand a name to be evaluated.
void CommandJudge::judge_printf(std::size_t name) {
  std::size_t format = name + 1;
  for (; format + 1 < words_.size() && words_[format].is("-v"); format += 2) {
    refuse(words_[format + 1], "printf -v evaluates subscripts in the name; use a fixed name");
    if (words_[format + 1].has_brace) break;
  }
  if (format >= words_.size() || words_[format].is("--")) return;
  const BashWord& word = words_[format];
  const bool is_unsure = word.starts_with_block || word.has_brace || word.text.starts_with('-') ||
                         (!word.is_literal && word.text.empty());
  if (!is_unsure) return;
  refuse_from(format, "printf takes this as its format or an option; write printf '%s' \"<+...>\"");
}

void CommandJudge::note_attributes(std::size_t name) {
  for (std::size_t i = name + 1; i < words_.size(); ++i) {
    const BashWord& word = words_[i];
    const bool is_option = word.text.starts_with('-') || word.text.starts_with('+');
    if (!word.is_literal && word.text.empty()) habits_.has_integer_or_reference = true;
    if (is_option && word.text.find_first_of("in") != std::string::npos) {
      habits_.has_integer_or_reference = true;
    }
  }
}

void CommandJudge::judge_export(std::size_t name) {
  for (std::size_t i = name + 1; i < words_.size(); ++i) {
    const BashWord& word = words_[i];
    if (!word.is_assignment || word.text.find('[') < word.text.find('=')) {
      refuse(word, "the value would choose a name or an option; write " + words_[name].text +
                       " NAME=<+...>");
    } else if (words_[name + 1].text.starts_with('-')) {
      refuse(word,
             words_[name].text + " with options may evaluate its operands; assign first: v=<+...>");
    } else {
      judge_assignment(word);
    }
  }
}

// A lone value could be an operator, and -v with a subscript runs commands: literal neighbours make
// sure which word is what.
void CommandJudge::judge_test(std::size_t name) {
  const char* advice =
      "next to another computed word test may take the value as an operator; use [[ ]]";
  for (std::size_t i = name + 1; i < words_.size(); ++i) {
    if (!carries(i)) continue;
    const BashWord& before = words_[i - 1];
    if (before.is("-v") || before.is("-R")) {
      refuse(words_[i], "test -v evaluates subscripts in the name; use a fixed name");
    }
    if (!before.is_literal) refuse(words_[i], advice);
    if (i + 1 < words_.size() && !words_[i + 1].is_literal) refuse(words_[i], advice);
    const bool joins = std::ranges::any_of(words_, [](const BashWord& word) {
      return word.is("-a") || word.is("-o") || word.has_brace;
    });
    if (joins)
      refuse(words_[i],
             "with -a, -o or braces test may take the value as an operator; use && or ||");
  }
}

void CommandJudge::judge_set(std::size_t name) {
  for (std::size_t i = name + 1; i < words_.size() && !words_[i].is("--"); ++i) {
    refuse(words_[i], "set may take the value as an option; write set -- \"<+...>\"");
  }
}

// The runner's own options may take an argument each, so the command's name stands at most that
// many words later.
void CommandJudge::judge_runner(std::size_t name) {
  std::size_t before = 0;
  std::size_t needed = 1;
  for (std::size_t i = name + 1; i < words_.size() && before < needed; ++i) {
    const BashWord& word = words_[i];
    if (has_block(word, places_) && !word.is_assignment) {
      refuse(word, "the value may choose the command that " + words_[name].text +
                       " runs; write it behind the command and its own words");
    }
    if (word.is_literal && word.text.starts_with('-') && word.text.find('=') == std::string::npos) {
      ++needed;
    } else if (!word.is_assignment && !(words_[name].text == "timeout" && i == name + 1)) {
      ++before;
    }
  }
}

void CommandJudge::warn_inner(std::size_t name) {
  for (std::size_t i = name; i < words_.size(); ++i) {
    const std::string_view program = program_name(words_[i]);
    const bool has_option = std::any_of(
        words_.begin() + static_cast<std::ptrdiff_t>(i), words_.end(), [](const BashWord& word) {
          return word.text.starts_with('-') && !word.text.starts_with("--") &&
                 word.text.find_first_of("cer") != std::string::npos;
        });
    const bool reads_text =
        is_one_of(program, kTextPrograms) ||
        ((is_one_of(program, kShells) || is_one_of(program, kQueryPrograms)) && has_option);
    if (reads_text) {
      places_.warn_in(words_[i].end, words_.back().end,
                      std::string(program) +
                          " reads this text as a program of its own; the value is "
                          "data for bash only");
      return;
    }
    const std::string_view first = base_name(words_[name].text);
    if (i == name && !is_one_of(first, kRunners) && !is_one_of(first, kRemotes)) return;
  }
}

}  // namespace

bool is_guarded_variable(std::string_view name) {
  return is_one_of(name, kGuardedVariables) || name.starts_with("BASH_FUNC_");
}

void judge_command(const std::vector<BashWord>& words, BlockPlaces& places, ScriptHabits& habits) {
  CommandJudge(words, places, habits).judge();
}

void judge_condition(const std::vector<BashWord>& words, BlockPlaces& places) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const BashWord& word = words[i];
    if (!has_block(word, places)) continue;
    const std::string_view before =
        i > 0 && words[i - 1].is_literal ? words[i - 1].text : std::string_view();
    const std::string_view after =
        i + 1 < words.size() && words[i + 1].is_literal ? words[i + 1].text : std::string_view();
    if (is_one_of(before, kArithmeticTests) || is_one_of(after, kArithmeticTests)) {
      places.refuse_in(word.begin, word.end,
                       "[[ evaluates the value as arithmetic, commands in it included; write "
                       "[ \"<+...>\" -eq 1 ]");
    } else if (before == "=~") {
      places.refuse_in(
          word.begin, word.end,
          "a value here would be a regular expression; compare with == and a quoted word");
    } else if (before == "-v" || before == "-R") {
      places.refuse_in(word.begin, word.end,
                       "-v evaluates subscripts in the name; use a fixed name");
    } else if ((before == "==" || before == "=" || before == "!=") && word.has_bare_block) {
      places.refuse_in(word.begin, word.end,
                       "an unquoted value here would be matched as a pattern; write \"<+...>\"");
    }
  }
}

void judge_habits(const ScriptHabits& habits, BlockPlaces& places) {
  if (habits.has_alias) {
    for (std::size_t i = 0; i < places.blocks().size(); ++i) {
      if (places.kind(i) != BlockPlaces::Kind::dropped) {
        places.refuse(
            i, "the script defines an alias, so a word may stand for any command; use a function");
      }
    }
  }
  if (!habits.has_integer_or_reference) return;
  for (const std::size_t begin : habits.assignments) {
    places.refuse(
        places.first_from(begin),
        "the script declares integers or references (-i, -n), whose assignments bash evaluates; "
        "declare without them");
  }
}

bool reads_program(const std::vector<BashWord>& words) {
  std::size_t name = 0;
  while (name < words.size() && words[name].is_assignment) ++name;
  if (name == words.size()) return false;
  if (!words[name].is_literal) return true;
  const std::string_view first = base_name(words[name].text);
  const bool runs_another = is_one_of(first, kRunners) || is_one_of(first, kRemotes) ||
                            is_one_of(first, kBuiltinPrefixes);
  const bool reads_file =
      std::ranges::any_of(words, [](const BashWord& word) { return word.is("-f"); });
  for (std::size_t i = name; i < words.size(); ++i) {
    const std::string_view program = program_name(words[i]);
    if (is_one_of(program, kShells) || is_one_of(program, kProgramReaders)) return true;
    if (words[i].is(".")) return true;
    if (reads_file &&
        (program == "awk" || program == "gawk" || program == "mawk" || program == "sed")) {
      return true;
    }
    if (!runs_another) return false;
  }
  return false;
}

}  // namespace tripgate::plan

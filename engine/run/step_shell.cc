// Outputs are read when the shell ends, by whatever way a script can end it and still succeed: an
// EXIT trap of bash and sh, atexit of Python. They leave as records on a descriptor of their own.
#include "engine/run/step_shell.h"

#include <algorithm>
#include <string_view>

#include "engine/plan/script_prologue.h"
#include "engine/step/step_protocol.h"

namespace tripgate {
namespace {

std::string fd_path(int fd) {
  return "/dev/fd/" + std::to_string(fd);
}

// Each record starts with a separator of its own, so that half a record that the script itself
// wrote swallows none.
std::string print_to_outputs(const StepCommand& command, std::string_view printf) {
  std::string text = std::string(printf) + " '\\0%s=%s\\0'";
  for (const StepOutput& output : command.outputs) {
    text += " " + plan::quote_for_bash(output.name) + " \"${" + output.variable + "-}\"";
  }
  return text;
}

// Prints the outputs and leaves the status as it was. -x is off while it runs, for the trace would
// show secret values. Closed descriptors are the script's own doing, and no reason to fail it.
std::string bash_collector(const StepCommand& command) {
  return "_tripgate_keep_outputs() {\n"
         "  builtin local - _tripgate_status=$?\n"
         "  { builtin set +x; } 2>/dev/null\n"
         "  " +
         print_to_outputs(command, "builtin printf") + " 2>/dev/null >&" +
         std::to_string(step::kStepOutputsFd) +
         " || builtin :\n"
         "  builtin return \"$_tripgate_status\"\n"
         "}\n"
         "builtin trap _tripgate_keep_outputs EXIT\n";
}

// A script's own EXIT trap runs after ours, with the status that the script ended with. `if` hands
// that status to the trap without -e taking it for a failure. Subshells have traps of their own.
constexpr std::string_view kBashTrap = R"(trap() {
  if [[ $BASHPID != "$$" || $# == 0 || $1 == -[lp]* ]]; then
    builtin trap "$@"
    return
  fi
  [[ $1 != -- ]] || builtin shift
  builtin local _tripgate_action=- _tripgate_signal _tripgate_status=0
  if (($# > 1)) && [[ $1 != +([0-9]) ]]; then
    _tripgate_action=$1
    builtin shift
  fi
  for _tripgate_signal; do
    if [[ ${_tripgate_signal^^} != @(0|EXIT|SIGEXIT) ]]; then
      builtin trap -- "$_tripgate_action" "$_tripgate_signal" || _tripgate_status=1
    elif [[ $_tripgate_action == - || -z $_tripgate_action ]]; then
      builtin trap _tripgate_keep_outputs EXIT
    else
      builtin trap -- "if _tripgate_keep_outputs; then eval ${_tripgate_action@Q}
else eval ${_tripgate_action@Q}
fi" EXIT
    fi
  done
  builtin return "$_tripgate_status"
}
)";

// The descriptors of prologue and script are closed before the script's first command, so that no
// child of it inherits either.
ShellTexts bash_texts(const StepCommand& command) {
  ShellTexts texts;
  texts.arguments = {"/bin/bash", fd_path(step::kStepScriptFd)};
  texts.environment = {"BASH_ENV=" + fd_path(step::kStepPrologueFd)};
  texts.prologue = "unset BASH_ENV; exec " + std::to_string(step::kStepPrologueFd) + "<&-\n";
  texts.prologue += command.prologue;
  if (!command.outputs.empty()) {
    texts.prologue += '\n' + bash_collector(command);
    if (command.script.find("trap") != std::string::npos) texts.prologue += kBashTrap;
  }
  texts.script = "exec " + std::to_string(step::kStepScriptFd) + "<&-;";
  return texts;
}

// dash knows no descriptor of several digits in a redirection, and no function in place of `trap`:
// outputs are printed to a path, and once more after the script, for a script with an EXIT trap of
// its own that runs to its last line.
std::string sh_collector(const StepCommand& command) {
  return "_tripgate_keep_outputs() {\n"
         "  _tripgate_status=$?\n"
         "  if [ -z \"${_tripgate_kept-}\" ]; then\n"
         "    _tripgate_kept=1\n"
         "    { set +x; } 2>/dev/null\n"
         "    " +
         print_to_outputs(command, "command printf") + " 2>/dev/null >" +
         fd_path(step::kStepOutputsFd) +
         " || :\n"
         "  fi\n"
         "  return \"$_tripgate_status\"\n"
         "}\n"
         "trap _tripgate_keep_outputs EXIT\n";
}

ShellTexts sh_texts(const StepCommand& command) {
  ShellTexts texts;
  std::string text = ". " + fd_path(step::kStepPrologueFd) + "; . \"$0\"";
  texts.prologue = command.prologue;
  if (!command.outputs.empty()) {
    texts.prologue += '\n' + sh_collector(command);
    text += "; _tripgate_keep_outputs";
  }
  texts.arguments = {"/bin/sh", "-c", text, fd_path(step::kStepScriptFd)};
  return texts;
}

std::string python_bytes(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : text) {
    hex += kDigits[static_cast<unsigned char>(c) >> 4];
    hex += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return "bytes.fromhex('" + hex + "')";
}

// The script is compiled under a name of its own, so that its line numbers are those of the text
// as written; modules are found in the working directory first, as with `python3 -c`.
ShellTexts python_texts(const StepCommand& command) {
  ShellTexts texts;
  texts.arguments = {"/usr/bin/env", "python3", "-u", fd_path(step::kStepPrologueFd)};
  std::string& text = texts.prologue;
  text = "import atexit, os, sys\n";
  if (!command.outputs.empty()) {
    text += "def keep_outputs():\n  with open(" + std::to_string(step::kStepOutputsFd) +
            ", 'wb', closefd=False) as outputs:\n";
    for (const StepOutput& output : command.outputs) {
      text += "    outputs.write(" + python_bytes('\0' + output.name + "=") +
              " + os.environb.get(" + python_bytes(output.variable) + ", b'') + b'\\0')\n";
    }
    text += "atexit.register(keep_outputs)\n";
  }
  text +=
      "sys.path[0] = ''\n"
      "with open('" +
      fd_path(step::kStepScriptFd) +
      "', 'rb') as script: text = script.read()\n"
      "exec(compile(text, 'script', 'exec'), {'__name__': '__main__'})\n";
  return texts;
}

ShellTexts program_texts(const StepCommand& command) {
  ShellTexts texts;
  texts.arguments = command.program;
  texts.arguments.push_back(fd_path(step::kStepScriptFd));
  texts.environment = {"TRIPGATE_RESULT_FILE=" + fd_path(step::kStepOutputsFd)};
  return texts;
}

ShellTexts own_texts(const StepCommand& command) {
  switch (command.shell) {
    case StepShell::bash:
      return bash_texts(command);
    case StepShell::sh:
      return sh_texts(command);
    case StepShell::python:
      return python_texts(command);
    case StepShell::program:
      return program_texts(command);
  }
  return {};
}

}  // namespace

ShellTexts shell_texts(const StepCommand& command) {
  ShellTexts texts = own_texts(command);
  const bool is_shell = command.shell == StepShell::bash || command.shell == StepShell::sh;
  if (command.stops_on_error && is_shell) texts.script += "set -e; ";
  texts.script += command.script;
  return texts;
}

}  // namespace tripgate

// How each shell takes a script: its arguments, the texts it reads, and how the values of its
// variables leave it.
#pragma once

#include <string>
#include <vector>

#include "engine/run/command_runner.h"

namespace tripgate {

/// What a supervisor hands to the shell of a step (engine/step/step_protocol.md, "Start").
struct ShellTexts {
  /// The first is the path to execute.
  std::vector<std::string> arguments;
  std::string prologue;
  std::string script;
  /// On top of the step's own.
  std::vector<std::string> environment;
};

/// The texts for a command that step_handover.h has checked.
[[nodiscard]] ShellTexts shell_texts(const StepCommand& command);

}  // namespace tripgate

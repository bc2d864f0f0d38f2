// A step as its supervisor reads it: three sealed memory files (engine/step/step_protocol.md).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"
#include "engine/run/command_runner.h"
#include "engine/run/step_limits.h"

namespace tripgate {

/// What is handed over. Borrows all but its own texts.
struct StepOrder {
  const std::string& directory;
  const StepCommand& command;
  std::vector<std::pair<std::string, std::string>> environment;
  const std::optional<StepUser>& user;
  const StepLimits& limits;
  std::string cgroup;  ///< Of the attempt, made by its supervisor; empty: none.
};

struct StepHandover {
  UniqueFd spec;
  UniqueFd prologue;
  UniqueFd script;
};

/// Writes the three files. order.environment: the whole of it, but for what the shell itself needs
/// (step_shell.h).
///
/// Errors: Errc::invalid_argument (a NUL, a name that is no name), Errc::too_large (what execve or
/// the supervisor would refuse), errno of memfd_create.
[[nodiscard]] Result<StepHandover> make_handover(const StepOrder& order);

}  // namespace tripgate

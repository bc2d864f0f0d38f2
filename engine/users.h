// Names of users and groups as the numbers that the kernel wants.
#pragma once

#include <optional>
#include <string>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/run/command_runner.h"

namespace tripgate {

/// Errors: a Diagnostic that names the user or group which does not exist.
[[nodiscard]] Result<StepUser, Diagnostic> find_user(const std::string& name);
[[nodiscard]] Result<unsigned, Diagnostic> find_group(const std::string& name);

}  // namespace tripgate

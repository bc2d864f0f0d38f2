// What the directory of an attempt tells about it, and the one decision that makes "never started"
// true for ever (engine/step/step_protocol.md, "Recovery").
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"
#include "engine/run/command_runner.h"

namespace tripgate {

/// Where an attempt stands.
struct AttemptState {
  enum class Kind { never_started, running, finished, interrupted };

  Kind kind = Kind::interrupted;
  /// running: readable once the supervisor ends; whoever wakes up by it examines again.
  UniqueFd supervisor;
  /// finished and interrupted.
  StepResult result;
};

/// Decides where the attempt in `directory` stands. An attempt that nobody claimed is claimed here,
/// so that a supervisor that comes late will not run it; a missing directory is made for that.
///
/// Waits for the disk. Errors: those of the file system, after which nothing is decided.
[[nodiscard]] Result<AttemptState> settle_attempt(const std::string& directory);

/// The exit record's text as a result; nullopt if it is not a whole record of a known version.
[[nodiscard]] std::optional<StepResult> parse_exit_record(std::string_view text);

/// Names and values of the file `outputs`; a torn last record is dropped.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parse_outputs(std::string_view text);

}  // namespace tripgate

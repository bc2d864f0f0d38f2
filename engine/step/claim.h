// The right to run an attempt: one lock while the supervisor lives, one claim for ever.
#pragma once

#include "engine/step/step_protocol.h"

namespace tripgate::step {

/// The attempt's directory, its lock, and its preallocated exit record. All close on exec.
struct Attempt {
  int directory_fd = -1;
  int lock_fd = -1;
  int exit_fd = -1;
};

/// Locks the attempt, takes its claim and makes both durable. `recorded` (0) means that the step
/// may start; any other status that it must not, and ends the supervisor.
[[nodiscard]] ExitStatus take_claim(const char* directory, Attempt& attempt);

}  // namespace tripgate::step

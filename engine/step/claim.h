// The right to run an attempt: one lock while the supervisor lives, one claim for ever.
#pragma once

#include "engine/step/step_protocol.h"

namespace tripgate::step {

/// The attempt's directory, its lock, its claim and its preallocated exit record. All close on
/// exec.
struct Attempt {
  int directory_fd = -1;
  int lock_fd = -1;
  int claim_fd = -1;
  int exit_fd = -1;
};

/// Locks the attempt and takes its claim. `recorded` (0) means that the step may start once the
/// claim is durable; any other status that it must not, and ends the supervisor.
[[nodiscard]] ExitStatus take_claim(const char* directory, Attempt& attempt);

/// Makes the claim durable. After false the step must not start, and nothing is claimed.
[[nodiscard]] bool sync_claim(Attempt& attempt);

}  // namespace tripgate::step

// The right to run an attempt: one claim for ever, locked while the supervisor lives.
#pragma once

#include "engine/step/step_protocol.h"

namespace tripgate::step {

/// The attempt's directory and its claim, which has room for the exit record. Both close on exec.
struct Attempt {
  int directory_fd = -1;
  int claim_fd = -1;
};

/// Takes the attempt's claim and its lock. `recorded` (0) means that the step may start once the
/// claim is durable; any other status that it must not, and ends the supervisor.
[[nodiscard]] ExitStatus take_claim(const char* directory, Attempt& attempt);

/// Makes the claim durable. After false the step must not start, and nothing is claimed.
[[nodiscard]] bool sync_claim(Attempt& attempt);

}  // namespace tripgate::step

// The engine as a whole: owns every part and wires it.
#pragma once

#include "engine/config.h"

namespace tripgate {

/// Runs until SIGTERM (steps that run go on without it) or SIGINT (they are aborted first).
///
/// Returns the exit status of the process: 0 after a signal, 1 when it cannot start, with the
/// reason in the log. Ends the process with status 70 when the store breaks, for the next start
/// recovers.
[[nodiscard]] int run_engine(const Config& config);

}  // namespace tripgate

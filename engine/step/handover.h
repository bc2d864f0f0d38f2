// What the engine hands over to a supervisor that waits for a step.
#pragma once

namespace tripgate::step {

/// Waits until kSpecFd, kPrologueFd and kScriptFd have come by kEngineFd. False when the engine
/// went without a step for us.
[[nodiscard]] bool receive_handover();

}  // namespace tripgate::step

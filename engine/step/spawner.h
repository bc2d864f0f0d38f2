// The process that an engine keeps to start supervisors: a fork of it is ready at once, where a new
// program would have to be loaded first.
#pragma once

namespace tripgate::step {

/// Serves the engine on kSpawnerFd until it hangs up (step_protocol.md, "Spawner"); then false.
/// True in every process that it forks: that one has its descriptors, and is to supervise.
[[nodiscard]] bool serve_engine();

}  // namespace tripgate::step

// Starts supervisors through a process that is kept for it (engine/step/step_protocol.md,
// "Spawner").
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"
#include "engine/run/step_handover.h"

namespace tripgate {

/// A spawner forks in less than a millisecond; one that takes this long is stopped or starved.
inline constexpr std::chrono::milliseconds kSpawnerPatience{10'000};

/// A supervisor that was started.
struct StartedSupervisor {
  UniqueFd process;  ///< pidfd: readable at its end.
  UniqueFd status;   ///< Has one byte once it ended, its exit status; none if it was killed.
};

/// One thread's. Its process starts with the first supervisor, again when it was killed, and ends
/// with this; supervisors go on.
class StepSpawner {
 public:
  /// program: path of tripgate-step. patience: for an answer of its process.
  explicit StepSpawner(std::string program, std::chrono::milliseconds patience = kSpawnerPatience)
      : program_(std::move(program)), patience_(patience) {}
  ~StepSpawner();
  StepSpawner(const StepSpawner&) = delete;
  StepSpawner& operator=(const StepSpawner&) = delete;

  /// engine_life: read end of a pipe that hangs up with the engine.
  ///
  /// Errors: errno of what starts processes; Errc::io when the spawner ended or did not answer in
  /// time, twice: a supervisor may then have been started, but none will be any more.
  [[nodiscard]] Result<StartedSupervisor> start(const StepHandover& handover,
                                                const UniqueFd& engine_life);

 private:
  [[nodiscard]] ErrorCode spawn();
  [[nodiscard]] Result<UniqueFd> ask(const StepHandover& handover, const UniqueFd& engine_life,
                                     const UniqueFd& status);
  void end();

  std::string program_;
  std::chrono::milliseconds patience_;
  UniqueFd socket_;
  pid_t pid_ = -1;
};

}  // namespace tripgate

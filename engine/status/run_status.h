// The states of runs and their nodes, and which may follow which.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tripgate {

/// Values are stored: never renumber (pipelines.md 3.1).
enum class RunStatus : std::uint8_t {
  no_op = 0,
  running = 1,
  intervention_waiting = 2,
  timed_waiting = 3,
  async_waiting = 4,
  task_waiting = 5,
  discontinuing = 6,
  pausing = 7,
  queued = 8,
  skipped = 9,
  paused = 10,
  aborted = 11,
  errored = 12,
  failed = 13,
  expired = 14,
  suspended = 15,
  succeeded = 16,
  ignore_failed = 17,
  approval_waiting = 18,
  resource_waiting = 19,
  approval_rejected = 20,
  input_waiting = 21,
  wait_step_running = 22,
  freeze_failed = 23,
  queued_license_limit_reached = 24,
  queued_execution_concurrency_reached = 25,
  not_started = 26,  // A node that nothing has visited; the original has no number for it.
};

inline constexpr std::uint8_t kRunStatusCount = 27;

/// "Success": what REST and the web show (pipelines.md 3.2).
[[nodiscard]] std::string_view display_name(RunStatus status);

/// "SUCCEEDED": what expressions and event history rows show.
[[nodiscard]] std::string_view engine_name(RunStatus status);

[[nodiscard]] bool is_final(RunStatus status);
/// Final, and what follows may go on as after a success.
[[nodiscard]] bool is_positive(RunStatus status);
/// Final, and a failure.
[[nodiscard]] bool is_broken(RunStatus status);

/// Whether a node in `from` may come to be in `to` (pipelines.md 3.3). From not_started a node is
/// queued, starts, or is skipped.
[[nodiscard]] bool node_may_move(RunStatus from, RunStatus to);

/// The same for a run as a whole.
[[nodiscard]] bool run_may_move(RunStatus from, RunStatus to);

/// The status of a parent from those of its children (pipelines.md 3.5).
[[nodiscard]] RunStatus aggregate(std::span<const RunStatus> children);

}  // namespace tripgate

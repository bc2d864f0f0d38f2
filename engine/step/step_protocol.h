// What the engine and a step's supervisor agree on; step_protocol.md tells the whole story.
// Supervisors outlive engine upgrades: never change a value or a meaning, add a version instead.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tripgate::step {

/// First line of every file, and the first record of the specification.
inline constexpr char kSpecMagic[] = "tripgate-step=2";
inline constexpr char kClaimMagic[] = "tripgate-claim 2";
inline constexpr char kExitMagic[] = "tripgate-exit 2";

/// Descriptors on which the engine hands things to the supervisor.
inline constexpr int kSpecFd = 3;
inline constexpr int kPrologueFd = 4;
inline constexpr int kScriptFd = 5;
/// Of a pipe that hangs up when the engine is gone; may be absent.
inline constexpr int kEngineFd = 6;
/// Of a pipe, for the supervisor's exit status, one byte: its parent is the spawner, not the
/// engine.
inline constexpr int kStatusFd = 7;
/// How many of these there are: kSpecFd to kStatusFd, in this order.
inline constexpr int kHandedFds = 5;

/// Argument that makes a spawner of tripgate-step, and the socket on which it is asked.
inline constexpr char kSpawnerArgument[] = "serve";
inline constexpr int kSpawnerFd = 3;

/// Descriptors of the step itself: high ones, because people's scripts use 3 to 9 and bash keeps
/// its own at 255.
inline constexpr int kStepOutputsFd = 251;
inline constexpr int kStepPrologueFd = 252;
inline constexpr int kStepScriptFd = 253;

/// Files of an attempt's directory.
inline constexpr char kClaimFile[] = "claim";
inline constexpr char kLogFile[] = "log";
inline constexpr char kOutputsFile[] = "outputs";
inline constexpr char kResultFile[] = "result";

/// The claim file has two parts of this size, padded with newlines: the claim and the exit record.
/// Larger than either, and reserved at once: a step that fills the disk cannot prevent its record.
inline constexpr std::size_t kClaimPartBytes = 1024;

/// How many directories above the attempt's own may be younger than its claim, and are synced.
inline constexpr int kSyncedParents = 2;

/// Log bytes of a step's own output; the supervisor's closing lines come on top (spec 9.3).
inline constexpr std::uint64_t kLogLimitBytes = 5 * 1024 * 1024;
/// Bytes of one line that are kept before kTruncatedMark (spec 9.3).
inline constexpr std::size_t kLogLineBytes = 25600;
inline constexpr char kTruncatedMark[] = "... (log line truncated)";
/// Bytes a step may write to its outputs descriptor, names and separators included; more fails it
/// (spec 9.3).
inline constexpr std::uint64_t kOutputsLimitBytes = 512 * 1024;
/// What a masked value looks like in the log.
inline constexpr char kMask[] = "**************";

/// From TERM to KILL when the engine does not say otherwise (spec 2.1).
inline constexpr std::int64_t kKillAfterMs = 10'000;
/// How long processes of the step's session may outlive its main process.
inline constexpr std::int64_t kLeftoverGraceMs = 2'000;
/// How long the supervisor goes on trying to write the exit record on a full disk.
inline constexpr int kExitRecordAttempts = 600;

/// Exit status of the supervisor. Only `recorded` leaves an exit record; after any other status
/// but `unrecorded` the step has not run.
enum ExitStatus : int {
  recorded = 0,
  bad_spec = 10,    // The specification does not parse; nothing was touched.
  not_locked = 11,  // Recovery holds the claim's lock.
  claimed = 12,     // The claim was taken already.
  io_failed = 13,   // Directory or claim could not be made durable.
  unrecorded = 14,  // The step ran, but its exit record could not be written.
};

}  // namespace tripgate::step

// The seam between the runner, which decides what runs, and whatever runs it: real processes
// (process_runner.h) or a test's hand (test/lib/fake_command_runner.h).
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/result.h"

namespace tripgate {

/// Names one attempt of one step; number counts from 0 and grows with every retry.
///
/// Each id becomes a part of a path: 1 to 200 letters, digits, '-', '_' and '.', not starting with
/// a dot.
struct AttemptId {
  std::string execution_id;
  std::string node_id;
  std::uint32_t number = 0;

  friend auto operator<=>(const AttemptId&, const AttemptId&) = default;
};

/// Runs steps as somebody else than the engine; needs the right to do so.
struct StepUser {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::vector<std::uint32_t> groups;
};

/// What reads a step's script.
enum class StepShell : std::uint8_t {
  bash,     // /bin/bash
  sh,       // /bin/sh
  python,   // python3 of the step's PATH; takes no prologue
  program,  // StepCommand::program; takes no prologue and publishes no variables
};

/// A variable that is read when the script has succeeded (spec 2.1).
struct StepOutput {
  /// As published: no NUL and no '='.
  std::string name;
  /// A variable of the shell, exported or not; of Python's os.environ.
  std::string variable;
  /// The log shows asterisks in its place.
  bool is_secret = false;
};

/// Everything a step's process needs. Texts hold no NUL; `start` refuses them.
struct StepCommand {
  StepShell shell = StepShell::bash;
  /// Shell source that runs before the script, in the same shell; sets the script's variables.
  std::string prologue;
  /// The shell's source, or what a program reads from the path that is its last argument.
  std::string script;
  /// For StepShell::program: an absolute path and arguments. The program's log consists of what it
  /// prints. It may write at most step::kOutputsLimitBytes to the path that TRIPGATE_RESULT_FILE
  /// names, by opening it once and writing on; that comes back as StepResult::result_text.
  std::vector<std::string> program;
  /// For bash and sh: ends with the first command that fails, as `set -e` does (spec 2.2).
  bool stops_on_error = false;
  /// Exported to the script on top of the runner's own (PATH, HOME, SHELL, LC_CTYPE, TRIPGATE_*).
  std::vector<std::pair<std::string, std::string>> environment;
  /// Come back as StepResult::outputs; together at most step::kOutputsLimitBytes.
  std::vector<StepOutput> outputs;
  /// Bytes of one output's value; a longer one fails the step (spec 9.3: 64 kB for Run).
  std::size_t output_value_max_bytes = 512 * 1024;
  /// The event that started the execution; half of TRIPGATE_IDEMPOTENCY_KEY.
  std::string event_id;
  /// The other half: the same for every attempt at the step.
  std::string node_key;
  /// Must exist (spec 2.1: the default is /tmp, which consecutive steps share).
  std::string working_directory = "/tmp";
  std::chrono::milliseconds timeout = std::chrono::minutes(10);
  /// From TERM to KILL, after the timeout or an abort.
  std::chrono::milliseconds kill_after = std::chrono::seconds(10);
  /// Values masked in the log, line by line; lines under three bytes are not (spec 6.11).
  std::vector<std::string> secrets;
};

/// How an attempt ended. Exactly one of exit_code, signal, start_error and interrupted is set.
struct StepResult {
  std::optional<int> exit_code;
  int signal = 0;
  /// Why the step never ran; empty if it did.
  std::string start_error;
  /// Why nobody knows how it ended (its supervisor or the machine was killed); it may have run.
  std::string interrupted;
  /// Why its outputs or its result could not be kept: too large, or the disk is full. Fails the
  /// step.
  std::string output_error;
  bool timed_out = false;
  bool aborted = false;
  /// Unix time; 0 if the step never ran. ended_at_ms is 0 after an interruption.
  UnixMs started_at_ms = 0;
  UnixMs ended_at_ms = 0;
  /// Bytes that the step wrote to stdout and stderr, kept in the log or not.
  std::uint64_t output_bytes = 0;
  /// Names as published and values, trimmed, in the order of StepCommand::outputs; only after
  /// success. One that the script left unset is empty; one that it kept from being read is absent.
  std::vector<std::pair<std::string, std::string>> outputs;
  /// What a program wrote to TRIPGATE_RESULT_FILE, however it ended; any bytes.
  std::string result_text;

  [[nodiscard]] bool is_success() const {
    return exit_code == 0 && !timed_out && !aborted && output_error.empty();
  }
};

/// Called once per attempt, never from within `start`, `abort` or `adopt`.
using OnStepEnd = std::function<void(const StepResult&)>;

/// What `adopt` found.
enum class Adoption {
  never_started,  // It did not and never will run: on_end stays silent, a new number may start.
  running,        // on_end follows when it ends.
  ended,          // on_end follows at once, with the recorded result or with `interrupted`.
};

/// Starts attempts, tells their end, aborts them, and finds them again after a restart.
///
/// The caller journals an attempt before it starts it, and adopts every attempt in its journal that
/// has no end before it starts anything. Then each attempt runs exactly once whenever the engine is
/// killed, and at most once when a supervisor or the machine is.
class CommandRunner {
 public:
  virtual ~CommandRunner() = default;

  /// Does what `start` would do first, while the attempt is being journaled. It may never start.
  virtual void prepare([[maybe_unused]] const AttemptId& id) {}

  /// Starts an attempt that was never started before. An error means that it has not run; on_end
  /// stays silent then. Errors: Errc::invalid_argument (NUL, id), Errc::too_large, errno of
  /// spawning.
  [[nodiscard]] virtual ErrorCode start(const AttemptId& id, const StepCommand& command,
                                        OnStepEnd on_end) = 0;

  /// Asks a running attempt to end: TERM, later KILL. Its end is told as always, with `aborted`
  /// unless it ended by itself before. An unknown attempt is ignored.
  virtual void abort(const AttemptId& id) = 0;

  /// Takes up an attempt that an earlier engine journaled. Waits for the disk.
  [[nodiscard]] virtual Result<Adoption> adopt(const AttemptId& id, OnStepEnd on_end) = 0;
};

}  // namespace tripgate

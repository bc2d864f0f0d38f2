// Watches over a running step: its output, its time, its end.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "engine/step/cgroup.h"
#include "engine/step/child.h"
#include "engine/step/descendants.h"
#include "engine/step/exit_record.h"
#include "engine/step/log_file.h"
#include "engine/step/output_channel.h"
#include "engine/step/spec.h"
#include "engine/step/text.h"

namespace tripgate::step {

/// One per process. Expects SIGCHLD and SIGTERM to be blocked.
class Supervisor {
 public:
  Supervisor(const Spec& spec, const Attempt& attempt, LogFile& log)
      : spec_(spec), attempt_(attempt), log_(log), outputs_(spec, attempt, log) {}

  /// Makes the step's process, which executes nothing yet: that takes its time beside the disk's.
  void prepare();

  /// Starts the step and stays with it to its end.
  [[nodiscard]] Ending run();

  /// Ends the step's process, which has executed nothing.
  void call_off();

  /// Whether files beside the log tell what the step left.
  [[nodiscard]] bool has_left_files() const { return outputs_.has_file(); }

 private:
  // Each phase has one deadline, and only its passing or an abort leads to the next.
  enum class Phase {
    running,    // Until the timeout; then TERM.
    stopping,   // Until kill_after_ms have passed; then KILL.
    leftovers,  // The main process ended by itself; until leftover_grace_ms have passed, then KILL.
    killed,     // For a moment; what is still there is given up.
  };

  void write_opening_lines();
  void fail_start(std::string_view reason);
  void watch();
  void wait_for_events();
  [[nodiscard]] bool is_done() const;
  [[nodiscard]] Leftovers leftovers() const;

  void enter(Phase phase, std::int64_t duration_ms);
  void pass_deadline();
  void stop();
  void signal_group(int number);
  void kill_all();

  void read_signals();
  void reap();
  void end_main(int status);
  void read_stream(int& fd, LineSplitter& lines);
  [[nodiscard]] bool read_outputs();
  void read_failure();
  [[nodiscard]] Text<700> verdict() const;
  [[nodiscard]] bool is_success() const;
  void keep_outputs();
  void write_closing_lines();

  const Spec& spec_;
  const Attempt& attempt_;
  LogFile& log_;
  LineSplitter stdout_lines_{log_, 'I'};
  LineSplitter stderr_lines_{log_, 'E'};
  OutputChannel outputs_;
  Cgroup cgroup_;
  std::string_view cgroup_complaint_;
  StepPipes pipes_;
  Ending ending_;
  Phase phase_ = Phase::running;
  std::int64_t deadline_ms_ = 0;
  pid_t main_ = -1;
  bool has_main_ended_ = false;
  int signal_fd_ = -1;
  Text<512> failure_;
};

}  // namespace tripgate::step

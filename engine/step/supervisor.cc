// One poll loop over the step's pipes, its death and the engine's wish to abort. Nobody outside is
// needed: the engine may die and come back while this goes on.
#include "engine/step/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

namespace tripgate::step {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
// What the kernel needs to take killed processes away.
constexpr std::int64_t kDeathMs = 1'000;
// poll counts in int; a step may take 53 weeks.
constexpr std::int64_t kLongestPollMs = 3'600'000;
// A process that leaves the session (setsid) sends no signal; look again while some are left over.
constexpr std::int64_t kLeftoverPollMs = 20;

char read_buffer[kReadBytes];

std::int64_t clock_ms(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

void close_fd(int& fd) {
  close(fd);
  fd = -1;
}

// Reads once; closes fd at its end. What was read, empty for nothing yet.
std::string_view read_once(int& fd) {
  const ssize_t size = read(fd, read_buffer, sizeof read_buffer);
  if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) close_fd(fd);
  return {read_buffer, size > 0 ? static_cast<std::size_t>(size) : 0};
}

}  // namespace

Ending Supervisor::run() {
  ending_.started_at_ms = clock_ms(CLOCK_REALTIME);
  if (main_ > 0) {
    release_child(pipes_);
    enter(Phase::running, spec_.timeout_ms);
    write_opening_lines();
    watch();
  }
  ending_.ended_at_ms = clock_ms(CLOCK_REALTIME);
  ending_.start_error = failure_.view();
  keep_outputs();
  write_closing_lines();
  return ending_;
}

void Supervisor::prepare() {
  sigset_t watched;
  sigemptyset(&watched);
  sigaddset(&watched, SIGCHLD);
  sigaddset(&watched, SIGTERM);
  signal_fd_ = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signal_fd_ < 0) return fail_start("signalfd");
  cgroup_complaint_ = cgroup_.create(spec_);
  main_ = fork_child(spec_, pipes_, cgroup_.procs_fd());
  if (main_ < 0) return fail_start("fork");
}

void Supervisor::call_off() {
  if (main_ > 0) {
    close_fd(pipes_.release_fd);
    waitpid(main_, nullptr, 0);
  }
  cgroup_.remove();
}

void Supervisor::write_opening_lines() {
  const std::int64_t now_ms = ending_.started_at_ms;
  if (spec_.is_program == 0) log_.add_remark(now_ms, 'I', "Executing command ...");
  if (spec_.remark != nullptr) log_.add_remark(now_ms, 'W', spec_.remark);
  if (!cgroup_complaint_.empty()) log_.add_remark(now_ms, 'W', cgroup_complaint_);
  log_.flush();
}

void Supervisor::fail_start(std::string_view reason) {
  failure_ << reason << ": " << std::string_view(strerrordesc_np(errno));
}

void Supervisor::watch() {
  while (!is_done()) {
    wait_for_events();
    if (clock_ms(CLOCK_MONOTONIC) >= deadline_ms_) pass_deadline();
  }
  // The main process writes outputs as its last act; some may still be in the pipe. Nobody waits
  // for services that hold the descriptor, nor reads more than the bound of what they write.
  while (pipes_.outputs_fd >= 0 && !outputs_.is_over_limit() && read_outputs()) {
  }
  const std::int64_t now_ms = clock_ms(CLOCK_REALTIME);
  stdout_lines_.finish(now_ms);
  stderr_lines_.finish(now_ms);
}

void Supervisor::wait_for_events() {
  pollfd polled[] = {{signal_fd_, POLLIN, 0},
                     {pipes_.stdout_fd, POLLIN, 0},
                     {pipes_.stderr_fd, POLLIN, 0},
                     {pipes_.outputs_fd, POLLIN, 0}};
  const std::int64_t left_ms = deadline_ms_ - clock_ms(CLOCK_MONOTONIC);
  const std::int64_t longest_ms = has_main_ended_ ? kLeftoverPollMs : kLongestPollMs;
  const auto wait_ms = static_cast<int>(std::clamp<std::int64_t>(left_ms, 0, longest_ms));
  if (poll(polled, std::size(polled), wait_ms) <= 0) return;
  if (polled[1].revents != 0) read_stream(pipes_.stdout_fd, stdout_lines_);
  if (polled[2].revents != 0) read_stream(pipes_.stderr_fd, stderr_lines_);
  if (polled[3].revents != 0) static_cast<void>(read_outputs());
  if (polled[0].revents != 0) read_signals();
  log_.flush();
}

bool Supervisor::is_done() const {
  if (!has_main_ended_) return false;
  const bool is_silent = pipes_.stdout_fd < 0 && pipes_.stderr_fd < 0;
  if (is_silent && !has_leftovers(main_, leftovers())) return true;
  return phase_ == Phase::killed && clock_ms(CLOCK_MONOTONIC) >= deadline_ms_;
}

Leftovers Supervisor::leftovers() const {
  return ending_.timed_out || ending_.aborted ? Leftovers::everything : Leftovers::session;
}

void Supervisor::enter(Phase phase, std::int64_t duration_ms) {
  phase_ = phase;
  deadline_ms_ = clock_ms(CLOCK_MONOTONIC) + duration_ms;
}

void Supervisor::pass_deadline() {
  switch (phase_) {
    case Phase::running:
      ending_.timed_out = true;
      return stop();
    case Phase::stopping:
    case Phase::leftovers:
      kill_all();
      return enter(Phase::killed, kDeathMs);
    case Phase::killed:
      // A main process that KILL does not end sits in the kernel; only its end may be recorded.
      return enter(Phase::killed, kDeathMs);
  }
}

void Supervisor::stop() {
  signal_group(SIGTERM);
  enter(Phase::stopping, spec_.kill_after_ms);
}

void Supervisor::signal_group(int number) {
  // While the main process is not reaped, its id names nothing else. Before it has called setsid
  // there is no group, but it keeps the signal until it can be delivered.
  if (!has_main_ended_ && kill(-main_, number) != 0) kill(main_, number);
}

void Supervisor::kill_all() {
  signal_group(SIGKILL);
  // All at once, so that nothing can fork away meanwhile.
  if (leftovers() == Leftovers::everything) cgroup_.kill_all();
  kill_leftovers(main_, leftovers());
}

void Supervisor::read_signals() {
  signalfd_siginfo info{};
  while (read(signal_fd_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (info.ssi_signo != SIGTERM) continue;
    if (phase_ == Phase::running) {
      ending_.aborted = true;
      stop();
    } else if (phase_ == Phase::leftovers) {
      pass_deadline();
    }
  }
  reap();
  if (phase_ == Phase::killed) kill_all();
}

void Supervisor::reap() {
  int status = 0;
  for (pid_t ended = waitpid(-1, &status, WNOHANG); ended > 0;
       ended = waitpid(-1, &status, WNOHANG)) {
    if (ended == main_) end_main(status);
  }
}

void Supervisor::end_main(int status) {
  has_main_ended_ = true;
  if (WIFSIGNALED(status)) {
    ending_.signal = WTERMSIG(status);
  } else {
    ending_.code = WEXITSTATUS(status);
  }
  read_failure();
  if (phase_ == Phase::running) enter(Phase::leftovers, spec_.leftover_grace_ms);
}

void Supervisor::read_stream(int& fd, LineSplitter& lines) {
  const std::string_view bytes = read_once(fd);
  ending_.output_bytes += bytes.size();
  lines.feed(clock_ms(CLOCK_REALTIME), bytes);
}

bool Supervisor::read_outputs() {
  const std::string_view bytes = read_once(pipes_.outputs_fd);
  outputs_.feed(bytes);
  return !bytes.empty();
}

void Supervisor::read_failure() {
  char reason[512];
  const ssize_t size = read(pipes_.failure_fd, reason, sizeof reason);
  if (size > 0) failure_ << std::string_view(reason, static_cast<std::size_t>(size));
}

// The words are the original's (spec 2.1).
Text<700> Supervisor::verdict() const {
  Text<700> line;
  if (!failure_.view().empty()) {
    line << "Shell Script Failed to execute. Reason: " << failure_.view();
  } else if (ending_.timed_out) {
    line << "Script execution timed out";
  } else if (ending_.aborted) {
    line << "Script execution interrupted, possibly due to a timeout or pipeline abort.";
  } else if (!ending_.output_error.empty()) {
    line << "Shell Script Failed to execute. Reason: " << ending_.output_error;
  } else if (ending_.code == 0) {
    line << "Command completed with ExitCode (0)";
  } else {
    const int code = ending_.signal != 0 ? 128 + ending_.signal : ending_.code;
    line << "CommandExecution failed with exit code: (" << code << ")";
  }
  return line;
}

bool Supervisor::is_success() const {
  return ending_.code == 0 && !ending_.timed_out && !ending_.aborted &&
         ending_.output_error.empty();
}

void Supervisor::keep_outputs() {
  if (!failure_.view().empty()) return;
  if (spec_.is_program != 0) {
    ending_.output_error = outputs_.keep_result();
  } else if (is_success() && spec_.output_count != 0) {
    ending_.output_error = outputs_.keep_variables(ending_.ended_at_ms);
  }
}

void Supervisor::write_closing_lines() {
  if (cgroup_.was_out_of_memory()) {
    Text<128> line;
    line << "The step was killed: it used more than " << spec_.memory_bytes << " bytes of memory";
    log_.add_remark(ending_.ended_at_ms, 'E', line.view());
  }
  cgroup_.remove();
  if (log_.lost_bytes() != 0) {
    Text<128> lost;
    lost << log_.lost_bytes() << " bytes of the log could not be written";
    log_.add_remark(ending_.ended_at_ms, 'W', lost.view());
  }
  // A program's log is its own; only it can say what a program that never ran would have said.
  if (spec_.is_program == 0 || !failure_.view().empty()) {
    log_.add_remark(ending_.ended_at_ms, is_success() ? 'I' : 'E', verdict().view());
  }
  log_.flush();
}

}  // namespace tripgate::step

// tripgate-step: supervises one attempt of one step, whatever becomes of the engine. Reads as the
// start protocol of step_protocol.md: specification, session, claim, step, exit record.
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string_view>

#include "engine/step/claim.h"
#include "engine/step/exit_record.h"
#include "engine/step/log_file.h"
#include "engine/step/spawner.h"
#include "engine/step/spec.h"
#include "engine/step/supervisor.h"

namespace tripgate::step {
namespace {

// Too large for the stack of a program that wants to stay small; both are used once.
Spec spec;
LogFile log;

// Only TERM (abort) and KILL end a supervisor early.
void settle_signals() {
  for (const int number : {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2, SIGTSTP, SIGTTOU}) {
    signal(number, SIG_IGN);
  }
  sigset_t watched;
  sigemptyset(&watched);
  sigaddset(&watched, SIGCHLD);
  sigaddset(&watched, SIGTERM);
  sigprocmask(SIG_SETMASK, &watched, nullptr);
}

// Whether an engine takes the exit record over as soon as we end.
bool is_engine_there() {
  pollfd engine{kEngineFd, POLLIN, 0};
  return poll(&engine, 1, 0) == 0;
}

// The claim is durable before the step executes anything.
ExitStatus run_attempt(Attempt& attempt) {
  static Supervisor supervisor(spec, attempt, log);
  supervisor.prepare();
  if (!sync_claim(attempt)) {
    supervisor.call_off();
    return io_failed;
  }
  const Ending ending = supervisor.run();
  // The engine journals the end, and asks for less than the disk's time: without a record of it the
  // step counts as interrupted. What it left must be there if the record is.
  const bool is_durable = supervisor.has_left_files() || !is_engine_there();
  return write_exit_record(attempt, ending, is_durable) ? recorded : unrecorded;
}

ExitStatus refuse_start(Attempt& attempt, int reason) {
  Ending ending;
  ending.start_error = strerrordesc_np(reason);
  if (!sync_claim(attempt)) return io_failed;
  return write_exit_record(attempt, ending, true) ? recorded : unrecorded;
}

ExitStatus supervise() {
  settle_signals();
  umask(077);
  if (!load_spec(spec)) return bad_spec;
  setsid();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  Attempt attempt;
  const ExitStatus status = take_claim(spec.directory, attempt);
  if (status != recorded) return status;
  const auto limit = static_cast<std::uint64_t>(spec.log_limit_bytes);
  if (!log.create(attempt.directory_fd, limit, {spec.secrets.data(), spec.secret_count})) {
    return refuse_start(attempt, errno);
  }
  return run_attempt(attempt);
}

// Whoever started a spawner cannot wait for what it forks.
int tell_status(ExitStatus status) {
  const char byte = static_cast<char>(status);
  [[maybe_unused]] const ssize_t ignored = write(kStatusFd, &byte, 1);
  return status;
}

}  // namespace

int run(int argument_count, const char* const* arguments) {
  if (argument_count < 2) return supervise();
  if (std::string_view(arguments[1]) != kSpawnerArgument) return bad_spec;
  return serve_engine() ? tell_status(supervise()) : 0;
}

}  // namespace tripgate::step

int main(int argument_count, char** arguments) {
  return tripgate::step::run(argument_count, arguments);
}

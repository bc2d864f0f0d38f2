// tripgate-step: supervises one attempt of one step, whatever becomes of the engine. Reads as the
// start protocol of step_protocol.md: specification, session, claim, step, exit record.
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/step/claim.h"
#include "engine/step/exit_record.h"
#include "engine/step/log_file.h"
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

Ending run_step(const Attempt& attempt) {
  const auto limit = static_cast<std::uint64_t>(spec.log_limit_bytes);
  if (log.create(attempt.directory_fd, limit, {spec.secrets.data(), spec.secret_count})) {
    static Supervisor supervisor(spec, attempt, log);
    return supervisor.run();
  }
  Ending ending;
  ending.start_error = strerrordesc_np(errno);
  return ending;
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
  return write_exit_record(attempt, run_step(attempt)) ? recorded : unrecorded;
}

}  // namespace
}  // namespace tripgate::step

int main() {
  return tripgate::step::supervise();
}

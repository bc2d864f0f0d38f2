// Supervisors that never get a step, or die before they do.
#include "engine/run/supervisor_process.h"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

#include "engine/step/step_protocol.h"
#include "test/unit/run/step_stand.h"

namespace tripgate {
namespace {

siginfo_t wait_for(const UniqueFd& process) {
  siginfo_t end{};
  ::waitid(P_PIDFD, static_cast<id_t>(process.get()), &end, WEXITED);
  return end;
}

class SupervisorProcessTest : public StepStand {
 protected:
  static SupervisorProcess spawn() {
    Result<SupervisorProcess> process = SupervisorProcess::spawn(supervisor_path());
    EXPECT_TRUE(process) << process.error().message();
    return std::move(*process);
  }

  static std::set<pid_t> children() {
    const std::string thread = "/proc/self/task/" + std::to_string(::getpid());
    std::istringstream text(read_file(thread + "/children"));
    return {std::istream_iterator<pid_t>(text), {}};
  }

  /// The only child that is younger than `before`.
  static pid_t newest(const std::set<pid_t>& before) {
    std::vector<pid_t> young;
    std::ranges::set_difference(children(), before, std::back_inserter(young));
    EXPECT_EQ(young.size(), 1U);
    return young.empty() ? 0 : young.front();
  }

  /// Starts the runner anew: the supervisor that waits for its first step.
  pid_t restart_and_find() {
    runner_.reset();
    const std::set<pid_t> before = children();
    restart();
    return newest(before);
  }
};

TEST_F(SupervisorProcessTest, ReportsProgramThatIsNotThere) {
  const auto process = SupervisorProcess::spawn("/no/such/program");
  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().value(), ENOENT);
}

TEST_F(SupervisorProcessTest, EndsWhenTheEngineGoesWithoutAStep) {
  SupervisorProcess supervisor = spawn();
  const UniqueFd process = supervisor.take_process();
  supervisor.take_link().reset();
  const siginfo_t end = wait_for(process);
  EXPECT_EQ(end.si_code, CLD_EXITED);
  EXPECT_EQ(end.si_status, step::unused);
}

TEST_F(SupervisorProcessTest, RefusesAMessageWithoutFiles) {
  SupervisorProcess supervisor = spawn();
  const UniqueFd process = supervisor.take_process();
  const UniqueFd link = supervisor.take_link();
  ASSERT_EQ(::write(link.get(), "x", 1), 1);
  EXPECT_EQ(wait_for(process).si_status, step::unused);
}

TEST_F(SupervisorProcessTest, IsGoneWithItsOwner) {
  const std::set<pid_t> before = children();
  pid_t pid = 0;
  {
    const SupervisorProcess supervisor = spawn();
    pid = newest(before);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST_F(SupervisorProcessTest, StepGetsAnotherWhenTheReadyOneWasKilled) {
  const pid_t ready = restart_and_find();
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, ready, 0)));
  ASSERT_EQ(::kill(ready, SIGKILL), 0);
  pollfd dead{process.get(), POLLIN, 0};
  ASSERT_EQ(::poll(&dead, 1, -1), 1);
  EXPECT_TRUE(run("true").is_success());
}

TEST_F(SupervisorProcessTest, OneIsReadyWhileStepsRun) {
  const pid_t first = restart_and_find();
  const std::set<pid_t> before = children();
  make_fifo("at");
  ASSERT_FALSE(start(bash("echo >" + path("at"))));
  await_fifo("at");
  EXPECT_EQ(supervisor_pid(), first);
  EXPECT_NE(newest(before), first);
  EXPECT_TRUE(wait_for_end().is_success());
}

}  // namespace
}  // namespace tripgate

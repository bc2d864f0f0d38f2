// The process that starts supervisors is killed, stopped and missing.
#include "engine/run/step_spawner.h"

#include <fcntl.h>
#include <signal.h>

#include <fstream>

#include "engine/base/errc.h"
#include "engine/step/step_protocol.h"
#include "test/unit/run/step_stand.h"

namespace tripgate {
namespace {

using namespace std::chrono_literals;

/// The only child of this process, which is a spawner.
pid_t spawner_pid() {
  const std::string pid = std::to_string(::getpid());
  std::ifstream children("/proc/" + pid + "/task/" + pid + "/children");
  pid_t child = 0;
  EXPECT_TRUE(children >> child);
  return child;
}

class StepSpawnerTest : public StepStand {
 protected:
  /// Asks for a supervisor of the attempt.
  Result<StartedSupervisor> ask(StepSpawner& spawner, const StepCommand& command) {
    const std::string directory = attempt();
    std::filesystem::create_directories(directory);
    const auto handover = make_handover({.directory = directory,
                                         .command = command,
                                         .environment = {{"PATH", "/usr/bin:/bin"}},
                                         .user = user_,
                                         .limits = limits_,
                                         .cgroup = {}});
    if (!handover) return handover.error();
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    engine_.reset(ends[1]);
    return spawner.start(*handover, UniqueFd(ends[0]));
  }

  UniqueFd engine_;
  std::optional<StepUser> user_;
  StepLimits limits_;
};

TEST_F(StepSpawnerTest, MissingProgramIsAnError) {
  StepSpawner spawner("/no/such/program");
  const auto started = ask(spawner, bash("true"));
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().value(), ENOENT);
}

TEST_F(StepSpawnerTest, ProgramThatServesNobodyIsAnError) {
  StepSpawner spawner("/bin/true");
  const auto started = ask(spawner, bash("true"));
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error(), Errc::io);
}

TEST_F(StepSpawnerTest, StoppedOneIsReplaced) {
  StepSpawner spawner(supervisor_path(), 500ms);
  ASSERT_TRUE(ask(spawner, bash("true")));
  const pid_t stopped = spawner_pid();
  ++id_.number;
  ASSERT_EQ(::kill(stopped, SIGSTOP), 0);
  make_fifo("ran");
  ASSERT_TRUE(ask(spawner, bash("echo >" + path("ran"))));
  await_fifo("ran");
  EXPECT_EQ(::kill(stopped, 0), -1);
}

TEST_F(StepSpawnerTest, StepsOutliveItAndGoOnStarting) {
  make_fifo("started");
  make_fifo("go");
  ASSERT_EQ(start(bash("echo >" + path("started") + "; read x <" + path("go") + "; exit 4")),
            ErrorCode());
  await_fifo("started");
  ASSERT_EQ(::kill(spawner_pid(), SIGKILL), 0);
  std::optional<StepResult> second;
  const AttemptId next{"execution", "node", 1};
  ASSERT_EQ(runner_->start(next, bash("exit 5"), [&](const StepResult& end) { second = end; }),
            ErrorCode());
  release_fifo("go");
  EXPECT_EQ(wait_for_end().exit_code, 4);
  context_.restart();
  context_.run_for(second ? 0s : kTestPatience);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->exit_code, 5);
}

TEST_F(StepSpawnerTest, EndsWithTheEngine) {
  EXPECT_TRUE(run("true").is_success());
  const pid_t spawner = spawner_pid();
  runner_.reset();
  EXPECT_EQ(::kill(spawner, 0), -1);
}

}  // namespace
}  // namespace tripgate

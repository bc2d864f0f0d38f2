// Real steps under real supervisors: what a script may do, and what becomes of it.
#include "engine/run/process_runner.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "engine/base/errc.h"
#include "test/unit/run/step_stand.h"

namespace tripgate {
namespace {

using std::chrono::milliseconds;
using ProcessRunnerTest = StepStand;

TEST_F(ProcessRunnerTest, RefusesNulInScript) {
  EXPECT_EQ(start(bash(std::string("echo a\0b", 8))), Errc::invalid_argument);
  EXPECT_FALSE(std::filesystem::exists(attempt()));
}

TEST_F(ProcessRunnerTest, RefusesVariableThatExecWouldRefuse) {
  StepCommand command = bash("true");
  command.environment = {{"BIG", std::string(128 * 1024, 'x')}};
  EXPECT_EQ(start(command), Errc::too_large);
  command.environment = {{"A=B", "x"}};
  EXPECT_EQ(start(command), Errc::invalid_argument);
}

TEST_F(ProcessRunnerTest, RefusesIdThatLeavesTheStepsDirectory) {
  for (const char* const bad : {"", ".", "..", "../x", "a/b", "a b"}) {
    id_.execution_id = bad;
    EXPECT_EQ(start(bash("true")), Errc::invalid_argument) << bad;
  }
}

/// From here on this process finds no room for the descriptor of another one. False if the kernel
/// takes no filter.
bool refuse_process_descriptors() {
  sock_filter steps[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EMFILE),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{std::size(steps), steps};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST_F(ProcessRunnerTest, LeavesNoStepRunningThatItCannotWatch) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!refuse_process_descriptors()) ::_exit(2);
    const ErrorCode error = start(bash("touch " + path("ran")));
    if (!error) ::_exit(wait_for_end().interrupted.empty() ? 4 : 0);
    const auto found = adopt();
    const bool is_over =
        found && *found == Adoption::never_started && !std::filesystem::exists(path("ran"));
    ::_exit(is_over ? 0 : 5);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0);
}

TEST_F(ProcessRunnerTest, NamesMissingWorkingDirectory) {
  StepCommand command = bash("true");
  command.working_directory = "/no/such/place";
  EXPECT_EQ(run(command).start_error, "working directory: No such file or directory");
  EXPECT_FALSE(result_->is_success());
}

TEST_F(ProcessRunnerTest, NamesMissingProgram) {
  StepCommand command = program("/no/such/program");
  EXPECT_EQ(run(command).start_error, "/no/such/program: No such file or directory");
}

TEST_F(ProcessRunnerTest, TellsWhenAttemptCannotBeClaimed) {
  std::filesystem::create_directories(attempt() + "/claim");
  EXPECT_EQ(start(bash("true")), ErrorCode());
  const StepResult result = wait_for_end();
  EXPECT_FALSE(result.exit_code);
  EXPECT_FALSE(result.interrupted.empty() && result.start_error.empty());
}

TEST_F(ProcessRunnerTest, TellsWhenLogCannotBeCreated) {
  std::filesystem::create_directories(attempt() + "/log");
  EXPECT_EQ(run("touch " + path("ran")).start_error, "Is a directory");
  EXPECT_FALSE(std::filesystem::exists(path("ran")));
}

TEST_F(ProcessRunnerTest, ReportsExitCodes) {
  for (const int code : {0, 1, 3, 127, 255}) {
    EXPECT_EQ(run("exit " + std::to_string(code)).exit_code, code);
    EXPECT_EQ(result_->is_success(), code == 0);
    ++id_.number;
  }
}

TEST_F(ProcessRunnerTest, ReportsSignals) {
  const StepResult result = run("kill -SEGV $$");
  EXPECT_EQ(result.signal, SIGSEGV);
  EXPECT_FALSE(result.exit_code);
  EXPECT_NE(log_text().find("CommandExecution failed with exit code: (139)"), std::string::npos);
}

TEST_F(ProcessRunnerTest, GivesCleanEnvironmentAndDescriptors) {
  StepCommand command = bash("env; ls /proc/self/fd | tr '\\n' ' '; umask; ulimit -c; read x; pwd");
  command.environment = {{"GREETING", "a b\nc"}, {"LANG", "C"}};
  ::setenv("ENGINE_SECRET", "x", 1);
  EXPECT_TRUE(run(command).is_success());
  const std::string log = log_text();
  EXPECT_EQ(log.find("ENGINE_SECRET"), std::string::npos);
  EXPECT_EQ(log.find("BASH_ENV"), std::string::npos);
  EXPECT_NE(log.find("GREETING=a b\nc\n"), std::string::npos);
  EXPECT_NE(log.find("LANG=C\n"), std::string::npos);
  EXPECT_EQ(log.find("LC_CTYPE="), std::string::npos);
  EXPECT_NE(log.find("SHELL=/bin/bash\n"), std::string::npos);
  EXPECT_NE(log.find("TRIPGATE_IDEMPOTENCY_KEY=event/node\n"), std::string::npos);
  EXPECT_NE(log.find("\n0 1 2 251 3 0022\n0\n/tmp\n"), std::string::npos) << log;
}

TEST_F(ProcessRunnerTest, CharactersAreUtf8UnlessTheStepNamesALocale) {
  EXPECT_TRUE(run("x=äö; echo \"LANG=$LANG ${#x}\"").is_success());
  EXPECT_NE(log_text().find("LANG= 2\n"), std::string::npos) << log_text();
}

TEST_F(ProcessRunnerTest, PrologueReachesScriptUnexportedAndKeepsLineNumbers) {
  StepCommand command = bash("echo \"[$v]\"\nenv | grep -c '^v='\nnosuchcommand");
  command.prologue = "v='$(id) `id` \"x\" '\\''y'\\'''\n\n\n";
  EXPECT_EQ(run(command).exit_code, 127);
  EXPECT_NE(log_text().find("[$(id) `id` \"x\" 'y']\n0\n"), std::string::npos) << log_text();
  EXPECT_NE(log_text().find("line 3: nosuchcommand"), std::string::npos) << log_text();
}

TEST_F(ProcessRunnerTest, RunsScriptsWithCarriageReturnsAndEmptyOnes) {
  EXPECT_TRUE(run("").is_success());
  ++id_.number;
  EXPECT_EQ(run("#!/bin/bash\r\nexit 3\r\n").exit_code, 2);
}

TEST_F(ProcessRunnerTest, TimeoutTerminatesPolitely) {
  StepCommand command = bash("trap 'echo bye; exit 7' TERM; while :; do sleep 0.01; done");
  command.timeout = milliseconds(100);
  const StepResult result = run(command);
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_NE(log_text().find("\nbye\n"), std::string::npos) << log_text();
  EXPECT_TRUE(log_text().ends_with("\nScript execution timed out\n")) << log_text();
}

TEST_F(ProcessRunnerTest, TimeoutKillsWhatIgnoresTermEvenInItsOwnSession) {
  make_fifo("held");
  StepCommand command = bash("trap '' TERM; setsid sh -c 'exec 9>" + path("held") +
                             "; trap \"\" TERM; sleep 1000' & sleep 1000; wait");
  command.timeout = milliseconds(200);
  command.kill_after = milliseconds(100);
  ASSERT_EQ(start(command), ErrorCode());
  await_fifo("held");  // Reads until every writer is dead.
  const StepResult result = wait_for_end();
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.signal, SIGKILL);
}

TEST_F(ProcessRunnerTest, AbortEndsTheStep) {
  make_fifo("started");
  ASSERT_EQ(start(bash("echo >" + path("started") + "; sleep 1000")), ErrorCode());
  await_fifo("started");
  runner_->abort(id_);
  const StepResult result = wait_for_end();
  EXPECT_TRUE(result.aborted);
  EXPECT_EQ(result.signal, SIGTERM);
}

TEST_F(ProcessRunnerTest, AbortRightAfterStartIsNotLost) {
  ASSERT_EQ(start(bash("sleep 1000")), ErrorCode());
  runner_->abort(id_);
  EXPECT_TRUE(wait_for_end().aborted);
  EXPECT_EQ(result_->signal, SIGTERM);
}

TEST_F(ProcessRunnerTest, DaemonThatHoldsThePipeCostsOnlyTheGrace) {
  const StepResult result = run("sleep 1000 & echo started");
  EXPECT_TRUE(result.is_success());
  EXPECT_LT(result.ended_at_ms - result.started_at_ms, 5000);
}

TEST_F(ProcessRunnerTest, ServiceInItsOwnSessionStays) {
  const StepResult result =
      run("setsid sh -c 'echo $$ >" + path("pid") + "; exec sleep 1000' >/dev/null 2>&1 &\n" +
          "until [ -s " + path("pid") + " ]; do sleep 0.01; done");
  EXPECT_TRUE(result.is_success());
  const int service = std::stoi(read_file(path("pid")));
  EXPECT_EQ(::kill(service, SIGKILL), 0) << "the service did not stay";
}

TEST_F(ProcessRunnerTest, TellsClosedOutputFromEnd) {
  const StepResult result = run("exec >&- 2>&-; sleep 0.3; exit 4");
  EXPECT_EQ(result.exit_code, 4);
}

TEST_F(ProcessRunnerTest, SwitchesUserWithoutCapabilities) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  ProcessRunnerConfig config;
  config.supervisor_path = supervisor_path();
  config.steps_directory = steps();
  config.user = StepUser{.uid = 65534, .gid = 65534, .groups = {65533}};
  runner_.emplace(context_.get_executor(), config);
  EXPECT_TRUE(run("id -u; id -G; grep CapEff /proc/self/status; cat /dev/fd/0").is_success());
  EXPECT_NE(log_text().find("65534\n65534 65533\nCapEff:\t0000000000000000\n"), std::string::npos)
      << log_text();
}

}  // namespace
}  // namespace tripgate

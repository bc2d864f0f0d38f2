// Steps that misbehave, each with a bounded and clear end.
#include <fstream>

#include "engine/step/step_protocol.h"
#include "test/unit/run/step_stand.h"

namespace tripgate {
namespace {

using std::chrono::milliseconds;
using HostileSteps = StepStand;

TEST_F(HostileSteps, DaemonThatForkedTwiceIntoItsOwnSessionDiesOfAnAbort) {
  make_fifo("daemon");
  StepCommand command = bash("( setsid sh -c '( trap \"\" TERM HUP; exec 9>" + path("daemon") +
                             "; echo up >&9; sleep 1000 ) &' & ) </dev/null; sleep 1000");
  command.kill_after = milliseconds(100);
  ASSERT_EQ(start(command), ErrorCode());
  std::ifstream daemon(path("daemon"));
  std::string word;
  ASSERT_TRUE(std::getline(daemon, word));
  runner_->abort(id_);
  EXPECT_FALSE(std::getline(daemon, word)) << "its end is the end of the pipe";
  EXPECT_TRUE(wait_for_end().aborted);
}

TEST_F(HostileSteps, ChainOfForksDoesNotOutrunTheEnd) {
  // Each generation starts the next and goes, so that no list of children is right for long.
  StepCommand command = bash("cat >" + path("chain") +
                             " <<'END'\ntrap '' TERM\nsetsid sh \"$0\" &\nsleep 0.01\nEND\n"
                             "sh " +
                             path("chain") + " & sleep 1000");
  command.timeout = milliseconds(200);
  command.kill_after = milliseconds(50);
  const StepResult result = run(command);
  EXPECT_TRUE(result.timed_out);
  EXPECT_LT(result.ended_at_ms - result.started_at_ms, 10'000);
}

TEST_F(HostileSteps, EndlessOutputEndsWithTheTimeoutAndABoundedLog) {
  StepCommand command = bash("yes 0123456789 & yes 0123456789 >&2 & wait");
  command.timeout = milliseconds(1000);
  const StepResult result = run(command);
  EXPECT_TRUE(result.timed_out);
  EXPECT_GT(result.output_bytes, step::kLogLimitBytes);
  EXPECT_LE(std::filesystem::file_size(attempt() + "/log"), step::kLogLimitBytes + 1024);
  EXPECT_TRUE(log_text().ends_with("\nScript execution timed out\n"));
}

TEST_F(HostileSteps, TenGigabytesAreCountedAndNotKept) {
  const StepResult result = run("head -c 10G /dev/zero; echo done >&2");
  EXPECT_TRUE(result.is_success());
  EXPECT_EQ(result.output_bytes, (std::uint64_t{10} << 30) + 5);
  EXPECT_LE(std::filesystem::file_size(attempt() + "/log"), step::kLogLimitBytes + 1024);
  EXPECT_LT(result.ended_at_ms - result.started_at_ms, 60'000);
}

TEST_F(HostileSteps, BinaryOutputKeepsLinesApart) {
  EXPECT_TRUE(run("printf 'a\\0b\\xff\\xfe\\r\\033[31m\\n'; echo next").is_success());
  EXPECT_NE(log_text().find(std::string("a\0b\xff\xfe\r\033[31m\nnext\n", 15)), std::string::npos);
}

TEST_F(HostileSteps, CarriageReturnsAreNamed) {
  for (const StepShell shell : {StepShell::bash, StepShell::sh}) {
    ++id_.number;
    StepCommand command = bash("echo hi\r\nnosuchcommand\r\nexit 3\r\n");
    command.shell = shell;
    EXPECT_FALSE(run(command).is_success());
    EXPECT_NE(log_text().find("The script has Windows line ends (CR LF)"), std::string::npos)
        << log_text();
  }
  ++id_.number;
  EXPECT_TRUE(run("printf 'a\\r\\n'").is_success());
  EXPECT_EQ(log_text().find("line ends"), std::string::npos);
}

TEST_F(HostileSteps, ClosedStandardInputIsNobodysLoss) {
  EXPECT_TRUE(run("read x || echo empty; exec <&-; cat; echo still here").is_success());
  EXPECT_NE(log_text().find("empty\n"), std::string::npos);
  EXPECT_NE(log_text().find("still here\n"), std::string::npos);
}

TEST_F(HostileSteps, MegabyteOfEnvironmentArrives) {
  StepCommand command = bash("all=$A0$A1$A2$A3$A4$A5$A6$A7; echo ${#all}");
  for (int i = 0; i < 8; ++i) {
    command.environment.emplace_back("A" + std::to_string(i), std::string(128 * 1024 - 16, 'x'));
  }
  EXPECT_TRUE(run(command).is_success()) << result_->start_error;
  EXPECT_NE(log_text().find("\n1048448\n"), std::string::npos) << log_text();
}

TEST_F(HostileSteps, EnvironmentBeyondTheKernelsBoundIsNamed) {
  StepCommand command = bash("true");
  for (int i = 0; i < 80; ++i) {
    command.environment.emplace_back("A" + std::to_string(i), std::string(100 * 1024, 'x'));
  }
  EXPECT_EQ(run(command).start_error, "/bin/bash: Argument list too long");
  EXPECT_TRUE(log_text().ends_with("Reason: /bin/bash: Argument list too long\n")) << log_text();
}

TEST_F(HostileSteps, DeepWorkingDirectories) {
  std::string deep = directory_;
  while (deep.size() < 3800) deep += "/" + std::string(200, 'd');
  std::filesystem::create_directories(deep);
  StepCommand command =
      bash("pwd; mkdir -p e/f; cd e/f; for i in {1..20}; do mkdir " + std::string(250, 'g') +
           " && cd " + std::string(250, 'g') + "; done; echo down");
  command.working_directory = deep;
  EXPECT_TRUE(run(command).is_success()) << result_->start_error;
  EXPECT_NE(log_text().find("\n" + deep + "\n"), std::string::npos);
  EXPECT_NE(log_text().find("\ndown\n"), std::string::npos) << log_text();
  ++id_.number;
  command.working_directory = deep + "/" + std::string(400, 'h');
  EXPECT_EQ(run(command).start_error, "working directory: File name too long");
}

TEST_F(HostileSteps, ScriptOfEightMegabytesRuns) {
  EXPECT_EQ(run(": '" + std::string(8 << 20, 'x') + "'; exit 7").exit_code, 7);
}

}  // namespace
}  // namespace tripgate

// What a step prints, and what of it the log keeps.
#include <sys/mount.h>

#include <fstream>

#include "engine/step/step_protocol.h"
#include "test/unit/run/step_stand.h"

namespace tripgate {
namespace {

using StepOutputTest = StepStand;

TEST_F(StepOutputTest, StampsLinesWithTimeAndLevel) {
  EXPECT_TRUE(run("echo out; echo err >&2; printf partial").is_success());
  const auto chunk = read_step_log(attempt(), 0, 1 << 20);
  ASSERT_TRUE(chunk);
  ASSERT_EQ(chunk->lines.size(), 5U);
  EXPECT_EQ(chunk->lines.front().text, "Executing command ...");
  EXPECT_EQ(chunk->lines.back().text, "Command completed with ExitCode (0)");
  for (const LogLine& line : chunk->lines) {
    EXPECT_EQ(line.level, line.text == "err" ? LogLevel::error : LogLevel::info) << line.text;
    EXPECT_GE(line.time_ms, result_->started_at_ms);
    EXPECT_LE(line.time_ms, result_->ended_at_ms);
  }
}

TEST_F(StepOutputTest, BoundsTheLogAndCountsOn) {
  EXPECT_TRUE(run("yes | head -c 200000000; echo last").is_success());
  EXPECT_EQ(result_->output_bytes, 200000005U);
  EXPECT_LE(std::filesystem::file_size(attempt() + "/log"), step::kLogLimitBytes + 1024);
  const std::string log = log_text();
  EXPECT_NE(log.find("... (log limit reached"), std::string::npos);
  EXPECT_EQ(log.find("last\n"), std::string::npos);
  EXPECT_TRUE(log.ends_with("Command completed with ExitCode (0)\n"));
}

TEST_F(StepOutputTest, CutsLineWithoutEnd) {
  EXPECT_TRUE(run("head -c 50000000 /dev/zero | tr '\\0' x; echo; echo next").is_success());
  const std::string expected = std::string(step::kLogLineBytes, 'x') + step::kTruncatedMark;
  EXPECT_NE(log_text().find("\n" + expected + "\nnext\n"), std::string::npos);
}

TEST_F(StepOutputTest, KeepsLineOfExactlyTheLimit) {
  EXPECT_TRUE(run("head -c 25600 /dev/zero | tr '\\0' x; echo").is_success());
  EXPECT_EQ(log_text().find(step::kTruncatedMark), std::string::npos);
}

TEST_F(StepOutputTest, BoundsBinaryOutput) {
  EXPECT_TRUE(run("head -c 20000000 /dev/urandom").is_success());
  EXPECT_EQ(result_->output_bytes, 20000000U);
  EXPECT_LE(std::filesystem::file_size(attempt() + "/log"), step::kLogLimitBytes + 1024);
}

TEST_F(StepOutputTest, MasksSecretsAcrossReadsAndLines) {
  StepCommand command = bash(
      "printf hun; sleep 0.05; echo ter2x; echo 'line one'; echo AAhunter2AA >&2; echo hunter");
  command.secrets = {"hunter2", "multi\nline one\nab"};
  EXPECT_TRUE(run(command).is_success());
  const std::string log = read_file(attempt() + "/log");
  EXPECT_EQ(log.find("hunter2"), std::string::npos) << log;
  EXPECT_EQ(log.find("line one"), std::string::npos) << log;
  EXPECT_NE(log.find("AA**************AA"), std::string::npos) << log;
  EXPECT_NE(log.find("I hunter\n"), std::string::npos) << log;
}

TEST_F(StepOutputTest, MasksSecretThatTheCutSplits) {
  StepCommand command = bash("head -c 25597 /dev/zero | tr '\\0' x; echo hunter2");
  command.secrets = {"hunter2"};
  EXPECT_TRUE(run(command).is_success());
  EXPECT_EQ(read_file(attempt() + "/log").find("hun"), std::string::npos);
}

TEST_F(StepOutputTest, ReadsGrowingLogInRanges) {
  make_fifo("half");
  make_fifo("more");
  ASSERT_EQ(
      start(bash("echo one; echo >" + path("half") + "; read x <" + path("more") + "; echo two")),
      ErrorCode());
  await_fifo("half");
  auto chunk = read_step_log(attempt(), 0, 1);
  while (chunk && chunk->lines.size() < 2) chunk = read_step_log(attempt(), 0, 1);
  ASSERT_TRUE(chunk);
  EXPECT_EQ(chunk->lines[1].text, "one");
  EXPECT_TRUE(chunk->is_at_end);
  release_fifo("more");
  wait_for_end();
  const auto rest = read_step_log(attempt(), chunk->next_offset, 1);
  ASSERT_TRUE(rest);
  ASSERT_EQ(rest->lines.size(), 2U);
  EXPECT_EQ(rest->lines[0].text, "two");
}

TEST_F(StepOutputTest, FullDiskCostsLogLinesButNotTheResult) {
  if (::mount("tmpfs", steps().c_str(), "tmpfs", 0, "size=256k") != 0) {
    GTEST_SKIP() << "needs the right to mount";
  }
  // Long lines: what a full pipe still holds when the disk is free again must fit it as a log.
  const std::string full = steps() + "/full";
  EXPECT_EQ(run("head -c 1000000 /dev/zero >" + full + "; yes " + std::string(1000, 'y') +
                " | head -c 500000; rm " + full + "; echo again; exit 6")
                .exit_code,
            6);
  EXPECT_GE(result_->output_bytes, 500006U);
  EXPECT_NE(log_text().find("bytes of the log could not be written"), std::string::npos);
  ::umount2(steps().c_str(), MNT_DETACH);
}

TEST_F(StepOutputTest, SupervisorStaysSmallWhateverTheStepPrints) {
  make_fifo("printed");
  ASSERT_EQ(start(bash("yes | head -c 20000000; head -c 20000000 /dev/zero; echo >" +
                       path("printed") + "; sleep 1000")),
            ErrorCode());
  await_fifo("printed");
  const std::string status = read_file("/proc/" + std::to_string(supervisor_pid()) + "/status");
  runner_->abort(id_);
  EXPECT_TRUE(wait_for_end().aborted);
  const std::size_t peak = status.find("VmHWM:");
  ASSERT_NE(peak, std::string::npos);
  EXPECT_LT(std::stoi(status.substr(peak + 6)), 1024) << "kB";
}

TEST(StepLog, LeavesTornTailAndSkipsWhatIsNoRecord) {
  std::string directory = ::testing::TempDir() + "tripgate-log-XXXXXX";
  ASSERT_NE(::mkdtemp(directory.data()), nullptr);
  std::ofstream(directory + "/log") << "12 I a\nnoise\n13 X b\n14 E \n15 I torn";
  const auto chunk = read_step_log(directory, 0, 1 << 20);
  ASSERT_TRUE(chunk);
  ASSERT_EQ(chunk->lines.size(), 2U);
  EXPECT_EQ(chunk->lines[0].time_ms, 12);
  EXPECT_EQ(chunk->lines[1].text, "");
  EXPECT_EQ(chunk->next_offset, 26U);
  ASSERT_EQ(append_step_log(directory, 16, LogLevel::warn, "\nlate"), ErrorCode());
  const auto appended = read_step_log(directory, chunk->next_offset, 1);
  ASSERT_TRUE(appended);
  EXPECT_EQ(appended->lines.back().text, "late");
  std::filesystem::remove_all(directory);
}

TEST(StepLog, MissingLogReadsAsEmpty) {
  const auto chunk = read_step_log("/no/such/attempt", 0, 1);
  ASSERT_TRUE(chunk);
  EXPECT_TRUE(chunk->lines.empty() && chunk->is_at_end);
}

}  // namespace
}  // namespace tripgate

// What an engine finds after it, a supervisor or the machine was killed.
#include <sys/wait.h>

#include "engine/step/step_protocol.h"
#include "test/unit/run/step_stand.h"

namespace tripgate {
namespace {

using RecoveryTest = StepStand;

std::string claim_part(std::string text) {
  text.resize(step::kClaimPartBytes, '\n');
  return text;
}

TEST_F(RecoveryTest, UnclaimedAttemptWasNeverStartedAndNeverWillBe) {
  const auto found = adopt();
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(*found, Adoption::never_started);
  // The supervisor that an engine spawned just before it died comes late.
  EXPECT_EQ(run("touch " + path("ran")).start_error, "the attempt was claimed by somebody else");
  EXPECT_FALSE(std::filesystem::exists(path("ran")));
  const auto again = adopt();
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, Adoption::never_started);
}

TEST_F(RecoveryTest, RunningStepIsAdoptedWithItsTrueResult) {
  make_fifo("started");
  make_fifo("go");
  ASSERT_EQ(start(bash("echo >" + path("started") + "; read x <" + path("go") + "; exit 42")),
            ErrorCode());
  await_fifo("started");
  restart();
  const auto found = adopt();
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, Adoption::running);
  release_fifo("go");
  EXPECT_EQ(wait_for_end().exit_code, 42);
}

TEST_F(RecoveryTest, AdoptedStepCanBeAborted) {
  make_fifo("started");
  ASSERT_EQ(start(bash("echo >" + path("started") + "; sleep 1000")), ErrorCode());
  await_fifo("started");
  restart();
  const auto found = adopt();
  ASSERT_TRUE(found);
  runner_->abort(id_);
  EXPECT_TRUE(wait_for_end().aborted);
}

TEST_F(RecoveryTest, StepSurvivesKillOfTheProcessThatStartedIt) {
  make_fifo("started");
  make_fifo("go");
  const pid_t engine = ::fork();
  if (engine == 0) {
    const ErrorCode error = start(
        bash("echo >" + path("started") + "; read x <" + path("go") + "; echo after; exit 5"));
    ::pause();
    ::_exit(error ? 1 : 0);
  }
  await_fifo("started");
  ASSERT_EQ(::kill(engine, SIGKILL), 0);
  ASSERT_EQ(::waitpid(engine, nullptr, 0), engine);
  const auto found = adopt();
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, Adoption::running);
  release_fifo("go");
  EXPECT_EQ(wait_for_end().exit_code, 5);
  EXPECT_NE(log_text().find("after\n"), std::string::npos);
}

TEST_F(RecoveryTest, FinishedStepTellsItsRecord) {
  EXPECT_EQ(run("exit 9").exit_code, 9);
  const StepResult first = *result_;
  restart();
  const auto found = adopt();
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, Adoption::ended);
  EXPECT_EQ(wait_for_end().exit_code, 9);
  EXPECT_EQ(result_->started_at_ms, first.started_at_ms);
  EXPECT_EQ(result_->ended_at_ms, first.ended_at_ms);
}

TEST_F(RecoveryTest, KilledSupervisorMeansInterruptedAndKillsTheScript) {
  make_fifo("started");
  ASSERT_EQ(start(bash("exec 9>" + path("started") + "; while :; do :; done")), ErrorCode());
  const std::string fifo = path("started");
  // Opening waits for the step; reading then waits for its death.
  std::ifstream held(fifo);
  ASSERT_EQ(::kill(supervisor_pid(), SIGKILL), 0);
  EXPECT_EQ(wait_for_end().interrupted, "interrupted: the step's supervisor was killed");
  EXPECT_FALSE(result_->exit_code);
  held.get();
  EXPECT_TRUE(held.eof());
  restart();
  const auto found = adopt();
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, Adoption::ended);
  EXPECT_FALSE(wait_for_end().interrupted.empty());
}

TEST_F(RecoveryTest, ClaimOfAnotherBootNamesTheMachine) {
  std::filesystem::create_directories(attempt());
  std::ofstream(attempt() + "/claim")
      << "tripgate-claim 2\ntaken_by supervisor\npid 1\nhost alpha\nboot_id other\n";
  const auto found = adopt();
  ASSERT_TRUE(found);
  EXPECT_EQ(wait_for_end().interrupted, "interrupted: the machine alpha restarted");
}

TEST_F(RecoveryTest, HalfAnExitRecordMeansInterrupted) {
  std::filesystem::create_directories(attempt());
  std::ofstream(attempt() + "/claim")
      << claim_part("tripgate-claim 2\ntaken_by supervisor\n") << "tripgate-exit 2\ncode 0\n";
  const auto found = adopt();
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(*found, Adoption::ended);
  const StepResult& result = wait_for_end();
  EXPECT_FALSE(result.interrupted.empty());
  EXPECT_FALSE(result.exit_code);
}

TEST_F(RecoveryTest, ClaimOfAnotherVersionIsAnError) {
  std::filesystem::create_directories(attempt());
  std::ofstream(attempt() + "/claim") << "tripgate-claim 1\ntaken_by supervisor\n";
  EXPECT_FALSE(adopt());
}

TEST_F(RecoveryTest, EmptyClaimIsTakenFromItsSupervisor) {
  std::filesystem::create_directories(attempt());
  std::ofstream(attempt() + "/claim").close();
  const auto found = adopt();
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, Adoption::never_started);
  // And it stays that: a supervisor that comes late finds it taken.
  EXPECT_EQ(start(bash("touch " + path("ran"))), ErrorCode());
  EXPECT_EQ(wait_for_end().start_error, "the attempt was claimed by somebody else");
  EXPECT_FALSE(std::filesystem::exists(path("ran")));
}

TEST_F(RecoveryTest, ClaimWithoutItsTextWasNeverStarted) {
  std::filesystem::create_directories(attempt());
  std::string lost(step::kClaimPartBytes / 2, '\0');
  lost.resize(2 * step::kClaimPartBytes, '\n');
  std::ofstream(attempt() + "/claim") << lost;
  for (int i = 0; i < 2; ++i) {
    const auto found = adopt();
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(*found, Adoption::never_started);
  }
  EXPECT_EQ(run("touch " + path("ran")).start_error, "the attempt was claimed by somebody else");
}

TEST_F(RecoveryTest, ExitRecordWithoutItsTextMeansInterrupted) {
  EXPECT_EQ(run("exit 9").exit_code, 9);
  std::fstream claim(attempt() + "/claim", std::ios::in | std::ios::out);
  claim.seekp(step::kClaimPartBytes);
  claim << std::string(step::kClaimPartBytes, '\n') << std::flush;
  restart();
  const auto found = adopt();
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(*found, Adoption::ended);
  EXPECT_EQ(wait_for_end().interrupted, "interrupted: the step's supervisor was killed");
}

TEST_F(RecoveryTest, OfManySupervisorsExactlyOneRuns) {
  make_fifo("go");
  const StepCommand command = bash("echo ran >>" + path("count") + "; sleep 0.2");
  std::vector<StepResult> results;
  const auto collect = [&](const StepResult& result) { results.push_back(result); };
  std::vector<std::unique_ptr<ProcessRunner>> engines;
  for (int i = 0; i < 8; ++i) {
    ProcessRunnerConfig config;
    config.supervisor_path = supervisor_path();
    config.steps_directory = steps();
    engines.push_back(std::make_unique<ProcessRunner>(context_.get_executor(), config));
    ASSERT_EQ(engines.back()->start(id_, command, collect), ErrorCode());
  }
  context_.run_for(kTestPatience);
  ASSERT_EQ(results.size(), 8U);
  EXPECT_EQ(read_file(path("count")), "ran\n");
  // The losers watched the winner, so everybody knows its result.
  for (const StepResult& result : results) EXPECT_EQ(result.exit_code, 0);
}

}  // namespace
}  // namespace tripgate

// What follows a failure: strategies, retries, rollbacks, interventions (pipelines.md section 4).
#include "test/lib/machine_stand.h"

namespace tripgate {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class MachineFailure : public MachineStand {};

TEST_F(MachineFailure, SkipsWhatFollowsAndRunsWhatAsksForFailure) {
  begin(stage_yaml("s", step_yaml("a") + ", " + step_yaml("b") + ", " +
                            step_yaml("c", "when: {stageStatus: Failure}") + ", " +
                            step_yaml("d", "when: {stageStatus: All}")) +
        stage_yaml("t", step_yaml("e")));
  fail("a");
  EXPECT_EQ(status("b"), "Skipped");
  EXPECT_EQ(at_work(), "c");
  end("c");
  EXPECT_EQ(at_work(), "d");
  end("d");
  EXPECT_EQ(status("s"), "Failed");
  EXPECT_EQ(status("t"), "Skipped");
  EXPECT_EQ(status("e"), "NotStarted");
  EXPECT_EQ(run_status(), "Failed");
  EXPECT_EQ(tree_->execution().failure.message, "a broke");
}

TEST_F(MachineFailure, ActsOnAFailureAsItsStrategySays) {
  struct Row {
    std::string action;
    std::string step;
    std::string next;
    std::string run;
  };
  const std::vector<Row> rows = {
      {"type: Ignore", "IgnoreFailed", "Success", "IgnoreFailed"},
      {"type: MarkAsSuccess", "Success", "Success", "Success"},
      {"type: MarkAsFailure", "Failed", "Skipped", "Failed"},
      {"type: Abort", "Failed", "NotStarted", "Aborted"},
      {"type: StageRollback", "Failed", "NotStarted", "Failed"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.action);
    begin(
        stage_yaml("s", step_yaml("a", on_error("AllErrors", row.action)) + ", " + step_yaml("b")));
    fail("a");
    if (at_work() == "b") end("b");
    EXPECT_EQ(status("a"), row.step);
    EXPECT_EQ(status("b"), row.next);
    EXPECT_EQ(run_status(), row.run);
  }
}

TEST_F(MachineFailure, ChoosesTheEntryThatNamesTheError) {
  const std::string strategies =
      "failureStrategies: [{onFailure: {errors: [Timeout], action: {type: Ignore}}}, "
      "{onFailure: {errors: [Connectivity], action: {type: MarkAsSuccess}}}]";
  const std::pair<FailureTypes, std::string> rows[] = {
      {{FailureType::timeout}, "IgnoreFailed"},
      {{FailureType::connectivity}, "Success"},
      {{FailureType::authentication}, "Failed"},
      {{}, "IgnoreFailed"},  // Without a type any strategy applies: the first one.
  };
  for (const auto& [types, expected] : rows) {
    begin(stage_yaml("s", step_yaml("a", strategies)));
    fail("a", types);
    EXPECT_EQ(status("a"), expected);
  }
}

TEST_F(MachineFailure, RetriesAsOftenAndAsLateAsItIsTold) {
  begin(stage_yaml("s", step_yaml("a", on_error("AllErrors",
                                                "type: Retry, spec: {retryCount: 3, "
                                                "retryIntervals: [10s, 1m], onRetryFailure: "
                                                "{action: {type: MarkAsFailure}}}"))));
  const std::string first = node("a").execution_id;
  fail("a");
  EXPECT_EQ(status("a"), "Failed");
  EXPECT_EQ(run_status(), "Running");
  advance(seconds(9));
  EXPECT_EQ(at_work(), "");
  advance(seconds(1));
  EXPECT_EQ(at_work(), "a");
  EXPECT_EQ(node("a").retry_number, 1u);
  EXPECT_NE(node("a").execution_id, first);
  for (int i = 0; i < 2; ++i) {
    fail("a");
    advance(seconds(59));
    EXPECT_EQ(at_work(), "");
    advance(seconds(1));
    EXPECT_EQ(at_work(), "a");
  }
  fail("a");
  EXPECT_EQ(run_status(), "Failed");
  EXPECT_FALSE(machine_->next_due_ms());
}

TEST_F(MachineFailure, ForgetsAFailureThatARetryMended) {
  begin(stage_yaml("s", step_yaml("a", on_error("AllErrors",
                                                "type: Retry, spec: {retryCount: 1, "
                                                "retryIntervals: [10s], onRetryFailure: "
                                                "{action: {type: MarkAsFailure}}}")) +
                            ", " + step_yaml("b")));
  fail("a");
  advance(seconds(10));
  end("a");
  EXPECT_EQ(at_work(), "b");
  end("b");
  EXPECT_EQ(run_status(), "Success");
}

TEST_F(MachineFailure, TakesUpARetryWaitAfterARestart) {
  begin(stage_yaml("s", step_yaml("a", on_error("AllErrors",
                                                "type: Retry, spec: {retryCount: 1, "
                                                "retryIntervals: [1d], onRetryFailure: "
                                                "{action: {type: Ignore}}}"))));
  fail("a");
  restart();
  EXPECT_EQ(at_work(), "");
  advance(hours(24));
  EXPECT_EQ(at_work(), "a");
  fail("a");
  EXPECT_EQ(status("a"), "IgnoreFailed");
  EXPECT_EQ(run_status(), "IgnoreFailed");
}

TEST_F(MachineFailure, RollsAStageBackAndLeavesItFailed) {
  begin(stage_yaml("s", step_yaml("a") + ", " + step_yaml("b"),
                   on_error("AllErrors", "type: StageRollback"),
                   step_yaml("r1") + ", " + step_yaml("r2")) +
        stage_yaml("t", step_yaml("c", "when: {stageStatus: All}"), "when: {pipelineStatus: All}"));
  end("a");
  fail("b");
  EXPECT_EQ(at_work(), "r1");
  restart();
  EXPECT_EQ(at_work(), "r1");
  end("r1");
  EXPECT_EQ(at_work(), "r2");
  end("r2");
  EXPECT_EQ(status("s"), "Failed");
  EXPECT_EQ(at_work(), "c");
}

TEST_F(MachineFailure, LetsParallelBranchesEndBeforeARollback) {
  begin(stage_yaml("s",
                   "{parallel: [" + step_yaml("a") + ", " +
                       group_yaml("g", step_yaml("b") + ", " + step_yaml("c")) + "]}, " +
                       step_yaml("d"),
                   on_error("AllErrors", "type: StageRollback"), step_yaml("r")));
  EXPECT_EQ(at_work(), "a b");
  fail("a");
  EXPECT_EQ(at_work(), "b");
  end("b");
  EXPECT_EQ(at_work(), "r");
  EXPECT_EQ(status("c"), "NotStarted");
  EXPECT_EQ(status("d"), "NotStarted");
  end("r");
  EXPECT_EQ(run_status(), "Failed");
}

TEST_F(MachineFailure, BeginsAGroupAnew) {
  begin(stage_yaml(
      "s", group_yaml("g", step_yaml("a") + ", " + step_yaml("b"),
                      on_error("AllErrors",
                               "type: RetryStepGroup, spec: {retryCount: 1, retryIntervals: "
                               "[10s]}")) +
               ", " + step_yaml("c")));
  end("a");
  fail("b");
  EXPECT_EQ(at_work(), "");
  EXPECT_EQ(run_status(), "Running");
  restart();
  advance(seconds(10));
  EXPECT_EQ(at_work(), "a");
  EXPECT_EQ(node("g").retry_number, 1u);
  end("a");
  end("b");
  EXPECT_EQ(at_work(), "c");
  end("c");
  EXPECT_EQ(run_status(), "Success");
}

TEST_F(MachineFailure, WaitsForAWordAndExpiresWithoutOne) {
  const std::string keys = on_error("AllErrors",
                                    "type: ManualIntervention, spec: {timeout: 1h, onTimeout: "
                                    "{action: {type: Ignore}}}");
  begin(stage_yaml("s", step_yaml("a", keys) + ", " + step_yaml("b")));
  fail("a");
  EXPECT_EQ(status("a"), "InterventionWaiting");
  EXPECT_EQ(run_status(), "InterventionWaiting");
  restart();
  advance(hours(1));
  EXPECT_EQ(status("a"), "IgnoreFailed");
  EXPECT_EQ(at_work(), "b");
  EXPECT_EQ(run_status(), "Running");
}

TEST_F(MachineFailure, AbortsTheRunWhenNobodyGivesAWord) {
  const std::string keys = on_error("AllErrors",
                                    "type: ManualIntervention, spec: {timeout: 1h, onTimeout: "
                                    "{action: {type: Abort}}}");
  begin(stage_yaml("s", step_yaml("a", keys)));
  fail("a");
  advance(hours(1));
  EXPECT_EQ(status("a"), "Aborted");
  EXPECT_EQ(node("a").failure.message, "a broke");
  EXPECT_EQ(run_status(), "Aborted");

  begin(stage_yaml("s", "{parallel: [" + step_yaml("a", keys) + ", " + step_yaml("b") + ", " +
                            step_yaml("c") + "]}"));
  fail("a");
  advance(hours(1));
  EXPECT_EQ(run_status(), "Discontinuing");
  end_aborted("b");
  EXPECT_EQ(run_status(), "Discontinuing") << "c still ends";
  end_aborted("c");
  EXPECT_EQ(run_status(), "Aborted");
}

TEST_F(MachineFailure, WaitsForNoWordOnceItsGroupBeginsAnew) {
  begin(stage_yaml(
      "s", group_yaml("g", step_yaml("a", on_error("AllErrors",
                                                   "type: ManualIntervention, spec: {timeout: 1h, "
                                                   "onTimeout: {action: {type: RetryStepGroup, "
                                                   "spec: {retryCount: 1, retryIntervals: "
                                                   "[10s]}}}}")))));
  fail("a");
  advance(hours(1));
  EXPECT_EQ(status("a"), "Failed");
  EXPECT_EQ(run_status(), "Running");
  advance(seconds(10));
  EXPECT_EQ(at_work(), "a");
}

TEST_F(MachineFailure, ObeysAWord) {
  const std::string keys = on_error("AllErrors",
                                    "type: ManualIntervention, spec: {timeout: 1h, onTimeout: "
                                    "{action: {type: Abort}}}");
  const std::pair<InterruptType, std::string> rows[] = {
      {InterruptType::mark_as_success, "Success"},
      {InterruptType::ignore, "IgnoreFailed"},
      {InterruptType::mark_as_failure, "Failed"},
      {InterruptType::retry, "Running"},
  };
  for (const auto& [type, expected] : rows) {
    SCOPED_TRACE(interrupt_name(type));
    begin(stage_yaml("s", step_yaml("a", keys)));
    fail("a");
    EXPECT_EQ(interrupt(type, "a"), "");
    EXPECT_EQ(status("a"), expected);
    if (type == InterruptType::retry) end("a");
    EXPECT_TRUE(is_final(tree_->execution().status));
  }
}

}  // namespace
}  // namespace tripgate

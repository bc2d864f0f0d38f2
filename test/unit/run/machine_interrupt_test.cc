// Interrupts from outside (pipelines.md 8.7), refusals first.
#include "test/lib/machine_stand.h"

namespace tripgate {
namespace {

class MachineInterrupt : public MachineStand {};

TEST_F(MachineInterrupt, RefusesWhatHasNoEffect) {
  begin(stage_yaml("s", step_yaml("a")));
  EXPECT_EQ(interrupt(InterruptType::mark_as_success),
            "NodeExecutionId Cannot be empty for MARK_SUCCESS interrupt");
  EXPECT_EQ(interrupt(InterruptType::retry), "NodeExecutionId Cannot be empty for RETRY interrupt");
  EXPECT_EQ(interrupt(InterruptType::abort), "NodeExecutionId Cannot be empty for ABORT interrupt");
  EXPECT_EQ(interrupt(InterruptType::mark_as_success, "a"),
            "Failed to interrupt node execution MarkAsSuccess. Either another interrupt is already "
            "in process or the current status: RUNNINGdoes not allow interruption");
  EXPECT_EQ(interrupt(InterruptType::retry, "a"),
            "NodeExecution is not in a retryable status. Current Status: RUNNING");
  EXPECT_EQ(interrupt(InterruptType::retry, "s"), "Node Retry is supported only for Leaf Nodes");
  end("a");
  EXPECT_EQ(interrupt(InterruptType::abort_all),
            "Execution is already finished with status: [SUCCEEDED]");
}

TEST_F(MachineInterrupt, AbortsWhatRunsAndStartsNothingMore) {
  begin(stage_yaml("s",
                   "{parallel: [" + step_yaml("a") + ", " +
                       typed_step_yaml("w", "Wait", "duration: 2h", "timeout: 3h") + "]}, " +
                       step_yaml("b", "when: {stageStatus: All}"),
                   on_error("AllErrors", "type: StageRollback"), step_yaml("r")) +
        stage_yaml("t", step_yaml("c"), "when: {pipelineStatus: All}"));
  EXPECT_EQ(interrupt(InterruptType::abort_all), "");
  EXPECT_EQ(run_status(), "Discontinuing");
  EXPECT_EQ(status("w"), "Aborted");
  EXPECT_EQ(interrupt(InterruptType::abort_all), "Execution already has ABORT_ALL interrupt");
  restart();
  EXPECT_EQ(at_work(), "a");
  end_aborted("a");
  EXPECT_EQ(status("a"), "Aborted");
  EXPECT_EQ(status("b"), "NotStarted");
  EXPECT_EQ(status("t"), "NotStarted");
  EXPECT_EQ(run_status(), "Aborted");
  EXPECT_EQ(tree_->execution().abortion.username, "ada");
}

TEST_F(MachineInterrupt, AbortsARetryWait) {
  begin(stage_yaml("s", step_yaml("a", on_error("AllErrors",
                                                "type: Retry, spec: {retryCount: 1, "
                                                "retryIntervals: [10s], onRetryFailure: "
                                                "{action: {type: Ignore}}}"))));
  fail("a");
  EXPECT_EQ(interrupt(InterruptType::abort_all), "");
  EXPECT_EQ(run_status(), "Aborted");
}

TEST_F(MachineInterrupt, AbortsOneBranchAlone) {
  for (const InterruptType type : {InterruptType::abort_all, InterruptType::abort}) {
    SCOPED_TRACE(std::string(interrupt_name(type)));
    begin(stage_yaml("s", "{parallel: [" + group_yaml("g", step_yaml("a") + ", " + step_yaml("b")) +
                              ", " + step_yaml("c") + "]}"));
    EXPECT_EQ(interrupt(type, "g"), "");
    end_aborted("a");
    EXPECT_EQ(status("b"), "NotStarted");
    EXPECT_EQ(at_work(), "c");
    EXPECT_EQ(run_status(), "Running");
    end("c");
    EXPECT_EQ(run_status(), "Aborted");
  }
}

/// A group of one step whose own time is up, and that waits for a person.
std::string intervening_group() {
  return group_yaml("g", step_yaml("a"),
                    "timeout: 1h, " + on_error("Timeout",
                                               "type: ManualIntervention, spec: {timeout: 1d, "
                                               "onTimeout: {action: {type: Ignore}}}"));
}

TEST_F(MachineInterrupt, EndsAGroupThatWaitsForAWord) {
  struct Row {
    InterruptType type;
    std::string target;
    std::string group;
    std::string run;
  };
  const Row rows[] = {
      {InterruptType::abort_all, "", "Aborted", "Aborted"},
      {InterruptType::abort_all, "g", "Aborted", "Aborted"},
      {InterruptType::abort_all, "s", "Aborted", "Aborted"},
      {InterruptType::expire_all, "", "Expired", "Expired"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(interrupt_name(row.type)) + " " + row.target);
    begin(stage_yaml("s", intervening_group()));
    advance(std::chrono::hours(1));
    end_aborted("a");
    EXPECT_EQ(status("g"), "InterventionWaiting");
    EXPECT_EQ(interrupt(row.type, row.target), "");
    EXPECT_EQ(status("g"), row.group);
    EXPECT_EQ(run_status(), row.run);
  }
}

const std::string kRetriedGroup = group_yaml(
    "g", "{parallel: [" + step_yaml("a") + ", " + step_yaml("b") + "]}",
    on_error("AllErrors", "type: RetryStepGroup, spec: {retryCount: 1, retryIntervals: [1d]}"));

TEST_F(MachineInterrupt, BeginsNoGroupAnewAfterAnAbort) {
  for (const std::string target : {"", "g", "s"}) {
    SCOPED_TRACE(target);
    begin(stage_yaml("s", kRetriedGroup));
    fail("a");
    EXPECT_EQ(interrupt(InterruptType::abort_all, target), "");
    restart();
    end_aborted("b");
    EXPECT_EQ(status("g"), "Aborted");
    EXPECT_EQ(run_status(), "Aborted");
  }
}

TEST_F(MachineInterrupt, BeginsNoGroupAnewInAStageThatIsRolledBack) {
  begin(stage_yaml("s",
                   "{parallel: [" + kRetriedGroup + ", " +
                       step_yaml("c", on_error("AllErrors", "type: StageRollback")) + "]}",
                   {}, step_yaml("r")));
  fail("a");
  fail("c");
  end("b");
  EXPECT_EQ(at_work(), "r");
}

TEST_F(MachineInterrupt, BeginsNoIterationAfterAnAbort) {
  const std::string loop = step_yaml("a", "strategy: {repeat: {times: 3, maxConcurrency: 1}}");
  for (const std::string target : {"a", "g", "s"}) {
    SCOPED_TRACE(target);
    begin(stage_yaml("s", group_yaml("g", loop)));
    end("a_0");
    EXPECT_EQ(interrupt(InterruptType::abort_all, target), "");
    restart();
    end_aborted("a_1");
    EXPECT_EQ(at_work(), "");
    EXPECT_EQ(status("a_2"), "NotStarted");
    EXPECT_EQ(status("a"), "Aborted");
    EXPECT_EQ(run_status(), "Aborted");
  }
}

TEST_F(MachineInterrupt, GoesOnBehindAnIterationThatWasAborted) {
  begin(stage_yaml("s", step_yaml("a", "strategy: {repeat: {times: 2, maxConcurrency: 1}}")));
  EXPECT_EQ(interrupt(InterruptType::abort_all, "a_0"), "");
  end_aborted("a_0");
  EXPECT_EQ(at_work(), "a_1");
}

TEST_F(MachineInterrupt, PausesBetweenStepsAndGoesOn) {
  begin(stage_yaml("s", step_yaml("a") + ", " + step_yaml("b")));
  EXPECT_EQ(interrupt(InterruptType::pause), "");
  EXPECT_EQ(run_status(), "Pausing");
  EXPECT_EQ(interrupt(InterruptType::pause), "Execution already has PAUSE_ALL interrupt");
  end("a");
  EXPECT_EQ(at_work(), "");
  EXPECT_EQ(status("b"), "Paused");
  EXPECT_EQ(run_status(), "Paused");
  restart();
  EXPECT_EQ(run_status(), "Paused");
  EXPECT_EQ(interrupt(InterruptType::resume), "");
  EXPECT_EQ(run_status(), "Running");
  EXPECT_EQ(at_work(), "b");
  end("b");
  EXPECT_EQ(run_status(), "Success");
}

TEST_F(MachineInterrupt, MarksARunningStepAsFailedAndObeysItsStrategy) {
  begin(stage_yaml(
      "s", step_yaml("a", on_error("UserMarkedFailure", "type: Ignore")) + ", " + step_yaml("b")));
  EXPECT_EQ(interrupt(InterruptType::user_marked_failure, "a"), "");
  EXPECT_EQ(status("a"), "Discontinuing");
  end_aborted("a");
  EXPECT_EQ(status("a"), "IgnoreFailed");
  EXPECT_EQ(at_work(), "b");
}

TEST_F(MachineInterrupt, ExpiresEverything) {
  begin(stage_yaml("s", step_yaml("a")));
  EXPECT_EQ(interrupt(InterruptType::expire_all), "");
  end_aborted("a");
  EXPECT_EQ(status("a"), "Expired");
  EXPECT_EQ(run_status(), "Expired");
}

}  // namespace
}  // namespace tripgate

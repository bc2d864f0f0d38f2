// Stages and groups whose own time is up, and what their own strategies make of it (pipelines.md
// 9.1).
#include "test/lib/machine_stand.h"

namespace tripgate {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class MachineExpiry : public MachineStand {
 protected:
  /// Lets the hour of a stage or group pass; the process in it ends.
  void let_expire(const std::string& process) {
    advance(hours(1));
    EXPECT_EQ(aborted_.back(), process);
    end_aborted(process);
  }
};

std::string on_timeout(const std::string& action) {
  return "timeout: 1h, " + on_error("Timeout", action);
}

TEST_F(MachineExpiry, RollsTheStageBack) {
  begin(stage_yaml("s", step_yaml("a") + ", " + step_yaml("b"), on_timeout("type: StageRollback"),
                   step_yaml("r1") + ", " + step_yaml("r2")) +
        stage_yaml("t", step_yaml("c")));
  advance(hours(1));
  restart();
  end_aborted("a");
  EXPECT_EQ(at_work(), "r1");
  EXPECT_EQ(status("s"), "Running");
  restart();
  end("r1");
  end("r2");
  EXPECT_EQ(status("a"), "Expired");
  EXPECT_EQ(status("b"), "NotStarted");
  EXPECT_EQ(status("s"), "Failed");
  EXPECT_EQ(node("s").failure.message, timeout_failure().message);
  EXPECT_EQ(status("t"), "Skipped");
  EXPECT_EQ(run_status(), "Failed");
}

TEST_F(MachineExpiry, RollsAStageBackOnce) {
  begin(stage_yaml("s", step_yaml("a"),
                   "timeout: 1h, " + on_error("AllErrors", "type: StageRollback"), step_yaml("r")));
  fail("a");
  let_expire("r");
  EXPECT_EQ(at_work(), "");
  EXPECT_EQ(status("r"), "Expired");
  EXPECT_EQ(run_status(), "Failed");
}

TEST_F(MachineExpiry, RollsAStageBackThatWasAboutToBeRolledBack) {
  begin(stage_yaml("s", "{parallel: [" + step_yaml("a") + ", " + step_yaml("b") + "]}",
                   "timeout: 1h, " + on_error("AllErrors", "type: StageRollback"), step_yaml("r")));
  fail("a");
  let_expire("b");
  EXPECT_EQ(at_work(), "r");
  end("r");
  EXPECT_EQ(run_status(), "Failed");
}

TEST_F(MachineExpiry, EndsAStageThatHasNothingToRollBack) {
  begin(stage_yaml("s", step_yaml("a"), on_timeout("type: StageRollback")));
  let_expire("a");
  EXPECT_EQ(status("s"), "Failed");
  EXPECT_EQ(run_status(), "Failed");
}

TEST_F(MachineExpiry, RollsBackNothingAfterAnAbort) {
  begin(stage_yaml("s", step_yaml("a"), on_timeout("type: StageRollback"), step_yaml("r")));
  advance(hours(1));
  EXPECT_EQ(interrupt(InterruptType::abort_all), "");
  end_aborted("a");
  EXPECT_EQ(at_work(), "");
  EXPECT_EQ(run_status(), "Aborted");
}

TEST_F(MachineExpiry, RollsTheGroupBack) {
  begin(stage_yaml("s", group_yaml("g", step_yaml("a"),
                                   on_timeout("type: StepGroupRollback") + ", rollbackSteps: [" +
                                       step_yaml("r") + "]") +
                            ", " + step_yaml("b")));
  let_expire("a");
  EXPECT_EQ(at_work(), "r");
  end("r");
  EXPECT_EQ(status("g"), "Failed");
  EXPECT_EQ(status("b"), "Skipped");
  EXPECT_EQ(run_status(), "Failed");
}

TEST_F(MachineExpiry, RollsTheStageOfAGroupBack) {
  begin(stage_yaml("s", group_yaml("g", step_yaml("a"), on_timeout("type: StageRollback")), {},
                   step_yaml("r")));
  let_expire("a");
  EXPECT_EQ(at_work(), "r");
  end("r");
  EXPECT_EQ(run_status(), "Failed");
}

TEST_F(MachineExpiry, BeginsTheGroupAnew) {
  struct Row {
    std::string action;
    std::string in_the_end;
  };
  const Row rows[] = {
      {"type: RetryStepGroup, spec: {retryCount: 1, retryIntervals: [10s]}", "Expired"},
      {"type: Retry, spec: {retryCount: 1, retryIntervals: [10s], onRetryFailure: {action: {type: "
       "MarkAsFailure}}}",
       "Failed"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.action);
    begin(stage_yaml("s", group_yaml("g", step_yaml("a"), on_timeout(row.action))));
    let_expire("a");
    EXPECT_EQ(status("g"), "Expired");
    EXPECT_EQ(run_status(), "Running");
    restart();
    advance(seconds(9));
    EXPECT_EQ(at_work(), "");
    advance(seconds(1));
    EXPECT_EQ(at_work(), "a");
    EXPECT_EQ(node("g").retry_number, 1U);
    let_expire("a");
    EXPECT_EQ(status("g"), row.in_the_end);
    EXPECT_EQ(run_status(), row.in_the_end);
  }
}

}  // namespace
}  // namespace tripgate

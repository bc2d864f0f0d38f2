// Where a run goes: order, blocks, groups, loops, conditions, barriers, waits.
#include "test/lib/machine_stand.h"

namespace tripgate {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class MachineFlow : public MachineStand {};

TEST_F(MachineFlow, FailsANodeWhoseConditionCannotBeEvaluated) {
  begin(stage_yaml("s", step_yaml("a", "when: {stageStatus: Success, condition: '<+1 == \"x\">'}") +
                            ", " + step_yaml("b")));
  EXPECT_EQ(status("a"), "Failed");
  EXPECT_EQ(status("b"), "Skipped");
  EXPECT_EQ(run_status(), "Failed");
}

TEST_F(MachineFlow, APersonMayEndAWait) {
  const std::string wait = typed_step_yaml("w", "Wait", "duration: 3h", "timeout: 1d");
  begin(stage_yaml("s", wait + ", " + step_yaml("a")));
  EXPECT_EQ(run_status(), "WaitStepRunning");
  ASSERT_TRUE(machine_->end_wait(node("w").number, true, now_ms));
  advance(seconds(0));
  EXPECT_EQ(status("w"), "Success");
  EXPECT_EQ(at_work(), "a");
  const auto again = machine_->end_wait(node("w").number, true, now_ms);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().message, "The step does not wait any more. Current Status: SUCCEEDED");
}

TEST_F(MachineFlow, AWaitThatIsMarkedAsFailedHasNoFailureType) {
  begin(stage_yaml("s", typed_step_yaml("w", "Wait", "duration: 3h", "timeout: 1d")));
  ASSERT_TRUE(machine_->end_wait(node("w").number, false, now_ms));
  advance(seconds(0));
  EXPECT_EQ(run_status(), "Failed");
  EXPECT_EQ(node("w").failure.message, "User marked this step as failed");
  EXPECT_TRUE(node("w").failure.types.is_empty());
}

TEST_F(MachineFlow, RunsBlocksSideBySideAndWaitsForAll) {
  begin(stage_yaml("s", "{parallel: [" + step_yaml("a") + ", " + step_yaml("b") + ", " +
                            group_yaml("g", step_yaml("c") + ", " + step_yaml("d")) + "]}, " +
                            step_yaml("e")));
  EXPECT_EQ(at_work(), "a b c");
  end("b");
  end("c");
  EXPECT_EQ(at_work(), "a d");
  end("a");
  end("d");
  EXPECT_EQ(at_work(), "e");
  end("e");
  EXPECT_EQ(run_status(), "Success");
}

TEST_F(MachineFlow, RunsStagesSideBySide) {
  begin("- parallel:\n  " + stage_yaml("s", step_yaml("a")) + "  " +
        stage_yaml("t", step_yaml("b")) + stage_yaml("u", step_yaml("c")));
  EXPECT_EQ(at_work(), "a b");
  fail("a");
  EXPECT_EQ(status("s"), "Failed");
  end("b");
  EXPECT_EQ(status("u"), "Skipped");
  EXPECT_EQ(run_status(), "Failed");
}

TEST_F(MachineFlow, StartsIterationsAsOthersEnd) {
  begin(stage_yaml("s", step_yaml("a",
                                  "strategy: {matrix: {x: [1, 2], y: [p, q], "
                                  "maxConcurrency: 2, exclude: [{x: 2, y: p}]}}") +
                            ", " + step_yaml("b")));
  EXPECT_EQ(at_work(), "a_0_0 a_0_1");
  end("a_0_1");
  EXPECT_EQ(at_work(), "a_0_0 a_1_1");
  restart();
  EXPECT_EQ(at_work(), "a_0_0 a_1_1");
  end("a_0_0");
  end("a_1_1");
  EXPECT_EQ(status("a"), "Success");
  EXPECT_EQ(at_work(), "b");
}

TEST_F(MachineFlow, AggregatesLoops) {
  begin(stage_yaml("s", step_yaml("a", "strategy: {repeat: {times: 3}}")));
  end("a_0");
  fail("a_1");
  end("a_2");
  EXPECT_EQ(status("a"), "Failed");
  begin(stage_yaml("s", step_yaml("a",
                                  "strategy: {repeat: {times: 2}}, when: {stageStatus: "
                                  "Failure}")));
  EXPECT_EQ(status("a"), "Skipped");
  EXPECT_EQ(run_status(), "Success");
}

TEST_F(MachineFlow, KnowsItsIterationInAConditionAndItsName) {
  begin(stage_yaml("s", step_yaml("a",
                                  "strategy: {repeat: {items: [x, y, z]}}, when: {stageStatus: "
                                  "Success, condition: '<+repeat.item> == \"y\"'}")));
  EXPECT_EQ(at_work(), "a_1");
  EXPECT_EQ(status("a_0"), "Skipped");
  EXPECT_EQ(node("a_1").name, "a_1");
}

TEST_F(MachineFlow, LoopsOverAStage) {
  begin(stage_yaml("s", step_yaml("a"), "strategy: {parallelism: 2}") +
        stage_yaml("t", step_yaml("b")));
  EXPECT_EQ(at_work(), "a a");
  fail("a");
  end("a");
  EXPECT_EQ(status("s"), "Failed");
  EXPECT_EQ(status("t"), "Skipped");
}

TEST_F(MachineFlow, FailsALoopThatCannotBeExpanded) {
  begin(stage_yaml("s", step_yaml("a", "strategy: {repeat: {items: <+pipeline.variables.none>}}")));
  EXPECT_EQ(status("a"), "Failed");
  EXPECT_EQ(node("a").failure.message, "Loop items list cannot be null");
}

TEST_F(MachineFlow, WaitsAsLongAsItIsTold) {
  begin(stage_yaml(
      "s", typed_step_yaml("w", "Wait", "duration: 10m", "timeout: 1h") + ", " + step_yaml("b")));
  EXPECT_EQ(status("w"), "WaitStepRunning");
  EXPECT_EQ(run_status(), "WaitStepRunning");
  advance(minutes(9));
  restart();
  EXPECT_EQ(status("w"), "WaitStepRunning");
  advance(minutes(1));
  EXPECT_EQ(status("w"), "Success");
  EXPECT_EQ(at_work(), "b");
}

TEST_F(MachineFlow, ExpiresAWaitThatIsLongerThanItsTimeout) {
  begin(stage_yaml("s", typed_step_yaml("w", "Wait", "duration: 2h", "timeout: 1h")));
  advance(hours(1));
  EXPECT_EQ(status("w"), "Expired");
  EXPECT_TRUE(node("w").failure.types.has(FailureType::timeout));
  EXPECT_EQ(run_status(), "Expired");
}

TEST_F(MachineFlow, ExpiresAStageWithWhatRunsInIt) {
  begin(stage_yaml("s",
                   "{parallel: [" + step_yaml("a") + ", " +
                       typed_step_yaml("w", "Wait", "duration: 2h", "timeout: 3h") + "]}, " +
                       step_yaml("b"),
                   "timeout: 1h") +
        stage_yaml("t", step_yaml("c"), "when: {pipelineStatus: Failure}"));
  advance(hours(1));
  EXPECT_EQ(status("w"), "Expired");
  EXPECT_EQ(status("a"), "Discontinuing");
  EXPECT_EQ(aborted_, std::vector<std::string>{"a"});
  end_aborted("a");
  EXPECT_EQ(status("a"), "Expired");
  EXPECT_EQ(status("b"), "NotStarted");
  EXPECT_EQ(status("s"), "Expired");
  EXPECT_EQ(at_work(), "c");
}

TEST_F(MachineFlow, MeetsAtABarrier) {
  const std::string barrier = "flowControl: {barriers: [{name: m, identifier: m}]}\n";
  begin(stage_yaml("s", "{parallel: [" +
                            group_yaml("g", step_yaml("a") + ", " +
                                                typed_step_yaml("m1", "Barrier", "barrierRef: m",
                                                                "timeout: 1h")) +
                            ", " +
                            group_yaml("h", typed_step_yaml("m2", "Barrier", "barrierRef: m",
                                                            "timeout: 1h") +
                                                ", " + step_yaml("b")) +
                            "]}"),
        "  " + barrier);
  EXPECT_EQ(status("m2"), "AsyncWaiting");
  EXPECT_EQ(at_work(), "a");
  restart();
  end("a");
  EXPECT_EQ(status("m1"), "Success");
  EXPECT_EQ(status("m2"), "Success");
  EXPECT_EQ(at_work(), "b");
}

constexpr const char* kOneBarrier = "  flowControl: {barriers: [{name: m, identifier: m}]}\n";

/// The step m1 waits at the barrier m behind a; m2 does at once.
std::string two_parties() {
  const auto party = [](const char* name) {
    return typed_step_yaml(name, "Barrier", "barrierRef: m", "timeout: 1h");
  };
  return stage_yaml("s", "{parallel: [" + group_yaml("g", step_yaml("a") + ", " + party("m1")) +
                             ", " + group_yaml("h", party("m2")) + "]}");
}

TEST_F(MachineFlow, AbandonsABarrierThatAPartyCannotReach) {
  begin(two_parties(), kOneBarrier);
  fail("a");
  EXPECT_EQ(status("m1"), "Skipped");
  EXPECT_EQ(status("m2"), "Failed");
  EXPECT_EQ(node("m2").failure.message, "The barrier was abandoned");
}

TEST_F(MachineFlow, BarrierThatTimesOutSaysSo) {
  begin(two_parties(), kOneBarrier);
  advance(std::chrono::hours(1));
  EXPECT_EQ(status("m2"), "Expired");
  EXPECT_EQ(node("m2").failure.message, "The barrier timed out");
  EXPECT_TRUE(node("m2").failure.types.has(FailureType::timeout));
}

TEST_F(MachineFlow, GivesLaterStepsWhatEarlierOnesPublished) {
  begin(stage_yaml("s", step_yaml("a") + ", " +
                            step_yaml("b",
                                      "when: {stageStatus: Success, condition: "
                                      "'<+execution.steps.a.output.outputVariables.tag> == "
                                      "\"v1\"'}")));
  end("a", RunStatus::succeeded, {}, {{"output", R"({"outputVariables":{"tag":"v1"}})"}});
  EXPECT_EQ(at_work(), "b");
}

}  // namespace
}  // namespace tripgate

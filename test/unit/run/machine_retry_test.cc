// Runs that take over what an earlier one has done: what is refused, what runs, what is shown.
#include "test/lib/machine_stand.h"

namespace tripgate {
namespace {

const std::string kThree = stage_yaml("a", step_yaml("make")) + stage_yaml("b", step_yaml("test")) +
                           stage_yaml("c", step_yaml("ship"));

const std::string kBlock = stage_yaml("a", step_yaml("make")) + "- parallel: [" +
                           stage_yaml("l", step_yaml("left")).substr(2) + ", " +
                           stage_yaml("r", step_yaml("right")).substr(2) + "]\n" +
                           stage_yaml("c", step_yaml("ship"));

class MachineRetryTest : public MachineStand {
 protected:
  /// Runs three stages, the second of which fails.
  void fail_second() {
    begin(kThree);
    end("make", RunStatus::succeeded, {}, {{"output", R"({"outputVariables":{"tag":"v1"}})"}});
    fail("test");
    ASSERT_EQ(run_status(), "Failed");
  }

  /// Runs a block, one member of which fails.
  void fail_right() {
    begin(kBlock);
    end("make");
    end("left");
    fail("right");
    ASSERT_EQ(run_status(), "Failed");
  }
};

TEST_F(MachineRetryTest, UnknownStageIsRefused) {
  fail_second();
  EXPECT_EQ(retry({.stages = {"z"}}), "No stage of the execution to be retried is named z");
  EXPECT_NE(retry({}), "");
}

TEST_F(MachineRetryTest, OnlyFailedStagesNeedABlock) {
  fail_second();
  EXPECT_EQ(retry({.stages = {"b"}, .runs_all_stages = false}),
            "Run only failed stages is applicable only for failed parallel group stages");
}

TEST_F(MachineRetryTest, BlockWithoutAFailureHasNothingToRetry) {
  begin(kBlock);
  end("make");
  end("left");
  end("right");
  fail("ship");
  EXPECT_EQ(retry({.stages = {"l"}, .runs_all_stages = false}),
            "No failed stage found in parallel group");
}

TEST_F(MachineRetryTest, OtherStagesAreRefused) {
  const auto before = plan::plan_pipeline_text(pipeline_of("p", kThree), "one", {});
  for (const std::string& stages :
       {kBlock, kThree + stage_yaml("d", step_yaml("more")),
        stage_yaml("a", step_yaml("make")) + stage_yaml("c", step_yaml("ship")) +
            stage_yaml("b", step_yaml("test"))}) {
    const auto now = plan::plan_pipeline_text(pipeline_of("p", stages), "two", {});
    const auto nodes = initial_nodes(*before);
    const auto made = retry_nodes({*before, nodes}, *now, {.stages = {"a"}});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().message,
              "Adding, deleting or changing the name of the stage identifier is not allowed for "
              "retrying");
  }
}

TEST_F(MachineRetryTest, EarlierStagesAreShownAndNotRun) {
  fail_second();
  const NodeState before = node("make");
  ASSERT_EQ(retry({.stages = {"b"}}), "");
  EXPECT_EQ(at_work(), "test");
  const NodeState shown = node("make");
  EXPECT_TRUE(shown.is_identity);
  EXPECT_EQ(shown.status, RunStatus::succeeded);
  EXPECT_EQ(shown.outcomes, before.outcomes);
  EXPECT_EQ(shown.started_at_ms, before.started_at_ms);
  EXPECT_NE(shown.execution_id, before.execution_id);
  EXPECT_NE(shown.setup_id, before.setup_id);
  EXPECT_EQ(shown.start_count, 0U);
  end("test");
  end("ship");
  EXPECT_EQ(run_status(), "Success");
  EXPECT_FALSE(node("test").is_identity);
}

TEST_F(MachineRetryTest, RetriedStageSeesWhatEarlierOnesGave) {
  begin(stage_yaml("a", step_yaml("make")) +
        stage_yaml("b", step_yaml("test",
                                  "when: {stageStatus: All, condition: "
                                  "'<+pipeline.stages.a.spec.execution.steps.make.output."
                                  "outputVariables.tag> == \"v1\"'}")));
  end("make", RunStatus::succeeded, {}, {{"output", R"({"outputVariables":{"tag":"v1"}})"}});
  fail("test");
  ASSERT_EQ(retry({.stages = {"b"}}), "");
  EXPECT_EQ(at_work(), "test");
}

TEST_F(MachineRetryTest, FirstStageRunsEverythingAgain) {
  fail_second();
  ASSERT_EQ(retry({.stages = {"a"}}), "");
  EXPECT_EQ(at_work(), "make");
}

TEST_F(MachineRetryTest, WholeBlockRunsAgain) {
  fail_right();
  ASSERT_EQ(retry({.stages = {"r"}}), "");
  EXPECT_EQ(at_work(), "left right");
}

TEST_F(MachineRetryTest, OnlyFailedMembersRunAgain) {
  fail_right();
  ASSERT_EQ(retry({.stages = {"l", "r"}, .runs_all_stages = false}), "");
  EXPECT_EQ(at_work(), "right");
  EXPECT_TRUE(node("left").is_identity);
  end("right");
  EXPECT_EQ(at_work(), "ship");
  end("ship");
  EXPECT_EQ(run_status(), "Success");
}

TEST_F(MachineRetryTest, RestartKeepsWhatWasTakenOver) {
  fail_right();
  ASSERT_EQ(retry({.stages = {"r"}, .runs_all_stages = false}), "");
  restart();
  EXPECT_EQ(at_work(), "right");
  end("right");
  end("ship");
  EXPECT_EQ(run_status(), "Success");
}

TEST_F(MachineRetryTest, RetryOfARetryTakesOverBoth) {
  fail_second();
  ASSERT_EQ(retry({.stages = {"b"}}), "");
  end("test");
  fail("ship");
  ASSERT_EQ(retry({.stages = {"c"}}), "");
  EXPECT_EQ(at_work(), "ship");
  EXPECT_TRUE(node("make").is_identity);
  EXPECT_TRUE(node("test").is_identity);
}

TEST_F(MachineRetryTest, OldAttemptsAreLeftBehindAndLoopsComeWhole) {
  begin(stage_yaml(
            "a", step_yaml("each", "strategy: {repeat: {times: 2}}") + ", " +
                     step_yaml("flaky", on_error("AllErrors",
                                                 "type: Retry, spec: {retryCount: 1, "
                                                 "retryIntervals: [10s], onRetryFailure: {action: "
                                                 "{type: MarkAsFailure}}}"))) +
        stage_yaml("b", step_yaml("test")));
  end("each_0");
  end("each_1");
  fail("flaky");
  advance(std::chrono::seconds(10));
  end("flaky");
  fail("test");
  ASSERT_EQ(retry({.stages = {"b"}}), "");
  EXPECT_EQ(at_work(), "test");
  EXPECT_TRUE(node("each_1").is_identity);
  EXPECT_TRUE(node("each_1").iteration);
  EXPECT_EQ(node("flaky").retry_number, 1U);
  for (NodeNumber number = 0; number < tree_->size(); ++number) {
    EXPECT_FALSE(tree_->state(number).is_old_retry);
  }
}

}  // namespace
}  // namespace tripgate

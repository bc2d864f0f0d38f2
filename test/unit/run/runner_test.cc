// Runs on a store on disk with a command runner by hand: failures first, then order, time and
// death.
#include "engine/run/runner.h"

#include <gtest/gtest.h>

#include "test/lib/run_stand.h"

namespace tripgate {
namespace {

class RunnerTest : public ::testing::Test {
 protected:
  void SetUp() override { stand_.catalog.add(7, "custom", "deploy"); }

  void start(std::vector<int> steps, const std::string& script = "echo hi") {
    stand_.catalog.pipelines["deploy"] = pipeline_yaml("deploy", std::move(steps), script);
    stand_.start();
  }

  /// Fires once and waits for the first step.
  void fire(const std::string& body = "{}") {
    stand_.append(event_id(++events_), 7, body);
    wait_for_starts(stand_.commands.started.size() + 1);
  }

  void wait_for_starts(std::size_t count) {
    ASSERT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() >= count; }));
  }

  [[nodiscard]] AttemptId last_attempt() { return stand_.commands.started.back().id; }

  Execution final_execution(std::size_t index = 0) {
    EXPECT_TRUE(stand_.run_until([&] {
      const auto all = stand_.executions();
      return index < all.size() && is_final(all[index].status);
    }));
    return stand_.executions()[index];
  }

  [[nodiscard]] NodeState node(const std::string& path) const { return stand_.node(1, path); }

  RunStand stand_;
  std::uint64_t events_ = 0;
};

TEST_F(RunnerTest, SkipsWhatFollowsAFailedStep) {
  start({2, 1});
  fire();
  stand_.commands.end(last_attempt(), 3);
  const Execution execution = final_execution();
  EXPECT_EQ(execution.status, RunStatus::failed);
  EXPECT_EQ(execution.failure.message,
            "Shell Script execution failed. Please check execution logs.");
  EXPECT_EQ(node("stage0.spec.execution.steps.step1").status, RunStatus::skipped);
  const NodeState stage = node("stage1");
  EXPECT_EQ(stage.status, RunStatus::skipped);
  ASSERT_TRUE(stage.run_info);
  EXPECT_FALSE(stage.run_info->is_met);
  EXPECT_EQ(node("stage1.spec.execution.steps.step0").status, RunStatus::not_started);
  EXPECT_EQ(stand_.commands.started.size(), 1u);
}

TEST_F(RunnerTest, FailsAStepThatCannotStart) {
  start({1});
  stand_.commands.next_start_error = make_error_code(Errc::too_large);
  stand_.append(event_id(1), 7, "{}");
  EXPECT_TRUE(
      final_execution().failure.message.starts_with("Shell Script Failed to execute. Reason: "));
}

TEST_F(RunnerTest, FailsAnInterruptedStepWithItsReason) {
  start({1});
  fire();
  StepResult result;
  result.interrupted = "interrupted: the step's supervisor was killed";
  stand_.commands.end(last_attempt(), result);
  const Execution execution = final_execution();
  EXPECT_EQ(execution.status, RunStatus::failed);
  EXPECT_EQ(execution.failure.message, result.interrupted);
}

TEST_F(RunnerTest, ExpiresAStageThatIsOutOfTime) {
  start({1});
  fire();
  stand_.clock.now += std::chrono::milliseconds(std::chrono::hours(24 * 36)).count();
  stand_.runner->check_deadlines();
  ASSERT_TRUE(stand_.run_until([&] { return !stand_.commands.aborted.empty(); }));
  StepResult result;
  result.signal = 15;
  result.aborted = true;
  stand_.commands.end(last_attempt(), result);
  EXPECT_EQ(final_execution().status, RunStatus::expired);
}

TEST_F(RunnerTest, AbortsARunningAndAWaitingExecution) {
  stand_.run_limits.running_max = 1;
  start({2});
  fire();
  stand_.append(event_id(++events_), 7, "{}");
  ASSERT_TRUE(stand_.run_until([&] { return stand_.runner->waiting_count() == 1; }));
  stand_.runner->abort(2);
  EXPECT_EQ(final_execution(1).status, RunStatus::aborted);
  stand_.runner->abort(1);
  ASSERT_TRUE(stand_.run_until([&] { return !stand_.commands.aborted.empty(); }));
  StepResult result;
  result.aborted = true;
  stand_.commands.end(last_attempt(), result);
  const Execution execution = final_execution(0);
  EXPECT_EQ(execution.status, RunStatus::aborted);
  EXPECT_EQ(node("stage0.spec.execution.steps.step1").status, RunStatus::not_started);
}

TEST_F(RunnerTest, RunsStagesAndStepsInOrder) {
  start({2, 1});
  fire();
  for (std::size_t i = 1; i <= 3; ++i) {
    wait_for_starts(i);
    stand_.commands.end(last_attempt(), 0);
  }
  const Execution execution = final_execution();
  EXPECT_EQ(execution.status, RunStatus::succeeded);
  const std::vector<std::string> paths = {"stage0.spec.execution.steps.step0",
                                          "stage0.spec.execution.steps.step1",
                                          "stage1.spec.execution.steps.step0"};
  for (std::size_t i = 0; i < paths.size(); ++i) {
    EXPECT_EQ(stand_.commands.started[i].id.node_id, node(paths[i]).execution_id) << paths[i];
  }
  EXPECT_NE(execution.ended_at_ms, 0);
}

TEST_F(RunnerTest, GivesDataToThePrologueAndNeverToTheScript) {
  start({1}, "echo <+trigger.payload.who> <+trigger.header['x-team']> <+trigger.payload.none>");
  fire(R"({"who":"$(id)'<+pipeline.name>"})");
  const StepCommand& command = stand_.commands.started[0].command;
  EXPECT_EQ(command.script.find("$(id)"), std::string::npos);
  EXPECT_NE(command.prologue.find(R"('$(id)'\''<+pipeline.name>')"), std::string::npos)
      << command.prologue;
  EXPECT_NE(command.prologue.find("blue"), std::string::npos) << command.prologue;
  EXPECT_NE(command.prologue.find("null"), std::string::npos) << command.prologue;
}

TEST_F(RunnerTest, RendersATimeoutThatIsAnExpression) {
  std::string text = pipeline_yaml("deploy", {1});
  text.replace(text.find("timeout: 10m"), 12, "timeout: <+trigger.payload.limit>");
  stand_.catalog.pipelines["deploy"] = text;
  stand_.start();
  fire(R"({"limit":"2h"})");
  EXPECT_EQ(stand_.commands.started[0].command.timeout, std::chrono::hours(2));
}

TEST_F(RunnerTest, KeepsSecretOutputsOutOfItsRecords) {
  std::string text = pipeline_yaml("deploy", {1});
  text.replace(text.find("shell: Bash"), 11,
               "shell: Bash\n                    outputVariables: [{name: tag, value: tag}, {name: "
               "key, type: Secret, value: key}]");
  stand_.catalog.pipelines["deploy"] = text;
  stand_.start();
  fire();
  StepResult result;
  result.exit_code = 0;
  result.outputs = {{"tag", "v1"}, {"key", "hunter2"}};
  stand_.commands.end(last_attempt(), result);
  (void)final_execution();
  const NodeState step = node("stage0.spec.execution.steps.step0");
  ASSERT_EQ(step.outcomes.size(), 1u);
  EXPECT_EQ(step.outcomes[0].second, R"({"outputVariables":{"tag":"v1"}})");
}

TEST_F(RunnerTest, WaitsForAPlaceAndGoesOnInOrder) {
  stand_.run_limits.running_max = 1;
  start({1});
  fire();
  stand_.append(event_id(++events_), 7, "{}");
  ASSERT_TRUE(stand_.run_until([&] { return stand_.runner->waiting_count() == 1; }));
  EXPECT_EQ(stand_.executions()[1].status, RunStatus::queued);
  stand_.commands.end(last_attempt(), 0);
  wait_for_starts(2);
  EXPECT_EQ(last_attempt().execution_id, stand_.executions()[1].plan_execution_id);
}

TEST_F(RunnerTest, AdoptsARunningStepInsteadOfStartingIt) {
  start({1});
  fire();
  const AttemptId id = last_attempt();
  stand_.kill();
  stand_.commands.adoptable[id] = Adoption::running;
  stand_.start();
  stand_.commands.end(id, 0);
  EXPECT_EQ(final_execution().status, RunStatus::succeeded);
  EXPECT_EQ(stand_.commands.started.size(), 1u);
}

TEST_F(RunnerTest, StartsAJournaledAttemptThatNeverRanUnderTheNextNumber) {
  start({1});
  fire();
  const AttemptId id = last_attempt();
  stand_.kill();
  stand_.start();
  wait_for_starts(2);
  EXPECT_EQ(last_attempt().node_id, id.node_id);
  EXPECT_EQ(last_attempt().number, 1u);
}

TEST_F(RunnerTest, ShowsEveryFieldOfAFinishedRun) {
  start({1});
  fire("{\"a\": \"\xff\"}");
  stand_.commands.end(last_attempt(), 0);
  const Execution execution = final_execution();
  std::array<char, EventId::kTextSize> id{};
  event_id(1).print(id);
  const StatusReader reader(*stand_.store, *stand_.journal);
  EXPECT_FALSE(reader.execution_details("other", {id.data(), id.size()}));
  const auto json = reader.execution_details("acc", {id.data(), id.size()});
  ASSERT_TRUE(json);
  const std::string setup_id = node("stage0").setup_id;
  const std::string run = execution.plan_execution_id;
  const std::string time = "1663276236674";
  EXPECT_EQ(
      *json,
      R"({"webhookProcessingDetails":{"eventFound":true,"eventId":")" + std::string(id.data(), 24) +
          R"(","accountIdentifier":"acc","orgIdentifier":"default","projectIdentifier":"demo",)"
          R"("triggerIdentifier":"custom","pipelineIdentifier":"deploy","pipelineExecutionId":")" +
          run +
          R"(","exceptionOccured":false,"status":"TARGET_EXECUTION_REQUESTED",)"
          R"("message":"Pipeline execution was requested successfully",)"
          R"("payload":"{\"a\": \")"
          "\xEF\xBF\xBD"
          R"(\"}","eventCreatedAt":)" +
          time +
          R"(,"runtimeInput":null,"warningMsg":null},"executionDetails":)"
          R"({"pipelineExecutionSummary":{"pipelineIdentifier":"deploy","orgIdentifier":"default",)"
          R"("projectIdentifier":"demo","planExecutionId":")" +
          run +
          R"(","name":"deploy","yamlVersion":"0","status":"Success","tags":[],)"
          R"("executionTriggerInfo":{"triggerType":"WEBHOOK_CUSTOM","triggeredBy":)"
          R"({"uuid":"systemUser","identifier":"custom","extraInfo":)"
          R"({"execution_trigger_tag_needed_for_abort":"acc:default:demo:deploy",)"
          R"("triggerRef":"acc/default/demo/custom","eventCorrelationId":")" +
          std::string(id.data(), 24) +
          R"("},"triggerIdentifier":"custom","triggerName":"custom"},"isRerun":false},)"
          R"("governanceMetadata":{"id":"0","deny":false,"details":[],"message":"","timestamp":")" +
          time +
          R"(","status":"pass","accountId":"acc","orgId":"default","projectId":"demo",)"
          R"("entity":"accountIdentifier%3Aacc%2ForgIdentifier%3Adefault%2FprojectIdentifier%3Ademo)"
          R"(%2FpipelineIdentifier%3Adeploy","type":"pipeline","action":"onrun","created":")" +
          time + R"("},"moduleInfo":{},"layoutNodeMap":{")" + setup_id +
          R"(":{"nodeType":"Custom","nodeGroup":"STAGE","nodeIdentifier":"stage0","name":"stage0",)"
          R"("nodeUuid":")" +
          setup_id + R"(","status":"Success","module":"pms","moduleInfo":{},"startTs":)" + time +
          R"(,"endTs":)" + time +
          R"(,"edgeLayoutList":{"currentNodeChildren":[],"nextIds":[]},"nodeRunInfo":)"
          R"({"whenCondition":"<+OnPipelineSuccess>","evaluatedCondition":true,"expressions":)"
          R"([{"expression":"OnPipelineSuccess","expressionValue":"true","count":1}]},)"
          R"("barrierFound":false,"failureInfo":{"message":""},"failureInfoDTO":{"message":"",)"
          R"("failureTypeList":[],"responseMessages":[]},"hidden":false,"nodeExecutionId":")" +
          node("stage0").execution_id +
          R"(","executionInputConfigured":false,"isRollbackStageNode":false}},"modules":["pms"],"startingNodeId":")" +
          setup_id + R"(","startTs":)" + time + R"(,"endTs":)" + time + R"(,"createdAt":)" + time +
          R"(,"canRetry":true,"showRetryHistory":false,"runSequence":1,"successfulStagesCount":1,)"
          R"("runningStagesCount":0,"failedStagesCount":0,"totalStagesCount":1,)"
          R"("storeType":"INLINE","executionInputConfigured":false,"allowStageExecutions":false,)"
          R"("executionMode":"NORMAL","notesExistForPlanExecutionId":false,)"
          R"("shouldUseSimplifiedKey":false,"stagesExecution":false}}})");
}

}  // namespace
}  // namespace tripgate

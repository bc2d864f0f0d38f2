// What a request for a run comes to: refused with the right words, or ready to be stored.
#include "engine/match/run_request.h"

#include <gtest/gtest.h>

#include "test/lib/machine_stand.h"
#include "test/lib/run_stand.h"

namespace tripgate {
namespace {

/// A pipeline that asks for a variable.
std::string asking_pipeline(const std::string& input) {
  std::string text = pipeline_yaml("deploy", {1});
  return text + "  variables:\n    - {name: v, type: String, value: '" + input + "'}\n";
}

std::string given(const std::string& value) {
  return "pipeline: {variables: [{name: v, type: String, value: '" + value + "'}]}\n";
}

std::string input_set(const std::string& identifier, const std::string& value) {
  return "inputSet:\n  identifier: " + identifier + "\n  pipeline:\n    identifier: deploy\n" +
         "    variables: [{name: v, type: String, value: " + value + "}]\n";
}

class RunRequestTest : public ::testing::Test {
 protected:
  void SetUp() override {
    catalog_.pipelines["deploy"] = asking_pipeline("<+input>.allowedValues(a,b)");
    catalog_.input_sets["one"] = input_set("one", "a");
    catalog_.input_sets["two"] = input_set("two", "b");
    catalog_.input_sets["both"] =
        "overlayInputSet: {identifier: both, inputSetReferences: [one, two]}\n";
    request_.account = "acc";
    request_.org = "default";
    request_.project = "demo";
    request_.pipeline = "deploy";
  }

  RunAnswer plan() {
    auto answer = plan_run(request_, catalog_, clock_, {});
    EXPECT_TRUE(answer);
    return answer ? std::move(*answer) : RunAnswer();
  }

  void expect_refusal(RunRefusal::Reason reason, const std::string& message) {
    const RunAnswer answer = plan();
    ASSERT_NE(answer.refusal(), nullptr);
    EXPECT_EQ(answer.refusal()->reason, reason);
    EXPECT_EQ(answer.refusal()->message, message);
  }

  std::string text_of_run() {
    RunAnswer answer = plan();
    EXPECT_NE(answer.run(), nullptr) << answer.refusal()->message;
    if (answer.run() == nullptr || !answer.run()->text) return {};
    return answer.run()->text->pipeline;
  }

  FakeCatalog catalog_;
  HandClock clock_;
  RunRequest request_;
};

TEST_F(RunRequestTest, RefusesAPipelineThatDoesNotExist) {
  request_.pipeline = "gone";
  expect_refusal(RunRefusal::Reason::no_pipeline,
                 "Pipeline with the given ID: gone does not exist or has been deleted");
}

TEST_F(RunRequestTest, RefusesAValueThatIsNotAllowed) {
  request_.runtime_input = given("c");
  expect_refusal(RunRefusal::Reason::run,
                 "The values provided for pipeline.variables.v: [\\'c\\'] do not match any of the "
                 "allowed values [\\'a\\', \\'b\\']");
  EXPECT_EQ(plan().runtime_input, given("c"));
}

TEST_F(RunRequestTest, RefusesInputSetsThatAreMissingUnlessToldOtherwise) {
  request_.input_sets = {"one", "nowhere"};
  expect_refusal(RunRefusal::Reason::input_sets,
                 "InputSet with the given ID: nowhere does not exist or has been deleted");
  EXPECT_FALSE(plan().runtime_input);
  request_.must_find_input_sets = false;
  EXPECT_NE(text_of_run().find("value: a"), std::string::npos);
}

TEST_F(RunRequestTest, RefusesInputSetsForAPipelineThatAsksForNothing) {
  catalog_.pipelines["deploy"] = pipeline_yaml("deploy", {1});
  request_.input_sets = {"one"};
  expect_refusal(
      RunRefusal::Reason::input_sets,
      "Pipeline deploy does not have any runtime input. All existing input sets are invalid");
}

TEST_F(RunRequestTest, RunsThePipelineAsStoredIfThatAsksForNothing) {
  catalog_.pipelines["deploy"] = pipeline_yaml("deploy", {1});
  request_.runtime_input = given("a");
  RunAnswer answer = plan();
  ASSERT_NE(answer.run(), nullptr);
  EXPECT_FALSE(answer.run()->text);
  EXPECT_EQ(answer.runtime_input, given("a"));
  EXPECT_EQ(answer.run()->nodes.size(), 2u);
}

TEST_F(RunRequestTest, TheLaterSetWinsAndTheOwnTextOverBoth) {
  request_.input_sets = {"one", "two"};
  EXPECT_NE(text_of_run().find("value: b"), std::string::npos);
  request_.runtime_input = given("a");
  EXPECT_NE(text_of_run().find("value: 'a'"), std::string::npos);
}

TEST_F(RunRequestTest, AnOverlayStandsForItsSetsInTheirOrder) {
  request_.input_sets = {"both"};
  EXPECT_NE(text_of_run().find("value: b"), std::string::npos);
}

TEST_F(RunRequestTest, KeepsExpressionsForTheRunToResolve) {
  request_.runtime_input = given("<+trigger.payload.v>");
  RunAnswer answer = plan();
  ASSERT_NE(answer.run(), nullptr);
  ASSERT_EQ(answer.run()->text->checks.size(), 1u);
  EXPECT_EQ(answer.run()->text->checks[0].value, "<+trigger.payload.v>");
}

TEST_F(RunRequestTest, RefusesSelectedStagesUnlessThePipelineAllowsIt) {
  request_.selected_stages = {"stage0"};
  expect_refusal(RunRefusal::Reason::run, "Stage executions are not allowed for pipeline [deploy]");
  catalog_.pipelines["deploy"] = pipeline_yaml("deploy", {1}) + "  allowStageExecutions: true\n";
  request_.selected_stages = {"nowhere"};
  expect_refusal(RunRefusal::Reason::run, "Pipeline [deploy] has no stage [nowhere]");
}

TEST_F(RunRequestTest, RunsSelectedStagesInTheOrderOfThePipeline) {
  catalog_.pipelines["deploy"] =
      pipeline_yaml("deploy", {1, 1, 1}) + "  allowStageExecutions: true\n";
  request_.selected_stages = {"stage2", "stage0"};
  RunAnswer answer = plan();
  ASSERT_NE(answer.run(), nullptr) << answer.refusal()->message;
  const PlannedRun& run = *answer.run();
  EXPECT_EQ(run.execution.selected_stages, (std::vector<std::string>{"stage0", "stage2"}));
  ASSERT_EQ(run.nodes.size(), 3U);
  EXPECT_EQ(run.nodes[2].identifier, "stage2");
  ASSERT_TRUE(run.text);
  EXPECT_EQ(run.text->pipeline.find("stage1"), std::string::npos);
}

TEST_F(RunRequestTest, StoresTheTextWithTheRun) {
  RunStand stand;
  stand.start(true);
  request_.runtime_input = given("b");
  RunAnswer answer = plan();
  ASSERT_NE(answer.run(), nullptr);
  const StateDatabases& dbs = stand.store->databases();
  ASSERT_FALSE(stand.store->write_and_wait(
      [&](lmdb::WriteTransaction& txn) { return store_run(txn, dbs, *answer.run()); }));
  const auto txn = stand.store->begin_read();
  ASSERT_TRUE(txn);
  const auto text = find_run_text(*txn, dbs, answer.run()->execution.number);
  ASSERT_TRUE(text && *text);
  EXPECT_EQ((*text)->runtime_input, given("b"));
  EXPECT_NE((*text)->pipeline.find("value: 'b'"), std::string::npos);
}

TEST_F(RunRequestTest, WantsThePermissionToRunWhatIsChained) {
  catalog_.pipelines["deploy"] = pipeline_of("deploy",
                                             "- parallel:\n"
                                             "  - stage: {name: c, identifier: c, type: Pipeline, "
                                             "spec: {pipeline: child, org: o, project: "
                                             "p}}\n"
                                             "  - stage: {name: d, identifier: d, type: Pipeline, "
                                             "spec: {pipeline: child, org: o, project: "
                                             "q}}\n");
  EXPECT_NE(plan().run(), nullptr) << "nobody asks";
  request_.may_execute = [](const std::string& org, const std::string& project) {
    return org == "o" && project == "p";
  };
  expect_refusal(RunRefusal::Reason::run,
                 "Missing permission core_pipeline_execute on pipeline with identifier child in "
                 "project o/q");
  request_.may_execute = [](const auto&, const auto&) { return true; };
  EXPECT_NE(plan().run(), nullptr);
}

}  // namespace
}  // namespace tripgate

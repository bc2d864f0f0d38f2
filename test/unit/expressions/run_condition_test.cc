// Run conditions: pipelines.md 5.2 to 5.5 and the evaluated rows of 6.6.
#include "engine/expressions/run_condition.h"

#include <gtest/gtest.h>

#include "engine/jexl/json.h"

namespace tripgate {
namespace {

/// Roots as a node would have them, with the statuses filled in.
jexl::MapContext roots(const std::string& pipeline_status, const std::string& stage_status,
                       const std::string& mode = "NORMAL") {
  return jexl::MapContext(jexl::parse_body(
      R"({"pipeline":{"currentStatus":")" + pipeline_status + R"(","executionMode":")" + mode +
      R"(","variables":{"env":"prod","num":5,"blank":""}},"stage":{"currentStatus":")" +
      stage_status + R"("},"strategy":{"matrix":{"os":"linux"}},)" +
      R"("trigger":{"payload":{"evil":"<+Always>","big":")" + std::string(5000, 'x') + R"("}}})"));
}

/// `true`, `false`, or `error`.
std::string judge(const std::string& text, const jexl::Context& context) {
  const RunConditionOutcome outcome = evaluate_run_condition(text, context);
  if (!outcome.is_met) return "error";
  return *outcome.is_met ? "true" : "false";
}

TEST(RunCondition, FailsWithTheReasonWhereItIsNotABoolean) {
  const auto context = roots("SUCCEEDED", "SUCCEEDED");
  for (const char* text : {"<+pipeline.variables.env>", "<+pipeline.variables.missing>", "5", "",
                           "<+Always> && (<+pipeline.variables.missing>)", "<+Always> && ()",
                           "<+Always> && (nothere == 1)", "<+Always> && (<+pipeline.variables.num>",
                           R"(<+Always> && (<+pipeline.variables.num> == "abc"))"}) {
    EXPECT_EQ(judge(text, context), "error") << text;
  }
  const auto failed = evaluate_run_condition("<+Always> && (<+pipeline.nope>)", context);
  ASSERT_FALSE(failed.is_met);
  EXPECT_TRUE(failed.is_met.error().message.starts_with("Expression evaluation failed: "));
  EXPECT_NE(failed.is_met.error().message.find("<+pipeline.nope>"), std::string::npos);
  ASSERT_EQ(failed.expressions.size(), 1U) << "what did resolve is shown beside a failure too";
  EXPECT_EQ(failed.expressions[0], (ConditionExpression{"Always", "true", 1}));
}

TEST(RunCondition, ComparesTypedValues) {
  const auto context = roots("SUCCEEDED", "SUCCEEDED");
  const std::pair<const char*, const char*> cases[] = {
      {"<+Always> && (<+pipeline.variables.num> > 3)", "true"},
      {"<+Always> && (<+pipeline.variables.num> > 5)", "false"},
      {"<+Always> && (<+pipeline.variables.env>)", "true"},
      {"<+Always> && (\"false\")", "false"},
      {"<+Always> && (\"False\")", "true"},
      {"<+Always> && (\"\")", "false"},
      {"<+Always> && (0)", "false"},
      {"<+OnStageSuccess> && (<+pipeline.variables.env> == \"prod\")", "true"},
      {"<+OnStageSuccess> && (<+matrix.os> == \"linux\")", "true"},
      {"<+OnStageSuccess> && (<+pipeline.variables.missing> == null)", "true"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(judge(text, context), expected) << text;
}

// pipelines.md 5.2: neither an aborted nor a frozen run is a failure.
TEST(RunCondition, AliasesFollowTheStatus) {
  const struct {
    const char* status;
    const char* on_success;
    const char* on_failure;
  } cases[] = {{"SUCCEEDED", "true", "false"},
               {"IGNORE_FAILED", "true", "false"},
               {"FAILED", "false", "true"},
               {"ERRORED", "false", "true"},
               {"EXPIRED", "false", "true"},
               {"APPROVAL_REJECTED", "false", "true"},
               {"ABORTED", "false", "false"},
               {"FREEZE_FAILED", "false", "false"},
               {"unknown to anybody", "false", "false"}};
  for (const auto& one : cases) {
    const auto pipeline = roots(one.status, "RUNNING");
    EXPECT_EQ(judge("<+OnPipelineSuccess>", pipeline), one.on_success) << one.status;
    EXPECT_EQ(judge("<+OnPipelineFailure>", pipeline), one.on_failure) << one.status;
    EXPECT_EQ(judge("<+Always>", pipeline), "true") << one.status;
    const auto stage = roots("RUNNING", one.status);
    EXPECT_EQ(judge("<+OnStageSuccess>", stage), one.on_success) << one.status;
    EXPECT_EQ(judge("<+OnStageFailure>", stage), one.on_failure) << one.status;
  }
}

TEST(RunCondition, RollbackStepsRunInRollbackModesAndAfterFailures) {
  constexpr const char* kRollback = "<+OnRollbackModeExecution> || <+OnStageFailure>";
  EXPECT_EQ(judge(kRollback, roots("SUCCEEDED", "SUCCEEDED")), "false");
  EXPECT_EQ(judge(kRollback, roots("SUCCEEDED", "FAILED")), "true");
  EXPECT_EQ(judge(kRollback, roots("SUCCEEDED", "SUCCEEDED", "PIPELINE_ROLLBACK")), "true");
  EXPECT_EQ(judge(kRollback, roots("SUCCEEDED", "SUCCEEDED", "POST_EXECUTION_ROLLBACK")), "true");
}

TEST(RunCondition, ListsWhatResolvedWithItsUses) {
  const auto context = roots("SUCCEEDED", "SUCCEEDED");
  const auto outcome = evaluate_run_condition(
      "<+OnPipelineSuccess> && (<+pipeline.variables.env> == \"prod\" || <+ pipeline.variables.env "
      "> == <+<+pipeline.variables.num> + 1> || <+pipeline.variables.missing> || "
      "<+pipeline.currentStatus> == \"X\")",
      context);
  EXPECT_EQ(outcome.expressions,
            (std::vector<ConditionExpression>{{"OnPipelineSuccess", "true", 1},
                                              {"pipeline.variables.env", "prod", 2},
                                              {"pipeline.variables.num", "5", 1}}));
}

TEST(RunCondition, NeverEvaluatesDataAndBoundsWhatItShows) {
  const auto context = roots("SUCCEEDED", "SUCCEEDED");
  const auto outcome = evaluate_run_condition(
      "<+trigger.payload.evil> == true && <+trigger.payload.big> != \"\"", context);
  ASSERT_EQ(outcome.expressions.size(), 2U);
  EXPECT_EQ(outcome.expressions[0].value, "<+Always>");
  EXPECT_EQ(outcome.expressions[1].value.size(), kConditionValueMax);
}

}  // namespace
}  // namespace tripgate

// Failure strategies: every complaint with its place, and what merging leaves of several levels.
#include "engine/plan/failure_reader.h"

#include "test/unit/plan/plan_reading.h"

namespace tripgate::plan {
namespace {

using Type = FailureAction::Type;

const FailureAction* action_for(const FailureHandling& handling, ErrorName error) {
  return handling.by_error[static_cast<std::size_t>(error)].get();
}

PlanReading read_strategies(const std::string& list, const std::string& execution_id = "") {
  return read_plan(pipeline_with_step("Wait", "{duration: 10s}",
                                      "                failureStrategies: " + list + "\n"),
                   execution_id);
}

std::string strategy(const std::string& errors, const std::string& action) {
  return "{onFailure: {errors: [" + errors + "], action: " + action + "}}";
}

// The list on line 18 begins in column 36, its first action in column 77.
std::string with_action(const std::string& action) {
  return "[" + strategy("AllErrors", action) + "]";
}

struct Refusal {
  std::string list;
  Lines errors;
};

void expect_refusals(const std::vector<Refusal>& refusals) {
  for (const Refusal& refusal : refusals) {
    EXPECT_EQ(read_strategies(refusal.list).errors, refusal.errors) << refusal.list;
  }
}

TEST(FailureStrategies, RefusesContradictions) {
  const std::string ignore = "{type: Ignore}";
  expect_refusals({
      {"[" + strategy("Timeout", ignore) + ", " + strategy("Unknown, timeout", ignore) + "]",
       {"18:126: Same error cannot point to multiple failure action - for error : Timeout"}},
      {"[" + strategy("Timeout, AllErrors", ignore) + "]",
       {"18:68: With AllErrors there cannot be other specified errors defined in same list."}},
      {"[" + strategy("AllErrors", ignore) + ", " + strategy("allerrors", ignore) + "]",
       {"18:119: AllErrors are defined multiple times either in stage or step failure "
        "strategies."}},
      {"[" + strategy("Weather", ignore) + "]", {"18:59: Invalid value: Weather"}},
      {with_action("{type: Shrug}"), {"18:86: Invalid value: Shrug"}},
      {with_action("{type: PipelineRollback}"),
       {"18:86: Failure strategy action PipelineRollback is not supported"}},
      {"[{onFailure: {errors: [Timeout]}}]", {"18:49: action is missing in onFailure of a step"}},
      {"[{onFailure: {action: {type: Ignore}}}]",
       {"18:49: errors is missing in onFailure of a step"}},
  });
}

TEST(FailureStrategies, RefusesIncompleteRetries) {
  const std::string after = ", onRetryFailure: {action: {type: Ignore}}}}";
  const auto then = [](const std::string& action) {
    return with_action(
        "{type: Retry, spec: {retryCount: 1, retryIntervals: [10s], "
        "onRetryFailure: {action: " +
        action + "}}}");
  };
  expect_refusals({
      {with_action("{type: Retry}"), {"18:79: Retry Spec cannot be null or empty"}},
      {with_action("{type: Retry, spec: {retryIntervals: [10s]" + after),
       {"18:99: Retry Count cannot be null or empty"}},
      {with_action("{type: Retry, spec: {retryCount: <+a>, retryIntervals: [10s]" + after),
       {"18:112: RetryCount fixed value is not given."}},
      {with_action("{type: Retry, spec: {retryCount: -1, retryIntervals: [10s]" + after),
       {"18:112: retryCount must be a number from 0 to 10000, not \"-1\""}},
      {with_action("{type: Retry, spec: {retryCount: 1" + after),
       {"18:99: Retry Interval cannot be null or empty"}},
      {with_action("{type: Retry, spec: {retryCount: 1, retryIntervals: []" + after),
       {"18:99: Retry Interval cannot be null or empty"}},
      {with_action("{type: Retry, spec: {retryCount: 1, retryIntervals: <+a>" + after),
       {"18:131: RetryIntervals cannot be expression/runtime input. Please give values."}},
      {with_action("{type: Retry, spec: {retryCount: 1, retryIntervals: [<+a>]" + after),
       {"18:132: RetryIntervals cannot be expression/runtime input. Please give values."}},
      {with_action("{type: Retry, spec: {retryCount: 1, retryIntervals: [5s]" + after),
       {"18:132: Valid timeouts contain units s/m/h/d/w and are written like 10s or 1m 10s"}},
      {with_action("{type: Retry, spec: {retryCount: 1, retryIntervals: [10s]}}"),
       {"18:99: Retry Action cannot be null or empty"}},
      {then("{type: Retry, spec: {retryCount: 1, retryIntervals: [10s], onRetryFailure: {action: "
            "{type: Ignore}}}}"),
       {"18:99: Retry action cannot have post retry failure action as Retry"}},
      {then("{type: ProceedWithDefaultValues}"),
       {"18:99: Retry action cannot have post retry failure action as ProceedWithDefaultValues"}},
      {then("{type: ManualIntervention, spec: {timeout: 1h, onTimeout: {action: {type: Retry, "
            "spec: {retryCount: 1, retryIntervals: [10s], onRetryFailure: {action: {type: "
            "Ignore}}}}}}}"),
       {"18:196: Retry Action cannot be applied under Manual Action which itself is in Retry "
        "Action"}},
  });
}

TEST(FailureStrategies, RefusesIncompleteInterventions) {
  const std::string after = ", onTimeout: {action: {type: Ignore}}}}";
  const auto then = [](const std::string& action) {
    return with_action(
        "{type: ManualIntervention, spec: {timeout: 1h, onTimeout: {action: " + action + "}}}");
  };
  expect_refusals({
      {with_action("{type: ManualIntervention}"),
       {"18:79: ManualIntervention Spec cannot be null or empty."}},
      {with_action("{type: ManualIntervention, spec: {timeout: 1h}}"),
       {"18:112: Action onTimeout of ManualIntervention cannot be null or empty."}},
      {with_action("{type: ManualIntervention, spec: {timeout: ''" + after),
       {"18:112: Timeout period for ManualIntervention cannot be null or empty. Please give "
        "values"}},
      {with_action("{type: ManualIntervention, spec: {timeout: <+a>" + after),
       {"18:122: Timeout period for ManualIntervention cannot be expression/runtime input. Please "
        "give values."}},
      {with_action("{type: ManualIntervention, spec: {timeout: 05s" + after),
       {"18:122: Valid timeouts contain units s/m/h/d/w and are written like 10s or 1m 10s"}},
      {then("{type: ManualIntervention, spec: {timeout: 5s" + after),
       {"18:112: Manual Action cannot be applied as PostTimeOut Action"}},
      {then("{type: Retry, spec: {retryCount: 1, retryIntervals: [10s], onRetryFailure: {action: "
            "{type: Ignore}}}}"),
       {"18:112: Retry is not allowed as post timeout action in Manual intervention as it can lead "
        "to an infinite loop"}},
      {then("{type: ProceedWithDefaultValues}"),
       {"18:112: ProceedWithDefaultValues is not allowed as post timeout action in Manual "
        "intervention"}},
  });
}

TEST(FailureStrategies, RefusesRollbackInsideRollback) {
  for (const char* type : {"StageRollback", "StepGroupRollback"}) {
    const PlanReading reading = read_plan(pipeline_with_stage(
        "        spec: {execution: {steps: [{step: {name: A, identifier: a, type: Wait, spec: "
        "{duration: 10s}}}], rollbackSteps: [{step: {name: B, identifier: b, type: Wait, spec: "
        "{duration: 10s}, failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: " +
        std::string(type) + "}}}]}}]}}\n"));
    EXPECT_EQ(
        reading.errors,
        Lines{"9:258: Step inside rollback section cannot have Rollback as failure strategy."});
  }
}

TEST(FailureStrategies, LetsRuntimeInputsWaitForARun) {
  const std::string open =
      "[{onFailure: {errors: [Timeout], action: {type: Retry, spec: {retryCount: <+input>, "
      "retryIntervals: <+input>, onRetryFailure: {action: {type: ManualIntervention, spec: "
      "{timeout: <+input>, onTimeout: {action: {type: <+input>}}}}}}}}}, {onFailure: {errors: "
      "<+input>, action: {type: Ignore}}}]";
  EXPECT_EQ(read_strategies(open).errors, Lines{});
  EXPECT_EQ(read_strategies("<+input>").errors, Lines{});
  EXPECT_EQ(read_strategies(open, "run").errors,
            (Lines{"18:110: RetryCount fixed value is not given.",
                   "18:136: RetryIntervals cannot be expression/runtime input. Please give values.",
                   "18:214: Timeout period for ManualIntervention cannot be expression/runtime "
                   "input. Please give values."}));
}

TEST(FailureStrategies, ExpandsAllErrors) {
  const PlanReading reading = read_strategies(
      "[{onFailure: {errors: [timeout, UNKNOWN], action: {type: Abort}}}, {onFailure: {errors: "
      "[AllErrors], action: {type: Retry, spec: {retryCount: 2, retryIntervals: [10s, 1m], "
      "condition: <+x>, onRetryFailure: {action: {type: ManualIntervention, spec: {timeout: 1m "
      "5s, onTimeout: {action: {type: MarkAsSuccess}}}}}}}}}]");
  ASSERT_EQ(reading.errors, Lines{});
  const PlanNode& step = reading.plan.stages.children.at(0).children.at(0).children.at(0);
  for (std::size_t i = 0; i < kErrorNameCount; ++i) {
    const auto error = static_cast<ErrorName>(i);
    const bool is_named = error == ErrorName::timeout || error == ErrorName::unknown;
    EXPECT_EQ(action_for(step.on_failure, error)->type, is_named ? Type::abort : Type::retry) << i;
  }
  EXPECT_EQ(step.on_failure.for_untyped->type, Type::abort);
  const FailureAction& retry = *action_for(step.on_failure, ErrorName::connectivity);
  EXPECT_EQ(retry.retry_count, 2U);
  EXPECT_EQ(retry.retry_intervals,
            (std::vector<std::chrono::seconds>{std::chrono::seconds(10), std::chrono::minutes(1)}));
  EXPECT_EQ(retry.retry_condition, "<+x>");
  EXPECT_EQ(retry.afterwards->type, Type::manual_intervention);
  EXPECT_EQ(retry.afterwards->intervention_timeout, std::chrono::seconds(65));
  EXPECT_EQ(retry.afterwards->afterwards->type, Type::mark_as_success);
}

// Stage: Timeout and Unknown. Outer group: Timeout and Connectivity. Inner group: nothing. Step:
// Connectivity.
TEST(FailureStrategies, MergesFromTheStageInwards) {
  const auto list = [](const std::string& errors, const std::string& type) {
    return "failureStrategies: [{onFailure: {errors: [" + errors + "], action: {type: " + type +
           "}}}], ";
  };
  const PlanReading reading = read_plan(pipeline_with_stage(
      "        failureStrategies: [{onFailure: {errors: [Timeout, Unknown], action: {type: "
      "Abort}}}]\n        spec: {execution: {steps: [{stepGroup: {name: O, identifier: o, " +
      list("Timeout, Connectivity", "Ignore") + "steps: [{stepGroup: {name: I, identifier: i, " +
      "steps: [{step: {name: A, identifier: a, type: Wait, " +
      list("Connectivity", "MarkAsSuccess") +
      "spec: {duration: 10s}}}], rollbackSteps: [{step: "
      "{name: R, identifier: r, type: Wait, spec: {duration: 10s}}}]}}]}}]}}\n"));
  ASSERT_EQ(reading.errors, Lines{});
  const PlanNode& stage = reading.plan.stages.children.at(0);
  const PlanNode& outer = stage.children.at(0).children.at(0);
  const PlanNode& inner = outer.children.at(0);
  const PlanNode& step = inner.children.at(0);
  const auto types = [](const FailureHandling& handling) {
    std::vector<int> found;
    for (const ErrorName error :
         {ErrorName::unknown, ErrorName::timeout, ErrorName::connectivity}) {
      const FailureAction* action = action_for(handling, error);
      found.push_back(action == nullptr ? -1 : static_cast<int>(action->type));
    }
    return found;
  };
  const int abort = static_cast<int>(Type::abort);
  const int ignore = static_cast<int>(Type::ignore);
  const int success = static_cast<int>(Type::mark_as_success);
  EXPECT_EQ(types(stage.on_failure), (std::vector<int>{abort, abort, -1}));
  EXPECT_EQ(types(outer.on_failure), (std::vector<int>{abort, ignore, ignore}));
  EXPECT_EQ(types(outer.own_on_failure), (std::vector<int>{-1, ignore, ignore}));
  EXPECT_EQ(types(inner.on_failure), types(outer.on_failure));
  EXPECT_TRUE(inner.own_on_failure.is_empty());
  EXPECT_EQ(types(step.on_failure), (std::vector<int>{abort, ignore, success}));
  EXPECT_EQ(step.on_failure.for_untyped->type, Type::abort);
  EXPECT_EQ(step.own_on_failure.for_untyped->type, Type::mark_as_success);
  EXPECT_TRUE(inner.rollback->children.at(0).on_failure.is_empty());
}

}  // namespace
}  // namespace tripgate::plan

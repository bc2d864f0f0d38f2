// Strategies: the complaints that need no values, and the loops that come out.
#include "engine/plan/loop_reader.h"

#include "test/unit/plan/plan_reading.h"

namespace tripgate::plan {
namespace {

// The strategy begins on line 18 in column 27.
PlanReading read_strategy(const std::string& strategy) {
  return read_plan(pipeline_with_step("Wait", "{duration: 10s}",
                                      "                strategy: " + strategy + "\n"));
}

LoopStrategy read_loop_of(const std::string& strategy) {
  const PlanReading reading = read_strategy(strategy);
  EXPECT_EQ(reading.errors, Lines{}) << strategy;
  EXPECT_EQ(reading.warnings, Lines{}) << strategy;
  if (!reading.errors.empty()) return {};
  return reading.plan.stages.children.at(0).children.at(0).children.at(0).loop.value_or(
      LoopStrategy());
}

TEST(LoopStrategy, RefusesWithPlaceAndText) {
  const std::pair<const char*, Lines> cases[] = {
      {"{}",
       {"18:27: the strategy of a step must hold exactly one of matrix, repeat and parallelism"}},
      {"{parallelism: 1, repeat: {times: 1}}",
       {"18:27: the strategy of a step must hold exactly one of matrix, repeat and parallelism"}},
      {"[]", {"18:27: the strategy of a step must be a mapping, not a list"}},
      {"{matrix: [a]}",
       {"18:36: Unable to parse Matrix yaml. Please ensure that it is in correct format"}},
      {"{matrix: x}",
       {"18:36: Unable to parse Matrix yaml. Please ensure that it is in correct format"}},
      {"{matrix: {os: {a: b}}}",
       {"18:41: Unable to parse Matrix yaml. Please ensure that it is in correct format"}},
      {"{matrix: {os: linux}}",
       {"18:41: Value provided for axes [os] is string. It should either be a List or an "
        "Expression."}},
      {"{matrix: {maxConcurrency: 1}}",
       {"18:36: No Axes defined in matrix. Please define at least one axis"}},
      {"{matrix: {os: []}}",
       {"18:41: Axis is empty for key [os]. Please provide at least one value in the axis."}},
      {"{matrix: {os: }}",
       {"18:41: Axis is empty for key [os]. Please provide at least one value in the axis."}},
      {"{matrix: {os: [a], exclude: [{cpu: x}]}}",
       {"18:57: Values defined in the exclude are not correct. Please make sure exclude contains "
        "all the valid keys defined as axes."}},
      {"{matrix: {os: [a], maxConcurrency: -1}}",
       {"18:62: maxConcurrency of a matrix must be a whole number from 0 or an expression, not "
        "\"-1\""}},
      {"{repeat: {times: 0}}",
       {"18:44: Iteration can not be [zero]. Please provide some positive Integer for Iteration "
        "count"}},
      {"{repeat: {times: 1.5}}",
       {"18:44: times of a repeat must be a whole number from 1 or an expression, not \"1.5\""}},
      {"{repeat: {times: 1, items: [a]}}", {"18:54: a repeat has either times or items, not both"}},
      {"{repeat: {}}", {"18:36: Loop items list cannot be null"}},
      {"{repeat: 3}",
       {"18:36: Could not parse the repeat strategy. Please ensure you are using list of strings"}},
      {"{repeat: {items: a}}",
       {"18:44: Could not parse the repeat strategy. Please ensure you are using list of strings"}},
      {"{repeat: {items: [[a]]}}",
       {"18:45: Could not parse the repeat strategy. Please ensure you are using list of strings"}},
      {"{repeat: {items: []}}", {"18:44: items list cannot be empty"}},
      {"{repeat: {items: [a], partitionSize: 0}}",
       {"18:64: partition size cannot be equal or less that 0"}},
      {"{repeat: {items: [a], start: -1}}", {"18:56: start or end cannot be less that 0"}},
      {"{repeat: {items: [a], end: -1}}", {"18:54: start or end cannot be less that 0"}},
      {"{repeat: {items: [a], partitionSize: 1, unit: Half}}",
       {"18:73: the unit of a repeat must be Count or Percentage, not \"Half\""}},
      {"{parallelism: 0}",
       {"18:41: Parallelism can not be [zero]. Please provide some positive Integer for "
        "Parallelism"}},
      {"{parallelism: 2, onFailure: Stop}",
       {"18:55: onFailure of a strategy must be RunAll or SkipQueued, not \"Stop\""}},
  };
  for (const auto& [strategy, errors] : cases) {
    EXPECT_EQ(read_strategy(strategy).errors, errors) << strategy;
  }
}

TEST(LoopStrategy, ReadsAMatrix) {
  const LoopStrategy loop = read_loop_of(
      "{matrix: {os: [linux, 3, true], conf: [{name: fast, level: 3, deep: [a, null]}], region: "
      "'<+json.list(\"r\", <+doc>)>', exclude: [{os: linux, region: eu}], maxConcurrency: 2, "
      "nodeName: <+matrix.os>}, when: <+x> == 1, onFailure: SkipQueued}");
  EXPECT_EQ(loop.type, LoopStrategy::Type::matrix);
  ASSERT_EQ(loop.axes.size(), 3U);
  EXPECT_EQ(loop.axes[0].values, (Lines{"linux", "3", "true"}));
  EXPECT_EQ(loop.axes[1].values, Lines{"{\"name\":\"fast\",\"level\":3,\"deep\":[\"a\",null]}"});
  EXPECT_EQ(loop.axes[2].expression, "<+json.list(\"r\", <+doc>)>");
  EXPECT_EQ(loop.exclude,
            (std::vector<LoopStrategy::Combination>{{{"os", "linux"}, {"region", "eu"}}}));
  EXPECT_EQ(loop.max_concurrency, "2");
  EXPECT_EQ(loop.node_name, "<+matrix.os>");
  EXPECT_EQ(loop.when, "<+x> == 1");
  EXPECT_TRUE(loop.skips_queued_on_failure);
}

TEST(LoopStrategy, ReadsRepeatAndParallelism) {
  const LoopStrategy times = read_loop_of("{repeat: {times: <+n>, maxConcurrency: <+m>}}");
  EXPECT_EQ(times.type, LoopStrategy::Type::repeat);
  EXPECT_EQ(times.times, "<+n>");
  EXPECT_EQ(times.max_concurrency, "<+m>");
  const LoopStrategy items = read_loop_of(
      "{repeat: {items: [a, 1], start: 0, end: 1, partitionSize: 50, unit: Percentage}}");
  EXPECT_EQ(items.items, (Lines{"a", "1"}));
  EXPECT_EQ(items.start + items.end + items.partition_size, "0150");
  EXPECT_TRUE(items.is_partition_percentage);
  EXPECT_EQ(read_loop_of("{repeat: {items: <+list>}}").items_expression, "<+list>");
  const LoopStrategy parallelism = read_loop_of("{parallelism: 3, maxConcurrency: 2}");
  EXPECT_EQ(parallelism.type, LoopStrategy::Type::parallelism);
  EXPECT_EQ(parallelism.times, "3");
  EXPECT_EQ(parallelism.max_concurrency, "2");
}

TEST(LoopStrategy, LeavesRuntimeInputsUnresolved) {
  EXPECT_EQ(read_loop_of("<+input>").matrix_expression, "<+input>");
  EXPECT_EQ(read_loop_of("{matrix: <+input>}").matrix_expression, "<+input>");
  EXPECT_EQ(read_loop_of("{repeat: <+input>}").items_expression, "<+input>");
  EXPECT_EQ(read_loop_of("{matrix: {os: <+input>, exclude: <+input>}}").axes.at(0).expression,
            "<+input>");
}

TEST(LoopStrategy, ForbidsWhatCannotHappenTwice) {
  const std::string loop = ", strategy: {parallelism: 2}";
  const std::string alias =
      "{step: {name: A, identifier: a, type: Run, spec: {command: x, outputAlias: {key: k, scope: "
      "Stage}}}}";
  const PlanReading in_group = read_plan(pipeline_with_steps(
      "            - stepGroup: {name: G, identifier: g, steps: [" + alias + "]" + loop + "}\n"));
  EXPECT_EQ(in_group.errors, Lines{"12:134: outputAlias is not allowed inside a loop"});
  EXPECT_EQ(read_plan(pipeline_with_stage("        strategy: {repeat: {times: 2}}\n        spec: "
                                          "{execution: {steps: [" +
                                          alias + "]}}\n"))
                .errors,
            Lines{"10:111: outputAlias is not allowed inside a loop"});
}

}  // namespace
}  // namespace tripgate::plan

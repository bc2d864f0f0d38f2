// The tree that a pipeline becomes: nodes, names, paths and ids; and what the outer levels refuse.
#include "engine/plan/pipeline_reader.h"

#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <sstream>

#include "engine/plan/plan_context.h"
#include "test/unit/plan/plan_reading.h"

namespace tripgate::plan {
namespace {

void for_each_node(const PlanNode& node, const std::function<void(const PlanNode&)>& visit) {
  visit(node);
  for (const PlanNode& child : node.children) for_each_node(child, visit);
  if (node.rollback) for_each_node(*node.rollback, visit);
}

// "type identifier path" of every node in the order of the tree.
Lines outline(const PipelinePlan& plan) {
  Lines lines;
  for_each_node(plan.stages, [&lines](const PlanNode& node) {
    const bool is_parallel = node.kind == NodeKind::parallel;
    lines.push_back(node.type + ' ' + (is_parallel ? "-" : node.identifier) + ' ' + node.path);
  });
  return lines;
}

const PlanNode& step_at(const PlanReading& reading, std::size_t index) {
  return reading.plan.stages.children.at(0).children.at(0).children.at(index);
}

const std::string kGrouped = pipeline_with_stages(
    "    - stage:\n        name: S\n        identifier: s\n        type: Custom\n"
    "        spec:\n          execution:\n            steps:\n" +
    wait_step("a") + "            - parallel:\n              - parallel:\n    " + wait_step("b") +
    "    " + wait_step("c") + "  " + wait_step("d") +
    "            - stepGroup:\n                name: G\n                identifier: g\n"
    "                steps:\n    " +
    wait_step("e") + "                rollbackSteps:\n    " + wait_step("f") +
    "            rollbackSteps:\n" + wait_step("r") +
    "    - parallel:\n      - stage: {name: T, identifier: t, type: Approval, spec: {execution: "
    "{steps: [{step: {name: W, identifier: w, type: Wait, spec: {duration: 1m}}}]}}}\n");

TEST(PipelineReader, BuildsTheTree) {
  const PlanReading reading = read_plan(kGrouped);
  ASSERT_EQ(reading.errors, Lines{});
  EXPECT_EQ(reading.warnings, Lines{});
  const std::string s = "pipeline.stages.s.spec.execution";
  const std::string t = "pipeline.stages.t.spec.execution";
  EXPECT_EQ(
      outline(reading.plan),
      (Lines{"STAGES_STEP stages pipeline.stages", "Custom s pipeline.stages.s",
             "NG_EXECUTION execution " + s, "Wait a " + s + ".steps.a",
             "NG_FORK - " + s + ".steps.1", "NG_FORK - " + s + ".steps.1.0",
             "Wait b " + s + ".steps.b", "Wait c " + s + ".steps.c", "Wait d " + s + ".steps.d",
             "STEP_GROUP g " + s + ".steps.g", "Wait e " + s + ".steps.g.steps.e",
             "NG_SECTION rollbackSteps " + s + ".steps.g.rollbackSteps",
             "Wait f " + s + ".steps.g.rollbackSteps.f",
             "NG_SECTION rollbackSteps " + s + ".rollbackSteps", "Wait r " + s + ".rollbackSteps.r",
             "NG_FORK - pipeline.stages.1", "Approval t pipeline.stages.t",
             "NG_EXECUTION execution " + t, "Wait w " + t + ".steps.w"}));
  const PlanNode& stage = reading.plan.stages.children.at(0);
  EXPECT_EQ(stage.rollback->setup_id, stage.setup_id + "_combinedRollback");
  EXPECT_EQ(stage.rollback->name, "(Rollback)");
  EXPECT_EQ(stage.children.at(0).name, "Execution");
  const PlanNode& fork = step_at(reading, 1);
  EXPECT_EQ(fork.identifier, "parallel" + fork.setup_id);
  EXPECT_EQ(fork.name, "");
}

TEST(PipelineReader, GivesEveryNodeAnIdOfItsOwn) {
  const auto plan = plan_pipeline_text(kGrouped, "run1", {});
  const auto again = plan_pipeline_text(kGrouped, "run1", {});
  const auto other = plan_pipeline_text(kGrouped, "run2", {});
  ASSERT_TRUE(plan && again && other);
  std::set<std::string> ids;
  Lines in_order;
  for_each_node(plan->stages, [&](const PlanNode& node) {
    EXPECT_TRUE(ids.insert(node.setup_id).second) << node.path;
    in_order.push_back(node.setup_id);
  });
  EXPECT_EQ(ids.size(), 19U);
  const PlanIndex index(*plan);
  for (const std::string& id : ids) EXPECT_NE(index.find(id), nullptr);
  Lines in_order_again;
  for_each_node(again->stages,
                [&](const PlanNode& node) { in_order_again.push_back(node.setup_id); });
  EXPECT_EQ(in_order, in_order_again);
  for_each_node(other->stages,
                [&](const PlanNode& node) { EXPECT_FALSE(ids.contains(node.setup_id)); });
}

TEST(PipelineReader, TakesTimeoutsFixedDefaultAndExpression) {
  const PlanReading reading = read_plan(pipeline_with_stage(
      "        timeout: <+pipeline.variables.t>\n        spec: {execution: {steps: ["
      "{step: {name: A, identifier: a, type: Wait, timeout: 1m 10s, spec: {duration: 10s}}},"
      "{step: {name: B, identifier: b, type: Wait, timeout: <+input>, spec: {duration: 10s}}},"
      "{stepGroup: {name: G, identifier: g, steps: [{step: {name: C, identifier: c, type: Wait, "
      "timeout: '', spec: {duration: 10s}}}]}}]}}\n"));
  ASSERT_EQ(reading.errors, Lines{});
  EXPECT_EQ(reading.plan.timeout.fixed, std::chrono::days(35));
  EXPECT_EQ(reading.plan.stages.children.at(0).timeout.expression, "<+pipeline.variables.t>");
  EXPECT_EQ(step_at(reading, 0).timeout.fixed, std::chrono::seconds(70));
  EXPECT_EQ(step_at(reading, 1).timeout.expression, "<+input>");
  EXPECT_EQ(step_at(reading, 2).timeout.fixed, std::chrono::seconds(0));
  EXPECT_EQ(step_at(reading, 2).children.at(0).timeout.fixed, std::chrono::minutes(10));
}

struct ConditionCase {
  const char* when;
  const char* condition;
};

TEST(PipelineReader, CompilesConditionsOfSteps) {
  const ConditionCase cases[] = {
      {"", "<+OnStageSuccess>"},
      {", when: {stageStatus: Success}", "<+OnStageSuccess>"},
      {", when: {stageStatus: Failure}", "<+OnStageFailure>"},
      {", when: {stageStatus: All}", "<+Always>"},
      {", when: {stageStatus: All, condition: ''}", "<+Always>"},
      {", when: {stageStatus: All, condition: '<+a> == \"x\"'}", "<+Always> && (<+a> == \"x\")"},
      {", when: {stageStatus: Failure, condition: true}", "<+OnStageFailure> && (true)"},
      {", when: {stageStatus: All, condition: <+input>.default(true)}", "<+Always> && (false)"},
      {", when: {stageStatus: <+input>, condition: <+a>}", "<+OnStageSuccess> && (<+a>)"},
      {", when: <+input>", "(<+OnStageSuccess>) && (false)"},
  };
  for (const auto& [when, condition] : cases) {
    const PlanReading reading = read_plan(pipeline_with_steps(wait_step("a", when)));
    EXPECT_EQ(reading.errors, Lines{}) << when;
    EXPECT_EQ(step_at(reading, 0).run_condition, condition) << when;
  }
}

TEST(PipelineReader, CompilesConditionsOfStagesGroupsAndRollback) {
  const PlanReading reading = read_plan(pipeline_with_stage(
      "        when: {pipelineStatus: Failure, condition: <+x>}\n        spec: {execution: {steps: "
      "["
      "{stepGroup: {name: G, identifier: g, when: {stageStatus: All}, steps: [{step: {name: C, "
      "identifier: c, type: Wait, spec: {duration: 10s}}}]}}], rollbackSteps: ["
      "{step: {name: A, identifier: a, type: Wait, spec: {duration: 10s}}},"
      "{step: {name: B, identifier: b, type: Wait, when: {stageStatus: All}, spec: {duration: "
      "10s}}}]}}\n"));
  ASSERT_EQ(reading.errors, Lines{});
  const PlanNode& stage = reading.plan.stages.children.at(0);
  EXPECT_EQ(stage.run_condition, "<+OnPipelineFailure> && (<+x>)");
  EXPECT_EQ(stage.children.at(0).run_condition, "");
  EXPECT_EQ(step_at(reading, 0).run_condition, "<+Always>");
  EXPECT_EQ(stage.rollback->children.at(0).run_condition,
            "<+OnRollbackModeExecution> || <+OnStageFailure>");
  EXPECT_EQ(stage.rollback->children.at(1).run_condition, "<+Always>");
}

TEST(PipelineReader, CountsLevelsAndRefusesTheTwentySixth) {
  const auto nested = [](int groups, const std::string& innermost) {
    std::string text = innermost;
    for (int i = 0; i < groups; ++i) {
      text = "{stepGroup: {name: G, identifier: g, steps: [" + text + "]}}";
    }
    return pipeline_with_steps("            - " + text + "\n");
  };
  const std::string step = "{step: {name: A, identifier: a, type: Wait, spec: {duration: 10s}}}";
  // Six levels around the steps of a stage and the step itself leave 18, two for each group.
  EXPECT_EQ(read_plan(nested(9, step)).errors, Lines{});
  const Lines errors = read_plan(nested(9, "{parallel: [" + step + "]}")).errors;
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_TRUE(errors[0].ends_with(kNestingComplaint)) << errors[0];
  EXPECT_EQ(read_plan(nested(10, step)).errors.size(), 1U);
  EXPECT_EQ(read_plan(nested(25, step)).errors.size(), 1U);
}

// The first fenced block of a language, or the first without one.
std::string fenced_block(const std::string& page, const std::string& language) {
  const std::string fence = "\n```" + language + "\n";
  std::size_t begin = page.find(fence);
  if (language.empty()) begin = page.find(fence, page.find("```\n") + 4);
  if (begin == std::string::npos) return {};
  begin += fence.size();
  return page.substr(begin, page.find("```", begin) - begin);
}

const char* kind_word(NodeKind kind) {
  constexpr const char* kWords[] = {"stages", "stage", "section", "step_group", "parallel", "step"};
  return kWords[static_cast<std::size_t>(kind)];
}

// Words of all lines, so that the page may align its columns.
std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

TEST(GrammarPage, ShowsWhatTheReaderBuilds) {
  std::ifstream file("engine/plan/grammar.md");
  std::ostringstream page;
  page << file.rdbuf();
  const PlanReading reading = read_plan(fenced_block(page.str(), "yaml"));
  EXPECT_EQ(reading.errors, Lines{});
  EXPECT_EQ(reading.warnings, Lines{});
  std::string built;
  for_each_node(reading.plan.stages, [&built](const PlanNode& node) {
    built += std::string(kind_word(node.kind)) + ' ' + node.type + ' ' + node.path + ' ' +
             node.run_condition + '\n';
  });
  EXPECT_EQ(words_of(built), words_of(fenced_block(page.str(), "")));
}

}  // namespace
}  // namespace tripgate::plan

// Which stages are left of a pipeline, and what is refused.
#include "engine/plan/stage_selection.h"

#include <gtest/gtest.h>

#include "engine/plan/pipeline_reader.h"
#include "test/lib/machine_stand.h"

namespace tripgate::plan {
namespace {

const std::string kStages = stage_yaml("a", step_yaml("one")) + "- parallel: [" +
                            stage_yaml("b", step_yaml("two")).substr(2) + ", " +
                            stage_yaml("c", step_yaml("three")).substr(2) + "]\n" +
                            stage_yaml("d", step_yaml("four"));
const std::string kPipeline = pipeline_of("p", kStages, "  allowStageExecutions: true\n");

std::string complaint(const std::string& pipeline, std::vector<std::string> identifiers) {
  const auto selected = select_stages(pipeline, identifiers);
  return selected ? std::string() : selected.error().message;
}

/// The stages of what is left, those of a block in brackets.
std::string left(std::vector<std::string> identifiers) {
  const auto selected = select_stages(kPipeline, identifiers);
  if (!selected) return selected.error().message;
  const auto plan = plan_pipeline_text(*selected, "run", {});
  if (!plan) return plan.error().message;
  std::string names;
  for (const PlanNode& place : plan->stages.children) {
    if (place.kind != NodeKind::parallel) names += place.identifier;
    if (place.kind == NodeKind::parallel) names += '[';
    for (const PlanNode& stage : place.children) {
      if (place.kind == NodeKind::parallel) names += stage.identifier;
    }
    if (place.kind == NodeKind::parallel) names += ']';
  }
  return names;
}

TEST(StageSelection, IsRefusedWhereThePipelineDoesNotAllowIt) {
  EXPECT_EQ(complaint(pipeline_of("p", kStages), {"a"}),
            "Stage executions are not allowed for pipeline [p]");
  EXPECT_EQ(complaint(pipeline_of("p", kStages, "  allowStageExecutions: false\n"), {"a"}),
            "Stage executions are not allowed for pipeline [p]");
}

TEST(StageSelection, IsAllowedInEverySpellingOfTrue) {
  for (const std::string yes : {"true", "True", "TRUE"}) {
    EXPECT_EQ(complaint(pipeline_of("p", kStages, "  allowStageExecutions: " + yes + "\n"), {"a"}),
              "");
  }
}

TEST(StageSelection, UnknownStagesAndOtherDocumentsAreRefused) {
  EXPECT_EQ(complaint(kPipeline, {"a", "z"}), "Pipeline [p] has no stage [z]");
  EXPECT_NE(complaint("pipeline: {}", {"a"}), "");
  EXPECT_NE(complaint("[", {"a"}), "");
}

TEST(StageSelection, IsShownWhereThePipelineDoesNotAllowIt) {
  const std::string forbidden = pipeline_of("p", kStages, "  allowStageExecutions: false\n");
  const std::vector<std::string> absent = {"a", "z"};
  const auto refused = cut_stages(forbidden, absent);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "Pipeline [p] has no stage [z]");
  const std::vector<std::string> wanted = {"c"};
  const auto shown = cut_stages(forbidden, wanted);
  ASSERT_TRUE(shown) << shown.error().message;
  EXPECT_NE(shown->find("three"), std::string::npos);
  EXPECT_EQ(shown->find("two"), std::string::npos);
}

TEST(StageSelection, KeepsTheOrderOfThePipeline) {
  EXPECT_EQ(left({"d", "a"}), "ad");
  EXPECT_EQ(left({"c"}), "[c]");
  EXPECT_EQ(left({"b", "c", "d"}), "[bc]d");
}

}  // namespace
}  // namespace tripgate::plan

// Whole documents: sets merged into a runtime input, a runtime input into a stored pipeline.
#include "engine/inputs/run_inputs.h"

#include <gtest/gtest.h>

#include "engine/inputs/set_references.h"

namespace tripgate::inputs {
namespace {

constexpr std::string_view kAsking =
    "pipeline:\n  identifier: p\n  variables:\n"
    "    - {name: a, type: String, value: <+input>}\n"
    "    - {name: b, type: String, value: '<+input>.regex(b.*)'}\n";
constexpr std::string_view kFixed = "pipeline: {identifier: p, name: P}\n";

std::string giving(const std::string& name, const std::string& value) {
  return "{pipeline: {variables: [{name: " + name + ", value: " + value + "}]}}";
}

std::string set(const std::string& name, const std::string& value) {
  return "{inputSet: " + giving(name, value) + "}";
}

/// The merged text, or the complaint.
std::string merged(std::string_view pipeline, std::vector<std::string> sets,
                   std::string_view last = "") {
  const auto text = merge_input_sets(pipeline, sets, last);
  return text ? *text : "error: " + text.error().message;
}

std::string resolved(std::string_view pipeline, std::string_view input) {
  const auto run = resolve_pipeline(pipeline, input);
  if (!run) return "error: " + run.error().message;
  return *run ? (*run)->text : "as stored";
}

TEST(MergeInputSets, RefusesWhatCannotBeMerged) {
  EXPECT_EQ(merged(kFixed, {set("a", "1")}),
            "error: Pipeline p does not have any runtime input. All existing input sets are "
            "invalid");
  EXPECT_EQ(merged(kAsking, {"inputSet: {pipeline: {variables: [{name: a}, {name: a}]}}"}),
            "error:  This element is coming twice in yaml pipeline.variables[name:a]");
  EXPECT_EQ(merged(kAsking, {"other: 1"}), "error: the runtime input has no inputSet");
  EXPECT_EQ(merged(kAsking, {}, "other: 1"), "error: the runtime input has no pipeline");
  EXPECT_TRUE(merged(kAsking, {}, "pipeline: [").starts_with("error: "));
}

TEST(MergeInputSets, LaterOnesWinAndWhatNobodyGivesStaysOpen) {
  EXPECT_EQ(merged(kAsking, {set("a", "1"), set("a", "2")}, giving("b", "<+trigger.payload.b>")),
            "pipeline:\n  identifier: p\n  variables:\n    - name: a\n      type: String\n"
            "      value: 2\n    - name: b\n      type: String\n"
            "      value: <+trigger.payload.b>\n");
  EXPECT_NE(merged(kAsking, {set("a", "1")}).find("'<+input>.regex(b.*)'"), std::string::npos);
}

TEST(ResolvePipeline, RefusesBadTextsAndValues) {
  EXPECT_TRUE(resolved(kAsking, "pipeline: [").starts_with("error: "));
  EXPECT_TRUE(resolved(kFixed, "pipeline: [").starts_with("error: "));
  EXPECT_EQ(resolved(kAsking, "- a"), "error: the runtime input has no pipeline");
  EXPECT_EQ(resolved(kAsking, giving("b", "a")),
            "error: The value provided for [pipeline.variables.b: a] does not match the required "
            "regex pattern");
}

TEST(ResolvePipeline, LeavesAPipelineThatAsksForNothingAlone) {
  EXPECT_EQ(resolved(kFixed, ""), "as stored");
  EXPECT_EQ(resolved(kFixed, giving("a", "1")), "as stored");
}

TEST(ResolvePipeline, PutsValuesInTheirPlaces) {
  const std::string text = resolved(kAsking, giving("b", "b1"));
  EXPECT_NE(text.find("value: b1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("value: <+input>\n"), std::string::npos) << text;
  EXPECT_EQ(resolved(kAsking, "pipeline: {}\n"), resolved(kAsking, " \n"));
}

TEST(TemplateText, IsEmptyWithoutInputs) {
  EXPECT_EQ(*template_text(kFixed), "");
  EXPECT_TRUE(template_text(kAsking)->starts_with("pipeline:\n  identifier: p\n"));
  EXPECT_FALSE(template_text("pipeline: ["));
}

TEST(OverlayReferences, BelongToOverlaysOnly) {
  EXPECT_EQ(overlay_references("overlayInputSet: {inputSetReferences: [b, a]}"),
            (std::vector<std::string>{"b", "a"}));
  EXPECT_FALSE(overlay_references("inputSet: {}"));
  EXPECT_FALSE(overlay_references("["));
}

}  // namespace
}  // namespace tripgate::inputs

// What a node asks for when it is reached, and what becomes of the answer.
#include "engine/inputs/late_inputs.h"

#include <gtest/gtest.h>

#include "engine/inputs/run_inputs.h"
#include "engine/yaml/parser.h"
#include "engine/yaml/writer.h"

namespace tripgate::inputs {
namespace {

const char* const kPipeline = R"yaml(
identifier: p
stages:
  - parallel:
      - stage:
          identifier: s
          type: Custom
          variables:
            - {name: v, type: String, value: "<+input>.executionInput()"}
          spec:
            execution:
              steps:
                - step:
                    identifier: a
                    type: Http
                    spec:
                      url: <+input>.executionInput().regex(https://.*)
                      method: <+input>.executionInput().default(GET)
                      requestBody: <+input>
)yaml";
const char* const kStep = "pipeline.stages.s.spec.execution.steps.a";

yaml::Node parse(std::string_view text) {
  auto document = yaml::parse_document(text, "test");
  EXPECT_TRUE(document) << text;
  return document ? std::move(document->root) : yaml::Node();
}

std::string filled(const char* path, std::string_view values) {
  const yaml::Node given = parse(values);
  const auto result = fill_late_inputs(parse(kPipeline), path, &given);
  return result ? yaml::write_document(result->pipeline) : result.error().message;
}

TEST(LateInputs, AreKnownByName) {
  EXPECT_EQ(
      late_fields(parse(kPipeline)),
      (std::vector<std::string>{"pipeline.stages.s.variables.v", std::string(kStep) + ".spec.url",
                                std::string(kStep) + ".spec.method"}));
}

TEST(LateInputs, RefuseWhatTheirValidatorsDoNotAllow) {
  EXPECT_EQ(filled(kStep, "step: {spec: {url: ftp}}"),
            "Some fields are not valid: [The value provided for "
            "[pipeline.stages.s.spec.execution.steps.a.spec.url: ftp] does not match the required "
            "regex pattern]");
}

TEST(LateInputs, DemandWhatHasNoDefault) {
  const std::string name = std::string(kStep) + ".spec.url";
  EXPECT_EQ(filled(kStep, "step: {spec: {method: PUT}}"),
            name + " is a required variable .Value or expression not provided for the variable : " +
                name);
  EXPECT_EQ(filled("pipeline.stages.nowhere", "{}"), "no node of the pipeline has that path");
}

TEST(LateInputs, AnAnswerThatGivesNothingIsNoWishForDefaults) {
  for (const char* const nothing : {"{}", "step:", "step: {}"}) {
    EXPECT_NE(filled(kStep, nothing).find("is a required variable"), std::string::npos) << nothing;
  }
}

TEST(LateInputs, CheckExpressionsOnceTheyHaveAValue) {
  const yaml::Node given = parse("step: {spec: {url: '<+pipeline.name>', method: '<+x>'}}");
  const auto result = fill_late_inputs(parse(kPipeline), kStep, &given);
  ASSERT_TRUE(result);
  ASSERT_EQ(result->checks.size(), 1U);
  EXPECT_EQ(result->checks[0].fqn, std::string(kStep) + ".spec.url");
  EXPECT_EQ(result->checks[0].value, "<+pipeline.name>");
}

TEST(LateInputs, GoIntoTheirNodeAlone) {
  const std::string text = filled(kStep, "step: {spec: {url: 'https://x', requestBody: no}}");
  EXPECT_NE(text.find("url: 'https://x'"), std::string::npos) << text;
  EXPECT_NE(text.find("method: GET"), std::string::npos) << text;
  EXPECT_NE(text.find("requestBody: <+input>"), std::string::npos) << text;
  EXPECT_NE(text.find("value: \"<+input>.executionInput()\""), std::string::npos) << text;
}

TEST(LateInputs, BringAlongOnlyWhatIsAroundTheirNode) {
  const std::string pipeline = std::string(kPipeline) +
                               "  - stage: {identifier: beside, type: Custom}\n"
                               "timeout: 1h\n";
  const auto result = fill_late_inputs(parse(pipeline), "pipeline.stages.beside", nullptr);
  ASSERT_TRUE(result);
  EXPECT_EQ(yaml::write_document(result->pipeline),
            "identifier: p\nstages:\n  - stage:\n      identifier: beside\n      type: Custom\n"
            "timeout: 1h\n");
}

TEST(LateInputs, OfAStageLeaveItsStepsAlone) {
  const std::string text =
      filled("pipeline.stages.s", "stage: {variables: [{name: v, type: String, value: x}]}");
  EXPECT_NE(text.find("value: x"), std::string::npos) << text;
  EXPECT_NE(text.find("url: <+input>.executionInput().regex(https://.*)"), std::string::npos);
}

TEST(LateInputs, GoOnWithDefaultsWithoutAnAnswer) {
  const auto result = fill_late_inputs(parse(kPipeline), kStep, nullptr);
  ASSERT_TRUE(result);
  const std::string text = yaml::write_document(result->pipeline);
  EXPECT_NE(text.find("method: GET"), std::string::npos) << text;
  EXPECT_NE(text.find("url: <+input>\n"), std::string::npos) << text;
}

TEST(LateInputs, TemplatesHoldNothingElse) {
  const auto asked = late_template(parse(kPipeline), kStep);
  ASSERT_TRUE(asked);
  EXPECT_EQ(yaml::write_document(*asked),
            "step:\n  identifier: a\n  type: Http\n  spec:\n"
            "    url: <+input>.executionInput().regex(https://.*)\n"
            "    method: <+input>.executionInput().default(GET)\n");
}

TEST(LateInputs, StayOpenWhenARunIsRequested) {
  std::string indented = "pipeline:";
  for (const char* at = kPipeline; *at != '\0'; ++at) {
    indented += *at;
    if (*at == '\n' && at[1] != '\0') indented += "  ";
  }
  const auto resolved = resolve_pipeline(indented, "");
  ASSERT_TRUE(resolved && *resolved);
  EXPECT_NE((*resolved)->text.find("method: <+input>.executionInput().default(GET)"),
            std::string::npos);
}

}  // namespace
}  // namespace tripgate::inputs

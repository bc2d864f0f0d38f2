// What is refused when a pipeline or an input set is saved, with its place.
#include <gtest/gtest.h>

#include "engine/inputs/fqn.h"
#include "engine/inputs/pipeline_inputs.h"
#include "engine/inputs/set_check.h"
#include "engine/yaml/parser.h"

namespace tripgate::inputs {
namespace {

yaml::Node parse(std::string_view text) {
  auto document = yaml::parse_document(text, "test");
  EXPECT_TRUE(document) << text << document.error().to_string();
  return document ? std::move(document->root) : yaml::Node();
}

std::string lines_of(const std::vector<Diagnostic>& diagnostics) {
  std::string lines;
  for (const Diagnostic& diagnostic : diagnostics) lines += diagnostic.to_string() + "\n";
  return lines;
}

std::string errors_of(std::string_view pipeline) {
  yaml::Findings findings;
  check_runtime_inputs(parse(pipeline), findings);
  return lines_of(findings.errors);
}

TEST(PipelineInputs, RefusesBadNotationAtItsByte) {
  EXPECT_TRUE(errors_of("a: \"<+input>.foo(x)\"").starts_with("1:13: behind <+input> only"));
  EXPECT_EQ(errors_of("variables:\n  - {name: v, value: '<+input>.regex([a)'}"),
            "2:22: Invalid pattern [a provided in pipeline.variables.v\n");
}

TEST(PipelineInputs, RefusesADefaultThatIsNotAllowed) {
  EXPECT_EQ(errors_of("variables: [{name: v, value: '<+input>.default(x).allowedValues(a,b)'}]"),
            "1:30: The values provided for pipeline.variables.v: [\\'x\\'] do not match any of the "
            "allowed values [\\'a\\', \\'b\\']\n");
  EXPECT_EQ(errors_of("a: '<+input>.default(<+pipeline.name>).allowedValues(a,b)'"), "");
}

TEST(PipelineInputs, RefusesExecutionInputWhereNoNodeIsReached) {
  EXPECT_EQ(
      errors_of("variables: [{name: v, value: <+input>.executionInput()}]"),
      "1:30: Execution Input is not allowed for pipeline variables as it is similar to making "
      "it a runtime input\n");
  EXPECT_EQ(errors_of("stages: [{stage: {identifier: s, steps: [{stepGroup: {identifier: g, "
                      "variables: [{name: v, value: <+input>.executionInput()}]}}]}}]"),
            "1:99: Execution Input is not allowed for variables in step group\n");
  EXPECT_EQ(
      errors_of("a: <+input>.executionInput()"),
      "1:4: executionInput() is for stages, step groups and steps: nothing else is reached\n");
  EXPECT_EQ(errors_of("stages: [{stage: {identifier: s, when: {condition: "
                      "<+input>.executionInput()}}}]"),
            "1:52: executionInput() is not allowed here: the value is needed before the node "
            "begins\n");
  EXPECT_EQ(errors_of("stages: [{stage: {identifier: s, spec: {x: [<+input>.executionInput()]}}}]"),
            "1:45: executionInput() is not allowed here: the items of its list have no identifier, "
            "name or key\n");
  EXPECT_EQ(errors_of("stages: [{stage: {identifier: s, spec: {x: <+input>.executionInput()}}}]"),
            "");
}

TEST(PipelineInputs, WarnsAboutInputsThatNothingReaches) {
  yaml::Findings findings;
  check_runtime_inputs(parse("l: [{a: <+input>}, {b: <+input>.default(1)}]\nm: [<+input>]"),
                       findings);
  EXPECT_TRUE(findings.is_clean());
  EXPECT_EQ(findings.warnings.size(), 2u);
}

TEST(Identities, NamesElementsThatComeTwice) {
  yaml::Findings findings;
  check_identities(parse("stages: [{stage: {identifier: s1}}, {parallel: [{stage: {identifier: "
                         "s1}}]}]\nvariables: [{name: v}, {name: v}]"),
                   {"pipeline", "pipeline"}, findings);
  EXPECT_EQ(lines_of(findings.errors),
            "1:57:  This element is coming twice in yaml pipeline.stages.stage[identifier:s1]\n"
            "2:24:  This element is coming twice in yaml pipeline.variables[name:v]\n");
}

struct SetCase {
  std::string_view values;
  std::string_view complaints;
};

TEST(SetCheck, NamesEachFieldThatThePipelineDoesNotTake) {
  const std::string_view pipeline = R"yaml(
identifier: p
name: P
variables:
  - {name: env, type: String, value: "<+input>.allowedValues(a,b)"}
  - {name: fixed, type: String, value: x}
stages:
  - stage: {identifier: s, type: Custom, name: S, when: <+input>, spec: {a: 1}}
)yaml";
  const SetCase cases[] = {
      {"{identifier: p, variables: [{name: env, type: String, value: a}]}", ""},
      {"{variables: [{name: env, type: String, value: <+input>}]}", ""},
      {"{variables: [{name: env, type: String, value: <+trigger.payload.x>}]}", ""},
      {"{stages: [{stage: {identifier: s, type: Custom, when: {a: b}}}]}", ""},
      {"{variables: ~}", ""},
      {"{variables: [{name: env, type: String, value: c}]}",
       "pipeline.variables.env: The values provided for pipeline.variables.env: [\\'c\\'] do not "
       "match any of the allowed values [\\'a\\', \\'b\\']\n"},
      {"{variables: [{name: fixed, value: y}]}",
       "pipeline.variables.fixed.name: Field not a runtime input\n"
       "pipeline.variables.fixed: Field not a runtime input\n"},
      {"{identifier: q}",
       "pipeline.identifier: The value for pipeline.identifier is pin the pipeline yaml, but the "
       "input set has it as q\n"},
      {"{variables: [{name: env, type: Number, value: a}]}",
       "pipeline.variables.env.type: The value for pipeline.variables.env.type is Stringin the "
       "pipeline yaml, but the input set has it as Number\n"},
      {"{tags: {a: b}, name: P}",
       "pipeline.tags.a: Field not a runtime input\npipeline.name: Field not a runtime input\n"},
      {"{stages: {a: b}}", "pipeline.stages: Field not a runtime input\n"},
      {"{variables: [a]}", "pipeline.variables: Field not a runtime input\n"}};
  for (const auto& [values, complaints] : cases) {
    std::string lines;
    for (const FieldError& error : check_input_set(parse(pipeline), parse(values))) {
      lines += error.fqn + ": " + error.message + "\n";
    }
    EXPECT_EQ(lines, complaints) << values;
  }
}

TEST(SetCheck, SaysWhenThePipelineAsksForNothing) {
  const auto errors = check_input_set(parse("identifier: p"), parse("identifier: p"));
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].message, "Pipeline no longer contains any runtime input");
}

}  // namespace
}  // namespace tripgate::inputs

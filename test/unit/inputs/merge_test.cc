// Templates, merges and what a run gets: YAML in, YAML out.
#include "engine/inputs/merge.h"

#include <gtest/gtest.h>

#include "engine/yaml/parser.h"
#include "engine/yaml/writer.h"

namespace tripgate::inputs {
namespace {

using Texts = std::vector<std::string_view>;

constexpr std::string_view kPipeline = R"yaml(
identifier: edge
name: Edge
variables:
  - {name: env, type: String, value: "<+input>.default(dev).allowedValues(dev,prod)"}
  - {name: version, type: String, value: "<+input>.regex(v[0-9]+)"}
  - {name: fixed, type: String, value: "1"}
  - {name: level, type: Number, value: <+input>, default: 3}
stages:
  - parallel:
      - stage:
          identifier: a
          name: A
          type: Custom
          spec: {steps: [{step: {identifier: s, type: Run, timeout: <+input>.default(10m)}}]}
      - stage: {identifier: b, type: Custom, when: <+input>}
  - stage: {identifier: c, type: Custom}
)yaml";

yaml::Node parse(std::string_view text) {
  auto document = yaml::parse_document(text, "test");
  EXPECT_TRUE(document) << text << document.error().to_string();
  return document ? std::move(document->root) : yaml::Node();
}

std::vector<const yaml::Node*> pointers(const std::vector<yaml::Node>& nodes) {
  std::vector<const yaml::Node*> all;
  for (const yaml::Node& node : nodes) all.push_back(&node);
  return all;
}

std::vector<yaml::Node> read_all(const Texts& texts) {
  std::vector<yaml::Node> nodes;
  for (const std::string_view text : texts) nodes.push_back(parse(text));
  return nodes;
}

std::string merged(std::string_view base, const Texts& supplied) {
  const std::vector<yaml::Node> nodes = read_all(supplied);
  return yaml::write_document(merge_values(parse(base), pointers(nodes)));
}

Merged resolved(std::string_view base, const Texts& supplied) {
  const std::vector<yaml::Node> nodes = read_all(supplied);
  return resolve_inputs(parse(base), pointers(nodes));
}

/// Each violation on a line of its own.
std::string violations(std::string_view base, const Texts& supplied) {
  std::string lines;
  for (const Violation& violation : resolved(base, supplied).violations) {
    lines += violation.message + "\n";
  }
  return lines;
}

std::string variable(std::string_view value) {
  return "variables: [{name: v, type: String, value: " + std::string(value) + "}]";
}

/// The value of the one variable of such a pipeline.
std::string value_of(const yaml::Node& pipeline) {
  return pipeline.find("variables")->items.front().find("value")->text;
}

TEST(Template, KeepsInputsAndWhatLocatesThem) {
  const auto reduced = make_template(parse(kPipeline));
  ASSERT_TRUE(reduced);
  EXPECT_EQ(yaml::write_document(*reduced), R"yaml(identifier: edge
variables:
  - name: env
    type: String
    value: "<+input>.default(dev).allowedValues(dev,prod)"
  - name: version
    type: String
    value: "<+input>.regex(v[0-9]+)"
  - name: level
    type: Number
    value: <+input>
    default: 3
stages:
  - parallel:
      - stage:
          identifier: a
          type: Custom
          spec:
            steps:
              - step:
                  identifier: s
                  type: Run
                  timeout: <+input>.default(10m)
      - stage:
          identifier: b
          type: Custom
          when: <+input>
)yaml");
}

TEST(Template, IsNothingWithoutInputs) {
  EXPECT_FALSE(make_template(parse("identifier: p\nvariables: [{name: a, value: b}]")));
  EXPECT_FALSE(make_template(parse("stages: [{a: <+input>}]")));  // Nothing tells the item.
}

TEST(Merge, FixedValuesAlwaysWin) {
  const std::string base = "name: N\n" + variable("fixed");
  EXPECT_EQ(merged(base, {"name: other\n" + variable("x")}), merged(base, {}));
}

TEST(Merge, LaterDocumentsWinPerPlace) {
  const std::string_view base = "{a: <+input>, b: <+input>, c: <+input>}";
  EXPECT_EQ(merged(base, {"{a: 1, b: 1}", "{b: 2, c: 2}", "{c: 3}"}), "a: 1\nb: 2\nc: 3\n");
}

TEST(Merge, AnInputNeverOverridesAValue) {
  EXPECT_EQ(merged("a: <+input>", {"a: 1", "a: <+input>.default(2)"}), "a: 1\n");
  EXPECT_EQ(merged("a: <+input>", {"a: 1", "a: ~"}), "a: 1\n");
  EXPECT_EQ(merged("a: <+input>.default(5)", {"a: <+input>"}), "a: <+input>.default(5)\n");
}

TEST(Merge, DropsWhatThePipelineDoesNotKnow) {
  EXPECT_EQ(merged("a: <+input>", {"{a: 1, b: 2}", "[1]", "text"}), "a: 1\n");
  EXPECT_EQ(
      merged(variable("<+input>"), {"variables: [{name: other, value: 1}, {value: 2}, 3, [name]]"}),
      merged(variable("<+input>"), {}));
}

TEST(Merge, FindsItemsByIdentityInAnyOrder) {
  const std::string_view base =
      "l: [{key: a, value: <+input>}, {identifier: b, name: N, value: <+input>}]";
  EXPECT_EQ(merged(base, {"l: [{identifier: b, value: 2}, {key: a, value: 1}]"}),
            "l:\n  - key: a\n    value: 1\n  - identifier: b\n    name: N\n    value: 2\n");
}

TEST(Merge, LooksThroughParallel) {
  const std::string_view base = "stages: [{parallel: [{stage: {identifier: a, when: <+input>}}]}]";
  const std::string_view expected =
      "stages:\n  - parallel:\n      - stage:\n          identifier: a\n          when: x\n";
  EXPECT_EQ(merged(base, {"stages: [{parallel: [{stage: {identifier: a, when: x}}]}]"}), expected);
  EXPECT_EQ(merged(base, {"stages: [{stage: {identifier: a, when: x}}]"}), expected);
}

TEST(Merge, TellsWrappersApart) {
  const std::string_view base = "steps: [{step: {identifier: a, timeout: <+input>}}]";
  EXPECT_EQ(merged(base, {"steps: [{stepGroup: {identifier: a, timeout: 5m}}]"}), merged(base, {}));
}

TEST(Merge, AnInputTakesAWholeTree) {
  EXPECT_EQ(merged("strategy: <+input>", {"strategy: {matrix: {os: [a, b]}}"}),
            "strategy:\n  matrix:\n    os:\n      - a\n      - b\n");
}

TEST(Merge, KeepsTheStyleThatMakesANumber) {
  EXPECT_EQ(merged("{a: <+input>, b: <+input>}", {"{a: 1.10, b: '1.10'}"}), "a: 1.10\nb: '1.10'\n");
}

TEST(Resolve, ReportsEveryViolation) {
  EXPECT_EQ(
      violations(kPipeline, {"variables: [{name: env, value: test}, {name: version, value: 1}]"}),
      "The values provided for pipeline.variables.env: [\\'test\\'] do not match any of the "
      "allowed values [\\'dev\\', \\'prod\\']\n"
      "The value provided for [pipeline.variables.version: 1] does not match the required "
      "regex pattern\n");
}

TEST(Resolve, NamesPlacesInStages) {
  EXPECT_EQ(violations("stages: [{stage: {identifier: a, variables: [{name: v, type: String, "
                       "value: <+input>.regex(x)}], timeout: <+input>.regex(1m)}}]",
                       {"stages: [{stage: {identifier: a, variables: [{name: v, value: y}], "
                        "timeout: 2m}}]"}),
            "The value provided for [pipeline.stages.a.variables.v: y] does not match the required "
            "regex pattern\n"
            "The value provided for [pipeline.stages.a.timeout: 2m] does not match the required "
            "regex pattern\n");
}

TEST(Resolve, DemandsRequiredVariables) {
  const auto required = [](std::string_view value, std::string_view more) {
    return "variables: [{name: v, type: String, value: " + std::string(value) + ", required: true" +
           std::string(more) + "}]";
  };
  const std::string missing = "Value not provided for required variable: v\n";
  EXPECT_EQ(violations(required("<+input>", ""), {}), missing);
  EXPECT_EQ(violations(required("<+input>", ""), {variable("\" \"")}), missing);
  EXPECT_EQ(violations(required("<+input>", ""), {variable("<+input>")}), missing);
  EXPECT_EQ(violations(required("<+input>", ""), {variable("x")}), "");
  EXPECT_EQ(violations(required("<+input>.default(x)", ""), {}), "");
  EXPECT_EQ(violations(required("<+input>", ", default: x"), {}), "");
  EXPECT_EQ(violations("variables: [{name: t, type: Secret, value: <+input>, required: true}]", {}),
            "Value not provided for required secret variable: t\n");
}

TEST(Resolve, FallsBackToDefaults) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"<+input>.default(x)", "x"},
      {"'<+input>.allowedValues(x,y).default(y)'", "y"},
      {"<+input>, default: z", "z"},
      {"<+input>.default(x), default: z", "x"},
      {"<+input>", "<+input>"},
      {"'<+input>.allowedValues(a,b)'", "<+input>"},
      {"<+input>.default(<+pipeline.name>)", "<+pipeline.name>"}};
  for (const auto& [value, expected] : cases) {
    EXPECT_EQ(value_of(resolved(variable(value), {}).pipeline), expected) << value;
  }
}

TEST(Resolve, DefaultsReachListsThatNothingElseReaches) {
  EXPECT_EQ(yaml::write_document(resolved("on: [{errors: <+input>.default(All)}]", {}).pipeline),
            "on:\n  - errors: All\n");
}

TEST(Resolve, DefersTheCheckOfExpressions) {
  const Merged merged =
      resolved(variable("<+input>.regex(v.)"), {variable("<+trigger.payload.version>")});
  EXPECT_TRUE(merged.violations.empty());
  ASSERT_EQ(merged.checks.size(), 1u);
  EXPECT_EQ(merged.checks[0].fqn, "pipeline.variables.v");
  EXPECT_EQ(merged.checks[0].value, "<+trigger.payload.version>");
  EXPECT_EQ(merged.checks[0].input, "<+input>.regex(v.)");
  EXPECT_EQ(value_of(merged.pipeline), "<+trigger.payload.version>");
}

TEST(Resolve, ManyKeysCostNoSquare) {
  std::string base = "a:\n", supplied = "a:\n";
  for (int i = 0; i < 30000; ++i) {
    base += "  k" + std::to_string(i) + ": <+input>\n";
    supplied += "  k" + std::to_string(i) + ": 1\n";
  }
  const Merged merged = resolved(base, {supplied});
  EXPECT_EQ(merged.pipeline.entries.front().value.entries.back().value.text, "1");
}

}  // namespace
}  // namespace tripgate::inputs

// Documents: what is accepted, and every refusal with its place and text.
#include "engine/plan/documents.h"
#include "engine/plan/pipeline_reader.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/plan/duration.h"
#include "engine/plan/names.h"

namespace tripgate::plan {
namespace {

using Lines = std::vector<std::string>;

struct Read {
  std::vector<AppliedDocument> documents;
  Lines errors;
  Lines warnings;
};

Lines printed(const std::vector<Diagnostic>& diagnostics) {
  Lines lines;
  for (const Diagnostic& diagnostic : diagnostics) lines.push_back(diagnostic.to_string());
  return lines;
}

Read read(std::string_view text) {
  yaml::Findings findings("f");
  Read read;
  read.documents = read_documents(text, {}, findings);
  read.errors = printed(findings.errors);
  read.warnings = printed(findings.warnings);
  return read;
}

// A pipeline of one stage and one step; extra lines go where the grammar has them.
struct Parts {
  std::string pipeline = "";
  std::string stage = "";
  std::string stage_type = "Custom";
  std::string step = "";
  std::string step_type = "ShellScript";
  std::string spec = "";
  std::string script = "echo hi";
};

std::string pipeline_text(const Parts& parts) {
  return "pipeline:\n  name: P\n  identifier: p\n" + parts.pipeline +
         "  stages:\n    - stage:\n        name: S\n        identifier: s\n        type: " +
         parts.stage_type + "\n" + parts.stage +
         "        spec:\n          execution:\n            steps:\n              - step:\n"
         "                  name: A\n                  identifier: a\n                  type: " +
         parts.step_type + "\n" + parts.step + "                  spec:\n" + parts.spec +
         "                    shell: Bash\n                    source:\n"
         "                      type: Inline\n                      spec:\n"
         "                        script: |\n                          " +
         parts.script + "\n";
}

struct Refusal {
  Parts parts;
  Lines errors;
};

TEST(PipelineDocument, RefusesWithPlaceAndText) {
  const std::vector<Refusal> refusals = {
      {{.pipeline = "  template: {templateRef: t, versionLabel: v1}\n"},
       {"f:4:13: Template references are not supported; inline template t:v1"}},
      {{.pipeline = "  gitDetails: {}\n"}, {"f:4:3: Only inline pipelines are supported"}},
      {{.pipeline = "  timeout: 5s\n"},
       {"f:4:12: Valid timeouts contain units s/m/h/d/w and are written like 10s or 1m 10s"}},
      {{.pipeline = "  variables: [{name: a, type: String, value: x}, {name: a, type: String}]\n"},
       {"f:4:50:  This element is coming twice in yaml pipeline.variables[name:a]"}},
      {{.pipeline = "  variables: [{name: a, type: Number, value: x}]\n"},
       {"f:4:46: the value of variable a must be a number, not \"x\""}},
      {{.pipeline = "  variables: [{name: a, type: String, required: true}]\n"},
       {"f:4:15: Value not provided for required variable: a"}},
      {{.stage_type = "CI"},
       {"f:10:11: Stage [s] uses cloneCodebase, which needs Harness Cloud or a delegate and is not "
        "supported here"}},
      {{.stage_type = "FeatureFlag"},
       {"f:8:15: Stage type [FeatureFlag] is not supported by this runner"}},
      {{.step_type = "Policy"}, {"f:15:25: Policy step [a] is not supported by this runner"}},
      {{.step = "                  timeout: 10sfoo\n"},
       {"f:16:28: Valid timeouts contain units s/m/h/d/w and are written like 10s or 1m 10s"}},
      {{.spec = "                    executionTarget: {host: h}\n"},
       {"f:17:45: SSH targets are not supported by this runner"}},
      {{.spec = "                    outputVariables: [{name: a, type: String, value: \"\"}]\n"},
       {"f:17:39: Output variable [a] value found to be empty"}},
      {{.spec = "                    outputVariables: [{name: a-b, value: 'x[0]'}]\n"},
       {"f:17:46: the output variable \"a-b\" must match ^[a-zA-Z_][0-9a-zA-Z_]{0,127}$ and not be "
        "var",
        "f:17:58: the value of output variable a-b must be the name of a shell variable, not "
        "\"x[0]\""}},
      {{.spec =
            "                    environmentVariables: [{name: a.b, type: String, value: x}]\n"},
       {"f:17:21: the environment variable \"a.b\" is no name for a shell"}},
      {{.spec = "                    environmentVariables: [{name: BASH_ENV, type: String, value: "
                "<+trigger.payload.x>}]\n"},
       {"f:17:21: BASH_ENV acts on bash itself; use a variable of your own"}},
      {{.script = "echo hi\n                          eval \"<+trigger.payload.x>\""},
       {"f:23:33: eval runs the value as a command; call the command itself"}},
  };
  for (const Refusal& refusal : refusals) {
    const std::string text = pipeline_text(refusal.parts);
    EXPECT_EQ(read(text).errors, refusal.errors) << text;
  }
}

TEST(PipelineDocument, RefusesWhatIsMissing) {
  const std::pair<const char*, Lines> cases[] = {
      {"pipeline: {}\n",
       {"f:1:11: Name can not be empty", "f:1:11: Identifier can not be empty",
        "f:1:11: stages is missing in pipeline"}},
      {"pipeline: {name: p, identifier: p-1, stages: []}\n",
       {"f:1:33: the identifier \"p-1\" must match ^[a-zA-Z_][0-9a-zA-Z_]{0,127}$",
        "f:1:46: stages must hold at least one stage"}},
      {"pipeline: {name: p, identifier: p, stages: [{stage: {name: s, identifier: s, type: "
       "Custom}}]}\n",
       {"f:1:53: Execution section is required in Custom stage"}},
      {"pipeline: {name: p, identifier: p, stages: [{parallel: []}]}\n",
       {"f:1:56: parallel must hold at least one stage"}},
      {"pipeline: {name: p, identifier: p, stages: [{stage: {name: s, identifier: s, type: Custom, "
       "spec: {execution: {steps: [], rollbackSteps: [{}]}}}}]}\n",
       {"f:1:118: pipeline.stages.stage[identifier:s].spec.execution.steps must hold at least one "
        "step",
        "f:1:138: each element must be a mapping with one key, one of step, stepGroup and "
        "parallel"}},
      {"pipelin: {}\n",
       {"f:1:1: documents of kind \"pipelin\" are not supported, only pipeline, trigger, inputSet, "
        "overlayInputSet and setting"}},
      {"- a\n",
       {"f:1:1: a document must be a mapping with one key: pipeline, trigger, inputSet, "
        "overlayInputSet or setting"}},
      {"a: b: c\n", {"f:1:5: mapping values are not allowed in this context"}},
  };
  for (const auto& [text, errors] : cases) EXPECT_EQ(read(text).errors, errors) << text;
}

TEST(PipelineDocument, RefusesIdentifiersThatComeTwice) {
  const std::string step =
      "{step: {name: a, identifier: a, type: ShellScript, spec: {shell: Bash, source: {type: "
      "Inline, spec: {script: x}}}}}";
  const std::string stage =
      "{stage: {name: s, identifier: s, type: Custom, spec: {execution: "
      "{steps: [" +
      step + ", " + step + "]}}}}";
  const Lines errors = read("pipeline:\n  name: p\n  identifier: p\n  stages:\n  - " + stage +
                            "\n  - " + stage + "\n")
                           .errors;
  const std::string twice =
      " This element is coming twice in yaml pipeline.stages.stage[identifier:s]";
  ASSERT_EQ(errors.size(), 3U);
  EXPECT_TRUE(errors[0].ends_with(twice + ".spec.execution.steps.step[identifier:a]")) << errors[0];
  EXPECT_TRUE(std::count(errors.begin(), errors.end(), "f:6:13: " + twice) == 1) << errors[2];
}

TEST(PipelineDocument, RemarksWhatHasNoEffect) {
  const Read result = read(pipeline_text(
      {.pipeline = "  delegateSelectors: [a]\n", .step = "                  timout: 10s\n"}));
  EXPECT_EQ(result.errors, Lines{});
  EXPECT_EQ(result.warnings,
            (Lines{"f:4:3: Ignoring delegateSelectors: no delegates in self-hosted mode",
                   "f:17:19: the key \"timout\" means nothing in a step"}));
}

/// The first step of the first stage.
const PlanNode& first_step(const PipelinePlan& plan) {
  return plan.stages.children.at(0).children.at(0).children.at(0);
}

TEST(PipelineDocument, BecomesAPlan) {
  const Read result = read(pipeline_text({
      .pipeline = "  orgIdentifier: o\n  tags: {team: core}\n  timeout: 1h\n"
                  "  variables: [{name: v, type: Number, value: 3}]\n",
      .stage = "        timeout: 1m 10s\n",
      .step = "                  timeout: 90s\n",
      .spec = "                    onDelegate: true\n"
              "                    environmentVariables: [{name: E, type: String, value: "
              "<+trigger.payload.e>}]\n"
              "                    outputVariables: [{name: out, type: Secret, value: OUT}]\n",
      .script = "echo <+trigger.payload.x>",
  }));
  ASSERT_EQ(result.errors, Lines{});
  EXPECT_EQ(result.warnings, Lines{});
  const PipelinePlan& plan = std::get<PipelinePlan>(result.documents.at(0).content);
  EXPECT_EQ(plan.org, "o");
  EXPECT_EQ(plan.tags, (Tags{{"team", "core"}}));
  EXPECT_EQ(plan.timeout.fixed, std::chrono::hours(1));
  EXPECT_EQ(plan.variables.at(0).type, PlanVariable::Type::number);
  const PlanNode& stage = plan.stages.children.at(0);
  EXPECT_EQ(stage.timeout.fixed, std::chrono::seconds(70));
  const PlanNode& step = first_step(plan);
  EXPECT_EQ(step.path, "pipeline.stages.s.spec.execution.steps.a");
  EXPECT_EQ(step.timeout.fixed, std::chrono::seconds(90));
  const auto& spec = std::get<ScriptSpec>(step.spec);
  EXPECT_EQ(spec.script.text, "echo \"${_tripgate_1}\"\n");
  EXPECT_EQ(spec.script.references.at(0).expression, "<+trigger.payload.x>");
  EXPECT_EQ(spec.environment.at(0).text, "<+trigger.payload.e>");
  EXPECT_TRUE(spec.outputs.at(0).is_secret);
}

TEST(PipelineDocument, TakesTheDefaultTimeouts) {
  const Read result = read(pipeline_text({}));
  const PipelinePlan& plan = std::get<PipelinePlan>(result.documents.at(0).content);
  EXPECT_EQ(plan.timeout.fixed, std::chrono::days(35));
  EXPECT_EQ(plan.stages.children.at(0).timeout.fixed, std::chrono::days(35));
  EXPECT_EQ(first_step(plan).timeout.fixed, std::chrono::minutes(10));
}

TEST(Plan, IsTheSameForTheSameExecution) {
  const std::string text = pipeline_text({});
  const auto first = plan_pipeline_text(text, "run1", {});
  const auto again = plan_pipeline_text(text, "run1", {});
  const auto other = plan_pipeline_text(text, "run2", {});
  ASSERT_TRUE(first && again && other);
  const std::string& id = first_step(*first).setup_id;
  EXPECT_EQ(id.size(), 22U);
  EXPECT_EQ(id, first_step(*again).setup_id);
  EXPECT_NE(id, first_step(*other).setup_id);
  EXPECT_NE(id, first->stages.children.at(0).setup_id);
  EXPECT_EQ(plan_pipeline_text("trigger: {}\n", "r", {}).error().to_string(),
            "1:1: the document's root is not pipeline");
}

const char* const kTrigger =
    "trigger:\n  name: On call\n  identifier: on_call\n  pipelineIdentifier: build\n"
    "  orgIdentifier: default\n  projectIdentifier: demo\n  tags: {a: b}\n"
    "  source: {type: Webhook, spec: {type: Custom, spec: {}}}\n";

TEST(TriggerDocument, ReadsACustomWebhook) {
  const Read result = read(std::string(kTrigger) +
                           "  enabled: false\n  inputSetRefs: [one, two]\n"
                           "  stagesToExecute: [a, b]\n"
                           "  inputYaml: |\n    pipeline: {}\n");
  ASSERT_EQ(result.errors, Lines{});
  EXPECT_EQ(result.warnings, Lines{});
  const auto& trigger = std::get<TriggerDocument>(result.documents.at(0).content);
  EXPECT_EQ(trigger.identifier, "on_call");
  EXPECT_EQ(trigger.pipeline_identifier, "build");
  EXPECT_FALSE(trigger.is_enabled);
  EXPECT_EQ(trigger.input_set_refs, (Lines{"one", "two"}));
  EXPECT_EQ(trigger.stages_to_execute, (Lines{"a", "b"}));
  EXPECT_EQ(trigger.input_yaml, "pipeline: {}\n");
}

TEST(TriggerDocument, RefusesWithPlaceAndText) {
  const std::string head = "trigger:\n  name: t\n  pipelineIdentifier: p\n";
  const std::string source = "  source: {type: Webhook, spec: {type: Custom}}\n";
  const std::pair<std::string, Lines> cases[] = {
      {"trigger: {}\n",
       {"f:1:10: Name can not be empty", "f:1:10: Identifier can not be empty",
        "f:1:10: pipelineIdentifier is missing in trigger",
        "f:1:10: source is missing in trigger"}},
      {head + source + "  identifier: step\n",
       {"f:5:15: \"step\" is a reserved word and cannot be an identifier"}},
      {head + source + "  identifier: a$b\n",
       {"f:5:15: the identifier \"a$b\" must match ^[a-zA-Z_][0-9a-zA-Z_]{0,127}$"}},
      {head + "  identifier: t\n  source: {type: Scheduled, spec: {type: Cron}}\n",
       {"f:5:18: triggers of type Scheduled are not supported, only Webhook"}},
      {head + "  identifier: t\n  source: {type: Webhook, spec: {type: Github}}\n",
       {"f:5:40: webhook triggers of type Github are not supported, only Custom"}},
      {head + source + "  identifier: t\n  inputSetRefs: [\"<+trigger.payload.s>\"]\n",
       {"f:6:17: InputSetRef cannot be an expression"}},
      {head + source + "  identifier: t\n  inputYaml: |\n    pipeline:\n      a: [\n",
       {"f:9:5: inputYaml: did not find expected node content (while parsing a flow node)"}},
      {head + source + "  identifier: t\n  inputYaml: 'inputs: {}'\n",
       {"f:6:14: inputYaml must have the root pipeline"}},
      {head + source + "  identifier: t\n  enabled: maybe\n",
       {"f:6:12: enabled in trigger must be true or false, not \"maybe\""}},
  };
  for (const auto& [text, errors] : cases) EXPECT_EQ(read(text).errors, errors) << text;
}

TEST(SettingDocument, NormalisesItsValue) {
  const Read result = read(
      "setting: {identifier: mandate_custom_webhook_authorization, value: YES, "
      "allowOverrides: false, orgIdentifier: o}\n");
  ASSERT_EQ(result.errors, Lines{});
  const auto& setting = std::get<SettingDocument>(result.documents.at(0).content);
  EXPECT_TRUE(setting.value);
  EXPECT_FALSE(setting.allows_overrides);
  EXPECT_EQ(setting.org, "o");
}

TEST(SettingDocument, RefusesOtherSettingsAndValues) {
  EXPECT_EQ(read("setting: {identifier: x, value: 2, projectIdentifier: p}\n").errors,
            (Lines{"f:1:23: Setting- x does not exist",
                   "f:1:33: Only boolean values are allowed. Received input [2]",
                   "f:1:10: a setting of a project needs orgIdentifier too"}));
}

TEST(InputSetDocument, NamesItsPipeline) {
  const Read result = read("inputSet: {name: s, identifier: s, pipeline: {identifier: p, x: y}}\n");
  ASSERT_EQ(result.errors, Lines{});
  EXPECT_EQ(std::get<InputSetDocument>(result.documents.at(0).content).pipeline_identifier, "p");
  EXPECT_EQ(read("inputSet: {name: s, identifier: s}\n").errors,
            Lines{"f:1:11: pipeline is missing in inputSet"});
}

TEST(Documents, KeepEachTextOfAStream) {
  const Read result = read(pipeline_text({}) + "---\n# why\n" + kTrigger);
  ASSERT_EQ(result.errors, Lines{});
  ASSERT_EQ(result.documents.size(), 2U);
  EXPECT_EQ(result.documents[0].text, pipeline_text({}));
  EXPECT_EQ(result.documents[1].text, std::string("\n# why\n") + kTrigger);
}

TEST(Duration, FollowsTheGrammar) {
  const std::pair<const char*, int> accepted[] = {
      {"10s", 10},     {"1m", 60},
      {"1m 10s", 70},  {"1m10s", 70},
      {"2h30m", 9000}, {"1d", 86400},
      {"1w", 604800},  {"1m 5s", 65},
      {"100s", 100},   {"999999999999999999999w", 32054400},
      {"1m 0s", 60}};
  for (const auto& [text, seconds] : accepted) {
    EXPECT_EQ(parse_duration(text), std::chrono::seconds(seconds)) << text;
  }
  for (const char* text : {"", "5s", "0", "05m", "10", "10sfoo", "s", "1m  10s", " 1m", "1m ", "1x",
                           "10s 10s", "01s", "-1m", "1.5h"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, IsWrittenAsPeopleDo) {
  const std::pair<int, const char*> rows[] = {{0, "0s"},       {5, "5s"},
                                              {600, "10m"},    {5400, "1h 30m"},
                                              {3024000, "5w"}, {694861, "1w 1d 1h 1m 1s"}};
  for (const auto& [seconds, text] : rows) {
    EXPECT_EQ(duration_text(std::chrono::seconds(seconds)), text);
  }
}

TEST(Names, FollowTheirPatterns) {
  EXPECT_TRUE(is_identifier(std::string(128, 'a')));
  EXPECT_FALSE(is_identifier(std::string(129, 'a')));
  EXPECT_FALSE(is_identifier(""));
  EXPECT_FALSE(is_identifier("1a"));
  EXPECT_TRUE(is_display_name("1 a-b.c"));
  EXPECT_FALSE(is_display_name(" a"));
  EXPECT_FALSE(is_display_name("a/b"));
  EXPECT_TRUE(is_variable_name("a.b$c-d"));
  for (const char* text : {"3", "-3", "+1.5", ".5"}) EXPECT_TRUE(is_number_text(text)) << text;
  for (const char* text : {"", ".", "3.", "1.2.3", "a", "1e5"})
    EXPECT_FALSE(is_number_text(text)) << text;
}

}  // namespace
}  // namespace tripgate::plan

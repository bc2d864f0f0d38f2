// What a pipeline may not hold, with the place of each complaint, and what is only remarked.
#include "engine/plan/pipeline_reader.h"

#include <fstream>
#include <sstream>

#include "test/unit/plan/plan_reading.h"

namespace tripgate::plan {
namespace {

struct Refusal {
  std::string text;
  Lines errors;
};

void expect_refusals(const std::vector<Refusal>& refusals) {
  for (const Refusal& refusal : refusals) {
    EXPECT_EQ(read_plan(refusal.text).errors, refusal.errors) << refusal.text;
  }
}

// Keys of the pipeline on line 4, in column 3.
std::string with_pipeline_keys(const std::string& keys, const std::string& steps = wait_step("a")) {
  return "pipeline:\n  name: P\n  identifier: p\n  " + keys +
         "\n  stages:\n    - stage:\n        name: S\n        identifier: s\n"
         "        type: Custom\n        spec:\n          execution:\n            steps:\n" +
         steps;
}

// Keys of a stage on line 9, in column 9, beside one step.
std::string with_stage_keys(const std::string& keys) {
  return pipeline_with_stage("        " + keys +
                             "\n        spec:\n          execution:\n            steps:\n" +
                             wait_step("a"));
}

TEST(PipelineRules, RefusesKeysOfThePipeline) {
  expect_refusals({
      {"pipeline: {}\n",
       {"1:11: Name can not be empty", "1:11: Identifier can not be empty",
        "1:11: stages is missing in pipeline"}},
      {"pipeline: {name: p, identifier: p-1, stages: []}\n",
       {"1:33: the identifier \"p-1\" must match ^[a-zA-Z_][0-9a-zA-Z_]{0,127}$",
        "1:46: stages must hold at least one stage"}},
      {with_pipeline_keys("template: {templateRef: t, versionLabel: v1}"),
       {"4:13: Template references are not supported; inline template t:v1"}},
      {with_pipeline_keys("gitDetails: {}"), {"4:3: Only inline pipelines are supported"}},
      {with_pipeline_keys("timeout: 5s"),
       {"4:12: Valid timeouts contain units s/m/h/d/w and are written like 10s or 1m 10s"}},
      {with_pipeline_keys("allowStageExecutions: maybe"),
       {"4:25: allowStageExecutions in pipeline must be true or false, not \"maybe\""}},
      {with_pipeline_keys("flowControl: {barriers: [{identifier: b}, {identifier: b}]}"),
       {"4:45:  This element is coming twice in yaml pipeline.flowControl.barriers[identifier:b]"}},
  });
}

TEST(PipelineRules, RefusesVariables) {
  expect_refusals({
      {with_pipeline_keys(
           "variables: [{name: a, type: String, value: x}, {name: a, type: String}]"),
       {"4:50:  This element is coming twice in yaml pipeline.variables[name:a]"}},
      {with_pipeline_keys("variables: [{name: a, type: Number, value: x}]"),
       {"4:46: the value of variable a must be a number, not \"x\""}},
      {with_pipeline_keys("variables: [{name: a, type: Bool, value: x}]"),
       {"4:31: the type of variable a must be String, Number or Secret, not Bool"}},
      {with_pipeline_keys("variables: [{name: 1a, type: String, value: x}]"),
       {"4:22: the variable name \"1a\" must match ^[a-zA-Z_][0-9a-zA-Z_\\.$-]{0,127}$"}},
      {with_pipeline_keys("variables: [{name: a, type: String, required: true}]"),
       {"4:15: Value not provided for required variable: a"}},
      {with_pipeline_keys("variables: [{name: a, type: Secret, value: ' ', required: true}]"),
       {"4:15: Value not provided for required secret variable: a"}},
      {with_pipeline_keys(
           "variables: [{name: a, type: Secret, value: '<+secrets.getValue(\"x\")>'}]"),
       {"4:46: the value of secret variable a must be the id of a secret, not an expression that "
        "reads one"}},
      {with_stage_keys("variables: [{name: a, type: String}, {name: a, type: String}]"),
       {"9:46:  This element is coming twice in yaml pipeline.stages.stage[identifier:s].variables"
        "[name:a]"}},
  });
}

TEST(PipelineRules, ReadsVariables) {
  const PlanReading reading = read_plan(with_pipeline_keys(
      "variables: [{name: s, type: Secret, value: account.token}, {name: n, type: Number, value: "
      "<+input>, default: 3, required: true}, {name: i, type: String, value: "
      "'<+input>.allowedValues(a,b)', required: true}]"));
  ASSERT_EQ(reading.errors, Lines{});
  const std::vector<PlanVariable>& variables = reading.plan.variables;
  EXPECT_EQ(variables.at(0).type, PlanVariable::Type::secret);
  EXPECT_EQ(variables.at(0).text, "account.token");
  EXPECT_EQ(variables.at(1).text, "3");
  EXPECT_TRUE(variables.at(1).is_required);
  EXPECT_EQ(variables.at(2).text, "<+input>.allowedValues(a,b)");
}

TEST(PipelineRules, RefusesConditions) {
  expect_refusals({
      {with_stage_keys("when: {condition: a}"),
       {"9:15: Pipeline Status in stage when condition cannot be empty."}},
      {with_stage_keys("when: {pipelineStatus: Always}"),
       {"9:32: pipelineStatus must be Success, Failure or All, not \"Always\""}},
      {with_stage_keys("when: {pipelineStatus: All, condition: <+input>.executionInput()}"),
       {"9:48: the condition of a when may not use executionInput()"}},
      {pipeline_with_steps(wait_step("a", ", when: {pipelineStatus: All}")),
       {"12:87: Stage Status in step when condition cannot be empty."}},
      {pipeline_with_steps(wait_step("a", ", when: [All]")),
       {"12:87: when of a step must be a mapping, not a list"}},
  });
}

TEST(PipelineRules, RefusesStages) {
  const auto cloud = [](const char* what) {
    return std::string("Stage [s] uses ") + what +
           ", which needs Harness Cloud or a delegate and is not supported here";
  };
  const std::string steps =
      "execution: {steps: [{step: {name: A, identifier: a, type: Wait, spec: {duration: 10s}}}]}";
  const auto typed = [&steps](const std::string& type, const std::string& keys) {
    return pipeline_with_stage("        spec: {" + keys + steps + "}\n", type);
  };
  expect_refusals({
      {pipeline_with_stage("        spec: {}\n"),
       {"9:15: Execution section is required in Custom stage"}},
      {pipeline_with_stage("", "Approval"),
       {"6:9: Execution section is required in Approval stage"}},
      {pipeline_with_stage("        spec: {execution: {steps: []}}\n"),
       {"9:35: pipeline.stages.stage[identifier:s].spec.execution.steps must hold at least one "
        "step"}},
      {typed("FeatureFlag", ""),
       {"8:15: Stage type [FeatureFlag] is not supported by this runner"}},
      {typed("CI", ""), {"9:15: " + cloud("cloneCodebase")}},
      {typed("CI", "cloneCodebase: true, "), {"9:31: " + cloud("cloneCodebase")}},
      {typed("CI", "cloneCodebase: false, infrastructure: {}, "),
       {"9:38: " + cloud("infrastructure")}},
      {typed("Deployment", "service: {}, environment: {}, "),
       {"9:16: " + cloud("service"), "9:29: " + cloud("environment")}},
      {with_stage_keys("skipCondition: <+x>"),
       {"9:9: skipCondition is not supported; write it as when"}},
      {with_stage_keys("dependsOn: [a]"),
       {"9:9: dependsOn is not supported; stages run in the order of the list"}},
      {with_stage_keys("runMode: {type: Manual, timeout: 1d}"),
       {"9:18: runMode Manual is not supported; a stage of type Approval waits for a person"}},
      {with_stage_keys("template: {templateRef: account.t}"),
       {"9:19: Template references are not supported; inline template account.t:"}},
      {pipeline_with_stages("    - insert: {}\n"),
       {"5:7: Stage type [insert] is not supported by this runner"}},
      {pipeline_with_stages("    - parallel: []\n"),
       {"5:17: parallel must hold at least one stage"}},
      {pipeline_with_stages("    - parallel: {}\n"),
       {"5:17: parallel must be a list, not a mapping"}},
      {pipeline_with_stages("    - step: {}\n"),
       {"5:7: \"step\" cannot stand here, only stage and parallel"}},
      {pipeline_with_stages("    - {stage: {}, step: {}}\n"),
       {"5:7: each element must be a mapping with one key, one of stage and parallel"}},
      {pipeline_with_steps("            - stage: {}\n"),
       {"12:15: \"stage\" cannot stand here, only step, stepGroup and parallel"}},
  });
  EXPECT_EQ(read_plan(typed("CI", "cloneCodebase: false, ")).errors, Lines{});
  EXPECT_EQ(read_plan(typed("Deployment", "deploymentType: Kubernetes, ")).errors, Lines{});
}

TEST(PipelineRules, RefusesGroupsInContainersAndFromTemplates) {
  const auto group = [](const std::string& keys) {
    return pipeline_with_steps("            - stepGroup: {name: G, identifier: g, " + keys + "}\n");
  };
  const std::string steps =
      "steps: [{step: {name: A, identifier: a, type: Wait, spec: {duration: 10s}}}]";
  expect_refusals({
      {group("stepGroupInfra: {}, " + steps),
       {"12:51: Step group [g] uses stepGroupInfra, which needs a container cluster and is not "
        "supported by this runner"}},
      {group("template: {templateRef: t, versionLabel: '1'}"),
       {"12:61: Template references are not supported; inline template t:1"}},
      {group("variables: []"), {"12:26: steps is missing in a step group"}},
      {group("steps: []"),
       {"12:58: pipeline.stages.stage[identifier:s].spec.execution.steps.stepGroup[identifier:g]."
        "steps must hold at least one step"}},
  });
}

TEST(PipelineRules, RefusesIdentifiersThatComeTwice) {
  const std::string steps = "pipeline.stages.stage[identifier:s].spec.execution.steps.";
  const std::string twice = ":  This element is coming twice in yaml ";
  const std::string stage =
      "stage: {name: S, identifier: s, type: Custom, spec: {execution: {steps: [{step: {name: A, "
      "identifier: a, type: Wait, spec: {duration: 10s}}}]}}}";
  expect_refusals({
      {pipeline_with_steps(wait_step("a") + wait_step("a")),
       {"13:21" + twice + steps + "step[identifier:a]"}},
      {pipeline_with_steps(wait_step("a") + "            - parallel:\n    " + wait_step("b") +
                           "    " + wait_step("a")),
       {"15:25" + twice + steps + "PARALLEL.step[identifier:a]"}},
      {pipeline_with_steps(
           wait_step("g") +
           "            - stepGroup: {name: G, identifier: g, steps: [{step: {name: "
           "A, identifier: a, type: Wait, spec: {duration: 10s}}}]}\n"),
       {"13:26" + twice + steps + "stepGroup[identifier:g]"}},
      {pipeline_with_stages("    - " + stage + "\n    - parallel:\n      - " + stage + "\n"),
       {"7:16" + twice + "pipeline.stages.PARALLEL.stage[identifier:s]"}},
  });
}

TEST(PipelineRules, RemarksStepIdsThatComeTwiceInAStage) {
  const PlanReading reading = read_plan(pipeline_with_steps(
      wait_step("a") +
      "            - stepGroup: {name: G, identifier: g, steps: [{step: {name: A, identifier: a, "
      "type: Wait, spec: {duration: 10s}}}]}\n"));
  EXPECT_EQ(reading.errors, Lines{});
  EXPECT_EQ(reading.warnings,
            Lines{"13:66: step ids should be unique in a stage: a stands at 12:21 too"});
}

TEST(PipelineRules, RefusesChainsThatCannotBe) {
  const auto chained = [](const std::string& keys, const std::string& spec) {
    return pipeline_with_stage(keys + "        spec: " + spec + "\n", "Pipeline");
  };
  expect_refusals({
      {chained("", "{}"),
       {"9:15: pipeline is missing in spec of stage [s]",
        "9:15: org is missing in spec of stage [s]",
        "9:15: project is missing in spec of stage [s]"}},
      {chained("        strategy: {parallelism: 2}\n", "{pipeline: c, org: o, project: p}"),
       {"9:19: a stage of type Pipeline may not have a strategy"}},
      {chained("", "{pipeline: c, org: o, project: p, inputs: {a: b}, inputSetReferences: [i]}"),
       {"9:57: a chained pipeline has either inputs or inputSetReferences"}},
      {chained("",
               "{pipeline: c, org: o, project: p, outputs: [{name: a, value: b}, {name: a, value: "
               "c}]}"),
       {"9:80:  This element is coming twice in yaml pipeline.stages.stage[identifier:s].spec."
        "outputs[name:a]"}},
  });
}

TEST(PipelineRules, ReadsAChainedPipeline) {
  const PlanReading reading =
      read_plan(pipeline_with_stage("        spec: {pipeline: c, org: o, project: p, inputs: "
                                    "{identifier: c, variables: [{name: v, "
                                    "type: String, value: '3'}]}, outputs: [{name: image, value: "
                                    "<+pipeline.variables.image>}]}\n",
                                    "Pipeline"));
  ASSERT_EQ(reading.errors, Lines{});
  const PlanNode& stage = reading.plan.stages.children.at(0);
  EXPECT_TRUE(stage.children.empty());
  const auto& chained = std::get<ChainedPipelineSpec>(stage.spec);
  EXPECT_EQ(chained.pipeline + chained.org + chained.project, "cop");
  const auto inputs = yaml::parse_document(chained.inputs, "");
  ASSERT_TRUE(inputs) << chained.inputs;
  const yaml::Node& variable = inputs->root.find("pipeline")->find("variables")->items.at(0);
  EXPECT_EQ(variable.find("value")->text, "3");
  EXPECT_EQ(chained.outputs.at(0).text, "<+pipeline.variables.image>");
}

TEST(NotificationRules, RefusesWithPlaceAndText) {
  const auto rule = [](const std::string& keys) {
    return with_pipeline_keys("notificationRules: [{name: R, identifier: r, " + keys + "}]");
  };
  const std::string events = "pipelineEvents: [{type: AllEvents}]";
  const std::string method = "notificationMethod: {type: Webhook, spec: {webhookUrl: u}}";
  expect_refusals({
      {rule(method), {"4:23: pipelineEvents is missing in notification rule [r]"}},
      {rule(events), {"4:23: notificationMethod is missing in notification rule [r]"}},
      {rule("pipelineEvents: [{type: Rain}], " + method), {"4:72: Invalid value: Rain"}},
      {rule(events + ", notificationMethod: {type: Slack, spec: {webhookUrl: u}}"),
       {"4:112: Notification method [Slack] (rule [r]) is not supported by this runner"}},
      {rule(events + ", notificationMethod: {type: Webhook, spec: {}}"),
       {"4:127: webhookUrl is missing in notificationMethod of notification rule [r]"}},
      {with_pipeline_keys("notificationRules: [{name: R, identifier: r, " + events + ", " + method +
                          "}, {name: R, identifier: r, " + events + ", " + method + "}]"),
       {"4:146:  This element is coming twice in yaml pipeline.notificationRules[identifier:r]"}},
  });
}

TEST(NotificationRules, AreRead) {
  const PlanReading reading = read_plan(with_pipeline_keys(
      "notificationRules: [{name: R, identifier: r, enabled: false, pipelineEvents: [{type: "
      "PipelineFailed}, {type: StageFailed, forStages: [AllStages]}, {type: StepFailed, forStages: "
      "[s], forSteps: [a]}], notificationMethod: {type: Webhook, spec: {webhookUrl: <+u>, headers: "
      "{X-A: b}}}}, {name: E, identifier: e, pipelineEvents: [], notificationMethod: {type: Email, "
      "spec: {recipients: [a@b]}}}]"));
  ASSERT_EQ(reading.errors, Lines{});
  EXPECT_EQ(reading.warnings, Lines{});
  const NotificationRule& rule = reading.plan.notification_rules.at(0);
  EXPECT_FALSE(rule.is_enabled);
  EXPECT_EQ(rule.events.at(1).stages, Lines{});
  EXPECT_EQ(rule.events.at(2).stages, Lines{"s"});
  EXPECT_EQ(rule.events.at(2).steps, Lines{"a"});
  EXPECT_EQ(rule.url, "<+u>");
  EXPECT_EQ(rule.headers.at(0).second, "b");
  EXPECT_EQ(reading.plan.notification_rules.at(1).recipients, Lines{"a@b"});
}

TEST(NotificationRules, SayWhichEventNeverComes) {
  const PlanReading reading = read_plan(with_pipeline_keys(
      "notificationRules: [{name: R, identifier: r, pipelineEvents: [{type: TriggerFailed}, {type: "
      "PipelineEnd}], notificationMethod: {type: Webhook, spec: {webhookUrl: u}}}]"));
  EXPECT_EQ(reading.errors, Lines{});
  EXPECT_EQ(reading.warnings, Lines{"4:72: Ignoring TriggerFailed: where a trigger fails there is "
                                    "no run to tell of it"});
}

std::string barrier(const std::string& identifier, const std::string& spec = "{barrierRef: m}") {
  return "- step: {name: B, identifier: " + identifier + ", type: Barrier, spec: " + spec + "}\n";
}

std::string with_barriers(const std::string& steps) {
  return with_pipeline_keys("flowControl: {barriers: [{name: M, identifier: m}]}", steps);
}

TEST(Barriers, RefusesReferencesAndLoops) {
  const std::string indent = "            ";
  expect_refusals({
      {with_barriers(indent + barrier("a", "{}")), {"13:67: barrierRef cannot be null -> a"}},
      {with_barriers(indent + barrier("a", "{barrierRef: n}")),
       {"13:80: Barrier Identifier n was not present in flowControl"}},
      {with_barriers(indent +
                     "- stepGroup:\n                name: G\n                identifier: "
                     "g\n                strategy: {parallelism: 2}\n                steps:\n"
                     "                " +
                     barrier("a")),
       {"18:25: Barrier step [a] cannot stand inside a loop"}},
  });
}

TEST(Barriers, RemarksStepsThatCanNeverMeet) {
  const std::string indent = "            ";
  const auto warnings = [](const std::string& steps) {
    const PlanReading reading = read_plan(with_barriers(steps));
    EXPECT_EQ(reading.errors, Lines{});
    return reading.warnings;
  };
  EXPECT_EQ(warnings(indent + barrier("a") + indent + barrier("b")),
            Lines{"14:21: barrier m waits for itself: the step at 13:21 runs before this one and "
                  "holds it up until its timeout"});
  EXPECT_EQ(
      warnings(indent + "- parallel:\n  " + indent + barrier("a") + "  " + indent + barrier("b")),
      Lines{});
  EXPECT_EQ(warnings(indent + "- parallel:\n  " + indent + barrier("a") + "  " + indent +
                     barrier("b") + indent + barrier("c")),
            Lines{"16:21: barrier m waits for itself: the step at 14:23 runs before this one and "
                  "holds it up until its timeout"});
  EXPECT_EQ(
      warnings(indent + "- parallel:\n  " + indent +
               "- stepGroup: {name: G, identifier: g, steps: [{step: {name: B, identifier: x, "
               "type: Barrier, spec: {barrierRef: m}}}, {step: {name: B, identifier: y, type: "
               "Barrier, spec: {barrierRef: m}}}]}\n")
          .size(),
      1U);
}

TEST(PipelineRules, RemarksWhatHasNoEffect) {
  const PlanReading reading =
      read_plan(with_pipeline_keys("delegateSelectors: [a]\n  properties: {}\n  colour: red"));
  EXPECT_EQ(reading.errors, Lines{});
  EXPECT_EQ(reading.warnings,
            (Lines{"4:3: Ignoring delegateSelectors: no delegates in self-hosted mode",
                   "6:3: the key \"colour\" means nothing in pipeline"}));
}

TEST(PipelineRules, NamesOfTheCloudAreRemarked) {
  const PlanReading reading = read_plan(pipeline_with_stage(
      "        variables:\n"
      "          - {name: a, type: String, value: \"x <+variable.org.x> <+variables.a>\"}\n"
      "          - {name: b, type: String, value: <+trigger.payload.<+env.name>>}\n"
      "          - {name: c, type: String, value: <+service.name> <+env> env.x}\n"
      "        spec: {execution: {steps: [{step: {name: A, identifier: service, type: Wait, spec: "
      "{duration: 1m}}}]}}\n"));
  EXPECT_EQ(reading.errors, Lines());
  EXPECT_EQ(reading.warnings,
            (Lines{"10:47: <+variable.*> has no value: this engine knows no variable",
                   "11:62: <+env.*> has no value: this engine knows no env"}));
}

TEST(CompleteExample, BecomesAPlan) {
  std::ifstream file("test/data/plan/edge_deploy.yaml");
  std::ostringstream text;
  text << file.rdbuf();
  const PlanReading reading = read_plan(text.str(), "run1");
  ASSERT_EQ(reading.errors, Lines{});
  EXPECT_EQ(reading.warnings, Lines{});
  const PipelinePlan& plan = reading.plan;
  EXPECT_EQ(plan.barriers, Lines{"meet"});
  EXPECT_EQ(plan.org + "." + plan.project, "default.demo");
  const PlanNode& build = plan.stages.children.at(0);
  EXPECT_EQ(build.timeout.fixed, std::chrono::minutes(30));
  const PlanNode& prepare = build.children.at(0).children.at(0);
  const auto& script = std::get<ScriptSpec>(prepare.spec);
  EXPECT_EQ(script.script.text, "set -e\nTAG=\"${IMG##*:}\"\n");
  EXPECT_EQ(script.alias->key, "built");
  EXPECT_EQ(prepare.on_failure.for_untyped->type, FailureAction::Type::mark_as_failure);
  const PlanNode& checks = build.children.at(0).children.at(1);
  EXPECT_EQ(checks.loop->axes.at(0).values, (Lines{"n1", "n2"}));
  const PlanNode& ping = checks.children.at(0);
  const auto timeout = static_cast<std::size_t>(ErrorName::timeout);
  EXPECT_EQ(ping.on_failure.by_error.at(timeout)->type, FailureAction::Type::retry);
  EXPECT_EQ(ping.on_failure.for_untyped->type, FailureAction::Type::mark_as_failure);
  EXPECT_EQ(build.children.at(0).children.at(2).run_condition, "<+Always>");
  const PlanNode& confirm = plan.stages.children.at(1);
  EXPECT_EQ(confirm.type, "Approval");
  const auto& approval = std::get<ApprovalSpec>(confirm.children.at(0).children.at(0).spec);
  EXPECT_EQ(approval.user_groups, Lines{"ops"});
}

TEST(PipelineRules, TheProjectOfAChainedPipelineIsWrittenOut) {
  const PlanReading reading = read_plan(pipeline_with_stage(
      "        spec: {pipeline: c, org: \"<+input>\", project: \"<+org.identifier>\"}\n",
      "Pipeline"));
  const std::string why =
      " of a chained pipeline must be written out: whether it may be run there is decided when "
      "this pipeline is saved";
  EXPECT_EQ(reading.errors, (Lines{"9:34: the org" + why, "9:55: the project" + why}));
}

}  // namespace
}  // namespace tripgate::plan

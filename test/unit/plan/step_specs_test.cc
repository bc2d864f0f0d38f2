// The specs of all types of steps: what is refused, with its place, and what becomes of the rest.
#include "engine/plan/step_specs.h"

#include "test/unit/plan/plan_reading.h"

namespace tripgate::plan {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// The spec is a mapping that begins on line 17 in column 23.
struct Refusal {
  std::string type;
  std::string spec;
  Lines errors;
};

void expect_refusals(const std::vector<Refusal>& refusals) {
  for (const Refusal& refusal : refusals) {
    EXPECT_EQ(read_plan(pipeline_with_step(refusal.type, refusal.spec)).errors, refusal.errors)
        << refusal.type << ' ' << refusal.spec;
  }
}

// Reads a step that must be fine.
template <class Spec>
Spec read_spec(const std::string& type, const std::string& spec) {
  const PlanReading reading = read_plan(pipeline_with_step(type, spec));
  EXPECT_EQ(reading.errors, Lines{}) << spec;
  EXPECT_EQ(reading.warnings, Lines{}) << spec;
  if (!reading.errors.empty()) return {};
  const PlanNode& stage = reading.plan.stages.children.at(0);
  const auto* found = std::get_if<Spec>(&stage.children.at(0).children.at(0).spec);
  EXPECT_NE(found, nullptr);
  return found == nullptr ? Spec{} : *found;
}

TEST(StepSpecs, RefusesUnknownTypes) {
  expect_refusals({
      {"K8sRollingDeploy",
       "{}",
       {"15:23: Step type [K8sRollingDeploy] (step [a]) is not supported by this runner"}},
      {"JiraApproval",
       "{}",
       {"15:23: Step type [JiraApproval] (step [a]) is not supported by this runner"}},
      {"Policy", "{}", {"15:23: Policy step [a] is not supported by this runner"}},
  });
}

TEST(ScriptSpecs, RefusesWhatThisHostCannotRun) {
  const std::string source = "source: {type: Inline, spec: {script: x}}";
  expect_refusals({
      {"ShellScript",
       "{shell: PowerShell, " + source + "}",
       {"17:31: Shell PowerShell is not supported on this host"}},
      {"ShellScript",
       "{shell: Zsh, " + source + "}",
       {"17:31: the shell must be Bash, not \"Zsh\""}},
      {"ShellScript", "{shell: Bash}", {"17:23: source is missing in step [a]"}},
      {"ShellScript",
       "{shell: Bash, source: {type: Harness, spec: {file: /x.sh}}}",
       {"17:52: Unsupported source type: Harness"}},
      {"ShellScript",
       "{shell: Bash, executionTarget: {host: h}, " + source + "}",
       {"17:61: SSH targets are not supported by this runner"}},
      {"ShellScript",
       "{shell: Bash, environmentVariables: [{name: A, type: String}], " + source + "}",
       {"17:60: Env. variable [A] value found to be null"}},
      {"ShellScript",
       "{shell: Bash, outputAlias: {key: '', scope: Stage}, " + source + "}",
       {"17:50: Empty value for key is not allowed in output alias configuration"}},
      {"ShellScript",
       "{shell: Bash, outputAlias: {key: k, scope: Org}, " + source + "}",
       {"17:66: scope must be Pipeline, Stage or StepGroup, not \"Org\""}},
      {"Run", "{}", {"17:23: command is missing in step [a]"}},
      {"Run",
       "{command: x, shell: Pwsh}",
       {"17:43: Shell PowerShell is not supported on this host"}},
      {"Run",
       "{command: x, shell: Fish}",
       {"17:43: the shell must be Sh, Bash or Python, not \"Fish\""}},
      {"Run",
       "{command: x, image: alpine}",
       {"17:36: Step [a] uses image, which needs a container runtime and is not supported by this "
        "runner"}},
      {"Run",
       "{command: x, envVariables: {a-b: c}}",
       {"17:23: the environment variable \"a-b\" is no name for a shell"}},
      {"Run",
       "{command: x, envVariables: {PATH: <+trigger.payload.p>}}",
       {"17:23: PATH acts on bash itself; use a variable of your own"}},
  });
}

TEST(ScriptSpecs, RefusesPlacementsWithTheirPlace) {
  const std::string safe_way =
      "a Python command may not hold expressions; put the value into envVariables and read it from "
      "os.environ";
  expect_refusals({
      {"ShellScript",
       "{shell: Bash, source: {type: Inline, spec: {script: 'eval \"<+trigger.payload.x>\"'}}}",
       {"17:82: eval runs the value as a command; call the command itself"}},
      {"Run",
       "{command: 'eval \"<+trigger.payload.x>\"'}",
       {"17:40: eval runs the value as a command; call the command itself"}},
      {"Run",
       "{shell: Bash, command: 'eval \"<+trigger.payload.x>\"'}",
       {"17:53: eval runs the value as a command; call the command itself"}},
      {"Run",
       "{shell: Python, command: 'print(\"<+trigger.payload.x>\", <+y>)'}",
       {"17:56: " + safe_way, "17:79: " + safe_way}},
  });
}

TEST(ScriptSpecs, ReadsRun) {
  const auto run = read_spec<ScriptSpec>(
      "Run",
      "{command: echo <+a>, envVariables: {E: <+e>}, outputVariables: [{name: o}, {name: p, type: "
      "Secret, value: q}], outputAlias: {key: k, scope: StepGroup}}");
  EXPECT_EQ(run.shell, ScriptSpec::Shell::sh);
  EXPECT_TRUE(run.stops_at_first_error);
  EXPECT_EQ(run.script.text, "echo \"${_tripgate_1}\"");
  EXPECT_EQ(run.environment.at(0).text, "<+e>");
  EXPECT_EQ(run.outputs.at(0).shell_variable, "o");
  EXPECT_EQ(run.outputs.at(1).shell_variable, "q");
  EXPECT_TRUE(run.outputs.at(1).is_secret);
  EXPECT_EQ(run.alias->key, "k");
  EXPECT_EQ(run.alias->scope, OutputScope::step_group);
  const auto python = read_spec<ScriptSpec>("Run", "{shell: Python, command: print(1)}");
  EXPECT_EQ(python.shell, ScriptSpec::Shell::python);
  EXPECT_FALSE(python.stops_at_first_error);
  EXPECT_EQ(python.script.text, "print(1)");
}

TEST(ScriptSpecs, LetsAWholeScriptBeARuntimeInput) {
  const auto shell = read_spec<ScriptSpec>(
      "ShellScript", "{shell: <+input>, source: {type: <+input>, spec: {script: <+input>}}}");
  EXPECT_TRUE(shell.script.references.empty());
  EXPECT_TRUE(shell.script.text.ends_with("exit 1")) << shell.script.text;
  const auto python = read_spec<ScriptSpec>("Run", "{shell: Python, command: <+input>.default(x)}");
  EXPECT_TRUE(python.script.text.starts_with("raise SystemExit(")) << python.script.text;
}

TEST(HttpSpec, RefusesIncompleteRequests) {
  expect_refusals({
      {"Http", "{}", {"17:23: url is missing in step [a]", "17:23: method is missing in step [a]"}},
      {"Http", "{url: '', method: GET}", {"17:29: url must not be empty in step [a]"}},
      {"Http",
       "{url: u, method: GET, headers: [{key: A, value: b}, {key: A, value: c}]}",
       {"17:75: the header A of step [a] is given twice"}},
      {"Http",
       "{url: u, method: GET, outputVariables: [{name: o, type: Bool, value: x}]}",
       {"17:79: the type of variable o must be String, Number or Secret, not Bool"}},
  });
}

TEST(HttpSpec, ReadsARequest) {
  const auto http = read_spec<HttpSpec>(
      "Http",
      "{url: 'http://<+h>/', method: post, headers: [{key: A, value: <+b>}], requestBody: '{}', "
      "assertion: <+httpResponseCode> == 200, inputVariables: [], outputVariables: [{name: o, "
      "type: String, value: <+x>}], certificate: c, certificateKey: k}");
  EXPECT_EQ(http.url, "http://<+h>/");
  EXPECT_EQ(http.method, "post");
  EXPECT_EQ(http.headers, (Pairs{{"A", "<+b>"}}));
  EXPECT_EQ(http.assertion, "<+httpResponseCode> == 200");
  EXPECT_EQ(http.body, "{}");
  EXPECT_EQ(http.outputs.at(0).text, "<+x>");
  EXPECT_EQ(http.certificate_key, "k");
}

TEST(WaitSpec, RefusesWhatIsNoDuration) {
  const std::string not_positive =
      "Invalid input for duration of wait step, Duration should be greater than 0";
  expect_refusals({
      {"Wait", "{}", {"17:23: duration is missing in step [a]"}},
      {"Wait", "{duration: 0}", {"17:34: " + not_positive}},
      {"Wait", "{duration: -10m}", {"17:34: " + not_positive}},
      {"Wait", "{duration: ''}", {"17:34: " + not_positive}},
      {"Wait",
       "{duration: 5s}",
       {"17:34: Valid timeouts contain units s/m/h/d/w and are written like 10s or 1m 10s"}},
  });
  EXPECT_EQ(read_spec<WaitSpec>("Wait", "{duration: <+pipeline.variables.d>}").duration,
            "<+pipeline.variables.d>");
}

TEST(ApprovalSpec, RefusesApproversThatCannotBe) {
  const std::string rest = "approvalMessage: m, includePipelineExecutionHistory: true, ";
  expect_refusals({
      {"HarnessApproval",
       "{" + rest + "approvers: {userGroups: [], minimumCount: 1}}",
       {"17:94: All the provided user groups are empty"}},
      {"HarnessApproval",
       "{" + rest + "approvers: {userGroups: [a], minimumCount: x}}",
       {"17:126: The minimum count value (x) must be a valid integer"}},
      {"HarnessApproval",
       "{" + rest + "approvers: {userGroups: [a], minimumCount: 0}}",
       {"17:126: Minimum count should be > 0"}},
      {"HarnessApproval",
       "{" + rest + "callbackId: a b, approvers: {userGroups: [a], minimumCount: 1}}",
       {"17:95: the callbackId \"a b\" must match "
        "^[a-zA-Z0-9_-]*(<\\+[^ ]+>)?[a-zA-Z0-9_.()-]*$"}},
      {"HarnessApproval",
       "{" + rest +
           "approvers: {userGroups: [a], minimumCount: 1}, autoApproval: {action: REJECT, "
           "scheduledDeadline: {time: t, timeZone: z}}}",
       {"17:153: the action of autoApproval must be APPROVE, not \"REJECT\""}},
  });
}

TEST(ApprovalSpec, ReadsAnApproval) {
  const auto approval = read_spec<ApprovalSpec>(
      "HarnessApproval",
      "{approvalMessage: 'Go <+a>?', includePipelineExecutionHistory: true, approvers: "
      "{userGroups: "
      "<+pipeline.variables.groups>, minimumCount: <+n>, disallowPipelineExecutor: true}, "
      "approverInputs: [{name: why, defaultValue: d, required: true, allowedValues: 'x, y', regex: "
      "'[xy]'}, {name: who, selectOneFrom: [p, q]}], isAutoRejectEnabled: true, callbackId: "
      "'id-<+pipeline.sequenceId>.x()', autoApproval: {action: APPROVE, scheduledDeadline: "
      "{timeZone: UTC, time: 2026-01-31 09:24 AM}, comments: c}}");
  EXPECT_EQ(approval.user_groups, Lines{"<+pipeline.variables.groups>"});
  EXPECT_EQ(approval.minimum_count, "<+n>");
  EXPECT_TRUE(approval.excludes_executor && approval.includes_history && approval.rejects_older);
  EXPECT_EQ(approval.inputs.at(0).allowed_values, (Lines{"x", "y"}));
  EXPECT_TRUE(approval.inputs.at(0).is_required);
  EXPECT_EQ(approval.inputs.at(1).allowed_values, (Lines{"p", "q"}));
  EXPECT_EQ(approval.callback_id, "id-<+pipeline.sequenceId>.x()");
  EXPECT_EQ(approval.auto_approval_time, "2026-01-31 09:24 AM");
  EXPECT_EQ(approval.auto_approval_time_zone, "UTC");
  EXPECT_EQ(approval.auto_approval_comments, "c");
}

TEST(ApprovalSpec, WaitsForADayUnlessToldOtherwise) {
  const PlanReading reading = read_plan(pipeline_with_steps(
      "            - step: {name: A, identifier: a, type: HarnessApproval, spec: {approvers: "
      "{userGroups: [a], minimumCount: 1}}}\n"));
  ASSERT_EQ(reading.errors, Lines{});
  EXPECT_EQ(reading.plan.stages.children[0].children[0].children[0].timeout.fixed,
            std::chrono::days(1));
}

TEST(QueueAndMessages, RefuseWhatIsMissing) {
  expect_refusals({
      {"Queue", "{scope: Stage}", {"17:23: key is missing in step [a]"}},
      {"Queue",
       "{key: k, scope: StepGroup}",
       {"17:39: scope must be Pipeline or Stage, not \"StepGroup\""}},
      {"Email", "{to: a@b, subject: ' ', body: b}", {"17:42: Email subject cannot be blank"}},
      {"Email", "{to: a@b, subject: s}", {"17:23: Email body cannot be blank"}},
      {"EventListener",
       "{webhookIdentifier: w}",
       {"17:23: successCriteria is missing in step [a]"}},
  });
  EXPECT_EQ(read_spec<QueueSpec>("Queue", "{key: k, scope: Stage}").scope, OutputScope::stage);
  EXPECT_EQ(read_spec<EmailSpec>("Email", "{to: a, cc: b, subject: s, body: t}").cc, "b");
  EXPECT_EQ(read_spec<EventListenerSpec>(
                "EventListener",
                "{webhookIdentifier: w, successCriteria: <+event.payload.ok>, failureCriteria: f}")
                .failure_criteria,
            "f");
}

TEST(StepSpecs, RemarksWhatHasNoEffect) {
  const PlanReading reading = read_plan(pipeline_with_step(
      "Run", "{command: x, connectorRef: c, privileged: true, reports: {}, comand: y}",
      "                delegateSelectors: [d]\n                enforce: {policySets: []}\n"));
  EXPECT_EQ(reading.errors, Lines{});
  EXPECT_EQ(reading.warnings,
            (Lines{"18:17: Ignoring delegateSelectors: no delegates in self-hosted mode",
                   "19:17: policies are not evaluated",
                   "17:53: Ignoring privileged: steps run without containers",
                   "17:71: Ignoring reports: test reports are not collected",
                   "17:36: Ignoring connectorRef: no delegates in self-hosted mode",
                   "17:84: the key \"comand\" means nothing in step [a]"}));
}

}  // namespace
}  // namespace tripgate::plan

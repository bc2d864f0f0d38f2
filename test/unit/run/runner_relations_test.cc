// Runs that depend on each other: keys of Queue steps and chained pipelines.
#include <gtest/gtest.h>

#include "engine/match/repeated_run.h"
#include "test/lib/machine_stand.h"
#include "test/lib/run_stand.h"

namespace tripgate {
namespace {

class RunnerRelations : public ::testing::Test {
 protected:
  void start(const std::string& stages) {
    stand_.catalog.add(7, "custom", "deploy");
    stand_.catalog.pipelines["deploy"] = pipeline_of("deploy", stages);
    stand_.start();
  }

  void fire() { stand_.append(event_id(++events_), 7, "{}"); }

  void wait_for_starts(std::size_t count) {
    ASSERT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() >= count; }));
  }

  void wait_for(ExecutionNumber number, const std::string& path, RunStatus status) {
    ASSERT_TRUE(stand_.run_until([&] { return stand_.node(number, path).status == status; }))
        << path << " is " << display_name(stand_.node(number, path).status);
  }

  /// Whether the approval was taken.
  bool approve(ExecutionNumber number, const std::string& path, const std::string& user) {
    std::optional<bool> is_taken;
    stand_.runner->act_on_approval(number, stand_.node(number, path).execution_id,
                                   {{user, user, ""}},
                                   [&](const auto& done) { is_taken = done.has_value(); });
    EXPECT_TRUE(stand_.run_until([&] { return is_taken.has_value(); }));
    return is_taken.value_or(false);
  }

  RunStatus final_status(std::size_t index) {
    EXPECT_TRUE(stand_.run_until([&] {
      const auto all = stand_.executions();
      return index < all.size() && is_final(all[index].status);
    }));
    return stand_.executions()[index].status;
  }

  RunStand stand_;
  std::uint64_t events_ = 0;
};

const std::string kQueued =
    stage_yaml("s", typed_step_yaml("q", "Queue", "key: lock, scope: Pipeline", "timeout: 1h") +
                        ", " + step_yaml("a"));

TEST_F(RunnerRelations, LetsOneRunAtATimeHoldAKey) {
  start(kQueued);
  fire();
  wait_for_starts(1);
  fire();
  wait_for(2, "s.spec.execution.steps.q", RunStatus::resource_waiting);
  EXPECT_EQ(stand_.commands.started.size(), 1u);
  stand_.commands.end(stand_.commands.started[0].id, 0);
  wait_for_starts(2);
  EXPECT_EQ(stand_.node(2, "s.spec.execution.steps.q").status, RunStatus::succeeded);
}

TEST_F(RunnerRelations, KnowsHoldersAndWaitersAfterARestart) {
  start(kQueued);
  fire();
  wait_for_starts(1);
  fire();
  wait_for(2, "s.spec.execution.steps.q", RunStatus::resource_waiting);
  const AttemptId id = stand_.commands.started[0].id;
  stand_.kill();
  stand_.commands.adoptable[id] = Adoption::running;
  stand_.start();
  fire();
  wait_for(3, "s.spec.execution.steps.q", RunStatus::resource_waiting);
  EXPECT_EQ(stand_.node(2, "s.spec.execution.steps.q").status, RunStatus::resource_waiting);
  stand_.commands.end(id, 0);
  wait_for_starts(2);
  EXPECT_EQ(stand_.commands.started.back().id.execution_id,
            stand_.executions()[1].plan_execution_id);
}

std::string approval_stage(const std::string& keys, const std::string& rules =
                                                        "minimumCount: 1, "
                                                        "disallowPipelineExecutor: false") {
  return stage_yaml("s", typed_step_yaml("ok", "HarnessApproval",
                                         "approvalMessage: go, includePipelineExecutionHistory: "
                                         "false, approvers: {userGroups: [_project_all_users], " +
                                             rules + "}" + keys,
                                         "timeout: 1d"));
}

TEST_F(RunnerRelations, AnApprovalRejectsOlderRunsOfTheSameStep) {
  start(approval_stage(", isAutoRejectEnabled: true"));
  const std::string path = "s.spec.execution.steps.ok";
  for (ExecutionNumber number = 1; number <= 3; ++number) {
    fire();
    wait_for(number, path, RunStatus::approval_waiting);
  }
  EXPECT_TRUE(approve(2, path, "ada"));
  wait_for(1, path, RunStatus::approval_rejected);
  wait_for(2, path, RunStatus::succeeded);
  EXPECT_EQ(stand_.node(3, path).status, RunStatus::approval_waiting);
  const auto rejected = decode_approval(stand_.node(1, path).instance);
  ASSERT_TRUE(rejected);
  EXPECT_EQ(rejected->activities.front().comments,
            "Rejected due to approval of " + stand_.executions()[1].plan_execution_id);
}

TEST_F(RunnerRelations, AnApprovalRejectsOlderRunsOfWhoeverHasActedOnThem) {
  start(approval_stage(", isAutoRejectEnabled: true",
                       "minimumCount: 2, disallowPipelineExecutor: false"));
  const std::string path = "s.spec.execution.steps.ok";
  for (ExecutionNumber number = 1; number <= 2; ++number) {
    fire();
    wait_for(number, path, RunStatus::approval_waiting);
  }
  EXPECT_TRUE(approve(1, path, "ada"));
  EXPECT_TRUE(approve(2, path, "bob"));
  EXPECT_TRUE(approve(2, path, "ada"));
  wait_for(2, path, RunStatus::succeeded);
  EXPECT_EQ(stand_.node(1, path).status, RunStatus::approval_rejected);
}

TEST_F(RunnerRelations, AnApprovalRejectsOlderRunsOfWhoeverStartedThem) {
  start(approval_stage(", isAutoRejectEnabled: true",
                       "minimumCount: 1, disallowPipelineExecutor: true"));
  const std::string path = "s.spec.execution.steps.ok";
  stand_.append(event_id(++events_), 7, "{}", {}, true);
  wait_for(1, path, RunStatus::approval_waiting);
  fire();
  wait_for(2, path, RunStatus::approval_waiting);
  EXPECT_FALSE(approve(1, path, "ada")) << "she started it";
  EXPECT_TRUE(approve(2, path, "ada"));
  wait_for(2, path, RunStatus::succeeded);
  EXPECT_EQ(stand_.node(1, path).status, RunStatus::approval_rejected);
}

TEST_F(RunnerRelations, AnApprovalIsStoredWhenItIsAnsweredAndSurvivesAKill) {
  start(approval_stage(""));
  const std::string path = "s.spec.execution.steps.ok";
  fire();
  wait_for(1, path, RunStatus::approval_waiting);
  const std::string id = stand_.node(1, path).execution_id;
  stand_.kill();
  stand_.start();
  bool is_answered = false;
  stand_.runner->act_on_approval(1, id, {{"ada", "ada", ""}}, [&](const auto& done) {
    EXPECT_TRUE(done);
    EXPECT_EQ(stand_.node(1, path).status, RunStatus::succeeded) << "answered before it was stored";
    is_answered = true;
  });
  ASSERT_TRUE(stand_.run_until([&] { return is_answered; }));
  stand_.kill();
  stand_.start();
  EXPECT_EQ(final_status(0), RunStatus::succeeded);
}

TEST_F(RunnerRelations, FindsAWaitingNodeByItsId) {
  start(approval_stage(""));
  fire();
  wait_for(1, "s.spec.execution.steps.ok", RunStatus::approval_waiting);
  const std::string id = stand_.node(1, "s.spec.execution.steps.ok").execution_id;
  const auto txn = stand_.store->begin_read();
  ASSERT_TRUE(txn);
  const auto found = find_waiting_node(*txn, stand_.store->databases(), id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->execution, 1u);
  EXPECT_EQ(found->node.identifier, "ok");
  for (const std::string& other : {std::string(), std::string("x"), std::string(600, 'x')}) {
    const auto none = find_waiting_node(*txn, stand_.store->databases(), other);
    EXPECT_TRUE(!none && none.error() == Errc::not_found) << other;
  }
}

const std::string kChain =
    "- stage: {name: c, identifier: c, type: Pipeline, spec: {pipeline: child, org: default, "
    "project: demo, outputs: [{name: tag, type: String, value: "
    "<+pipeline.stages.s.spec.execution.steps.a.output.outputVariables.tag>}]}}\n" +
    stage_yaml("t", step_yaml("b",
                              "when: {stageStatus: Success, condition: "
                              "'<+pipeline.stages.c.output.tag> == \"v1\"'}"));

TEST_F(RunnerRelations, FailsAStageWhosePipelineDoesNotExist) {
  start(kChain);
  fire();
  EXPECT_EQ(final_status(0), RunStatus::failed);
  EXPECT_EQ(stand_.node(1, "c").failure.message,
            "Pipeline with the given ID: child does not exist or has been deleted");
}

TEST_F(RunnerRelations, ACycleOfChainsEndsAtItsFirstChild) {
  start(kChain);
  stand_.catalog.pipelines["child"] = pipeline_of(
      "child",
      "- stage: {name: c, identifier: c, type: Pipeline, spec: {pipeline: deploy, org: default, "
      "project: demo}}\n");
  fire();
  EXPECT_EQ(final_status(0), RunStatus::failed);
  ASSERT_EQ(stand_.executions().size(), 2u);
  EXPECT_EQ(final_status(1), RunStatus::failed);
  EXPECT_EQ(stand_.node(2, "c").failure.message, "A chained pipeline cannot chain another one");
}

/// A stage that hands its child what the event holds.
const std::string kChainWithInputs =
    "- stage: {name: c, identifier: c, type: Pipeline, spec: {pipeline: child, org: default, "
    "project: demo, inputs: {variables: [{name: v, type: String, value: "
    "'<+trigger.payload.v>'}, {name: w, type: String, value: fixed}]}}}\n";
const char* const kAskingHead =
    "  variables:\n    - {name: v, type: String, value: <+input>.regex(a.*)}\n"
    "    - {name: w, type: String, value: <+input>}\n";
const std::string kTelling =
    "- stage: {name: s, identifier: s, type: Custom, spec: {execution: {steps: [{step: {name: a, "
    "identifier: a, type: ShellScript, spec: {shell: Bash, source: {type: Inline, spec: {script: "
    "'echo \"<+pipeline.variables.v> <+pipeline.variables.w> <+inputSet.pipeline.variables.w>\"'"
    "}}}}}]}}}\n";

TEST_F(RunnerRelations, GivesAChildItsInputsAsData) {
  start(kChainWithInputs);
  stand_.catalog.pipelines["child"] = pipeline_of("child", kTelling, kAskingHead);
  stand_.append(event_id(1), 7, R"x({"v":"a <+pipeline.name> $(id)"})x");
  wait_for_starts(1);
  const std::string& prologue = stand_.commands.started[0].command.prologue;
  EXPECT_NE(prologue.find("'a <+pipeline.name> $(id)'"), std::string::npos) << prologue;
  EXPECT_NE(prologue.find("'fixed'"), std::string::npos) << prologue;
  EXPECT_EQ(stand_.executions()[1].pipeline, "child");
}

/// A stage that gives its child a field of the step `a` of its stage `s`.
std::string chain_giving(const std::string& type, const std::string& field) {
  return "- stage: {name: c, identifier: c, type: Pipeline, spec: {pipeline: child, org: default, "
         "project: demo, inputs: {stages: [{stage: {identifier: s, type: Custom, spec: "
         "{execution: {steps: [{step: {identifier: a, type: " +
         type + ", " + field + "}}]}}}}]}}}\n";
}

std::string child_asking(const std::string& step) {
  return pipeline_of("child",
                     "- stage: {name: s, identifier: s, type: Custom, spec: {execution: {steps: "
                     "[{step: {name: a, identifier: a, " +
                         step + "}}]}}}\n");
}

TEST_F(RunnerRelations, AChildsScriptTakesValuesAsDataOnly) {
  start(chain_giving("ShellScript",
                     "spec: {source: {type: Inline, spec: {script: 'deploy "
                     "<+trigger.payload.v> <+pipeline.identifier>'}}}"));
  stand_.catalog.pipelines["child"] = child_asking(
      "type: ShellScript, spec: {shell: Bash, source: {type: Inline, spec: {script: <+input>}}}");
  stand_.append(event_id(1), 7, R"({"v":"v1; touch /tmp/x"})");
  wait_for_starts(1);
  const StepCommand& command = stand_.commands.started[0].command;
  EXPECT_EQ(command.script.find("touch"), std::string::npos) << command.script;
  EXPECT_TRUE(command.script.starts_with("deploy \"${_tripgate_")) << command.script;
  EXPECT_NE(command.prologue.find("'v1; touch /tmp/x'"), std::string::npos) << command.prologue;
}

TEST_F(RunnerRelations, AChildsScriptMayNotBeAValue) {
  start(chain_giving("ShellScript",
                     "spec: {source: {type: Inline, spec: {script: <+trigger.payload.v>}}}"));
  stand_.catalog.pipelines["child"] = child_asking(
      "type: ShellScript, spec: {shell: Bash, source: {type: Inline, spec: {script: <+input>}}}");
  stand_.append(event_id(1), 7, R"({"v":"reboot"})");
  EXPECT_EQ(final_status(0), RunStatus::failed);
  EXPECT_EQ(stand_.executions().size(), 1u);
  EXPECT_TRUE(stand_.commands.started.empty());
}

TEST_F(RunnerRelations, AChildsPythonTakesNoValues) {
  start(chain_giving("Run", "spec: {command: 'print(\"<+trigger.payload.v>\")'}"));
  stand_.catalog.pipelines["child"] =
      child_asking("type: Run, spec: {shell: Python, command: <+input>}");
  stand_.append(event_id(1), 7, R"x({"v":"\"); import os; (\""})x");
  EXPECT_EQ(final_status(0), RunStatus::failed);
  EXPECT_TRUE(
      stand_.node(1, "c").failure.message.starts_with("a Python command may not hold expressions"))
      << stand_.node(1, "c").failure.message;
}

TEST_F(RunnerRelations, AChildsConditionTakesValuesAsDataOnly) {
  start(chain_giving("ShellScript",
                     "when: {stageStatus: Success, condition: '<+trigger.payload.v> == \"x\"'}"));
  stand_.catalog.pipelines["child"] = child_asking(
      "type: ShellScript, when: {stageStatus: Success, condition: <+input>}, spec: {shell: Bash, "
      "source: {type: Inline, spec: {script: echo}}}");
  stand_.append(event_id(1), 7, R"x({"v":"\"x\" == \"x\" || \"x\""})x");
  EXPECT_EQ(final_status(0), RunStatus::succeeded);
  EXPECT_EQ(stand_.node(2, "s.spec.execution.steps.a").status, RunStatus::skipped);
  stand_.append(event_id(2), 7, R"({"v":"x"})");
  wait_for_starts(1);
}

TEST_F(RunnerRelations, AChildsListMayBeAnEventsList) {
  start(chain_giving("ShellScript", "strategy: {repeat: {items: <+trigger.payload.hosts>}}"));
  stand_.catalog.pipelines["child"] = child_asking(
      "type: ShellScript, strategy: {repeat: {items: <+input>}}, spec: {shell: Bash, source: "
      "{type: Inline, spec: {script: 'echo <+repeat.item>'}}}");
  stand_.append(event_id(1), 7, R"x({"hosts":["a b","$(id)"]})x");
  wait_for_starts(2);
  EXPECT_NE(stand_.commands.started[0].command.prologue.find("'a b'"), std::string::npos);
  EXPECT_NE(stand_.commands.started[1].command.prologue.find("'$(id)'"), std::string::npos);
}

TEST_F(RunnerRelations, GivesNoSecretThatAnotherProjectWouldTakeForItsOwn) {
  const auto chain_to = [](const std::string& place, const std::string& value) {
    return "- stage: {name: c, identifier: c, type: Pipeline, spec: {pipeline: child, " + place +
           ", inputs: {variables: [{name: v, type: String, value: '" + value + "'}]}}}\n";
  };
  const std::string other = "org: default, project: other";
  const std::string far = "org: away, project: demo";
  const std::pair<std::string, const char*> refused[] = {
      {chain_to(other, "<+secrets.getValue(\"tok\")>"), "tok"},
      {chain_to(other, "a <+secrets.getValue(\"tok\")>"), "tok"},
      {chain_to(far, "<+secrets.getValue(\"tok\")>"), "tok"},
      {chain_to(far, "<+secrets.getValue(\"org.tok\")>"), "org.tok"},
  };
  const std::string child =
      pipeline_of("child", stage_yaml("s", step_yaml("a")),
                  "  variables:\n    - {name: v, type: String, value: <+input>}\n");
  start("");
  stand_.catalog.pipelines["child"] = child;
  std::size_t count = 0;
  for (const auto& [stages, name] : refused) {
    stand_.catalog.pipelines["deploy"] = pipeline_of("deploy", stages);
    fire();
    EXPECT_EQ(final_status(count++), RunStatus::failed);
    EXPECT_EQ(stand_.executions().size(), count) << stages;
    EXPECT_EQ(stand_.node(count, "c").failure.message,
              "the secret " + std::string(name) +
                  " cannot be given to a pipeline of another project, where it would be another "
                  "secret: use one of the account or of an organisation that both belong to");
  }
  const std::pair<std::string, const char*> given[] = {
      {chain_to(other, "<+secrets.getValue(\"org.tok\")>"), "<+secrets.getValue(\"org.tok\")>"},
      {chain_to(far, "<+secrets.getValue(\"account.tok\")>"), "secrets.getValue(\"account.tok\")"},
      {chain_to(other, "<+false ? 1 : null>"), "<+null>"},
      {chain_to("org: default, project: demo", "<+secrets.getValue(\"tok\")>"),
       "getValue(\"tok\")"},
  };
  for (const auto& [stages, text] : given) {
    stand_.catalog.pipelines["deploy"] = pipeline_of("deploy", stages);
    fire();
    ASSERT_TRUE(stand_.run_until([&] { return stand_.executions().size() >= count + 2; }));
    count += 2;
    const auto txn = stand_.store->begin_read();
    ASSERT_TRUE(txn);
    const auto run = load_run_text({*txn, stand_.store->databases(), stand_.catalog},
                                   stand_.executions().back());
    ASSERT_TRUE(run);
    EXPECT_NE(run->runtime_input.find(text), std::string::npos) << run->runtime_input;
  }
}

TEST_F(RunnerRelations, FailsAChildWhoseInputIsNotAllowed) {
  start(kChainWithInputs);
  stand_.catalog.pipelines["child"] = pipeline_of("child", kTelling, kAskingHead);
  stand_.append(event_id(1), 7, R"({"v":"b"})");
  EXPECT_EQ(final_status(0), RunStatus::failed);
  EXPECT_EQ(stand_.node(1, "c").failure.message,
            "The value provided for [pipeline.variables.v: b] does not match the required regex "
            "pattern");
  EXPECT_EQ(stand_.executions().size(), 1u);
}

TEST_F(RunnerRelations, RunsAChildAndTakesItsOutputs) {
  start(kChain);
  stand_.catalog.pipelines["child"] = pipeline_of("child", stage_yaml("s", step_yaml("a")));
  fire();
  wait_for_starts(1);
  EXPECT_EQ(stand_.node(1, "c").status, RunStatus::async_waiting);
  const std::vector<Execution> runs = stand_.executions();
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[1].pipeline, "child");
  EXPECT_EQ(runs[1].parent.plan_execution_id, runs[0].plan_execution_id);
  StepResult result;
  result.exit_code = 0;
  result.outputs = {{"tag", "v1"}};
  stand_.commands.end(stand_.commands.started[0].id, result);
  wait_for_starts(2);
  EXPECT_EQ(stand_.commands.started[1].id.execution_id, runs[0].plan_execution_id);
  stand_.commands.end(stand_.commands.started[1].id, 0);
  EXPECT_EQ(final_status(0), RunStatus::succeeded);
}

const std::string kRetriedChain =
    "- stage: {name: c, identifier: c, type: Pipeline, spec: {pipeline: child, org: default, "
    "project: demo}, " +
    on_error("AllErrors",
             "type: Retry, spec: {retryCount: 1, retryIntervals: [10s], onRetryFailure: {action: "
             "{type: MarkAsFailure}}}") +
    "}\n";

TEST_F(RunnerRelations, RunsAFailedChildAgain) {
  for (const int exit_code : {0, 1}) {
    SCOPED_TRACE(exit_code);
    stand_.kill();
    stand_.catalog.pipelines["child"] = pipeline_of("child", stage_yaml("s", step_yaml("a")));
    start(kRetriedChain);
    const std::size_t before = stand_.executions().size();
    const std::size_t starts = stand_.commands.started.size();
    const ExecutionNumber parent = before + 1;
    fire();
    wait_for_starts(starts + 1);
    stand_.commands.end(stand_.commands.started[starts].id, 1);
    wait_for(parent, "c", RunStatus::failed);
    EXPECT_EQ(stand_.commands.started.size(), starts + 1) << "it waits";
    stand_.clock.now += 10'000;
    stand_.runner->check_deadlines();
    wait_for_starts(starts + 2);
    stand_.commands.end(stand_.commands.started[starts + 1].id, exit_code);
    const RunStatus last = exit_code == 0 ? RunStatus::succeeded : RunStatus::failed;
    EXPECT_EQ(final_status(before), last);
    EXPECT_EQ(final_status(before + 1), RunStatus::failed);
    EXPECT_EQ(final_status(before + 2), last);
    EXPECT_EQ(stand_.executions().size(), before + 3);
    EXPECT_EQ(stand_.node(parent, "c").retry_number, 1U);
  }
}

TEST_F(RunnerRelations, AbortsTheChildWithItsParentAcrossARestart) {
  start(kChain);
  stand_.catalog.pipelines["child"] = pipeline_of("child", stage_yaml("s", step_yaml("a")));
  fire();
  wait_for_starts(1);
  const AttemptId id = stand_.commands.started[0].id;
  stand_.runner->abort(1);
  wait_for(1, "c", RunStatus::discontinuing);
  stand_.kill();
  stand_.commands.adoptable[id] = Adoption::running;
  stand_.start();
  ASSERT_TRUE(stand_.run_until([&] { return !stand_.commands.aborted.empty(); }));
  StepResult result;
  result.aborted = true;
  stand_.commands.end(id, result);
  EXPECT_EQ(final_status(1), RunStatus::aborted);
  EXPECT_EQ(final_status(0), RunStatus::aborted);
}

TEST_F(RunnerRelations, EndsTheNodesOfARunThatCannotBePlannedAgain) {
  start(stage_yaml("s", step_yaml("a")));
  fire();
  wait_for_starts(1);
  stand_.kill();
  stand_.catalog.pipelines["deploy"] = "pipeline: {}\n";
  stand_.start();
  EXPECT_EQ(final_status(0), RunStatus::errored);
  EXPECT_EQ(stand_.node(1, "s").status, RunStatus::errored);
  EXPECT_NE(stand_.node(1, "s").ended_at_ms, 0);
}

TEST_F(RunnerRelations, AbortsTheChildWithItsParent) {
  start(kChain);
  stand_.catalog.pipelines["child"] = pipeline_of("child", stage_yaml("s", step_yaml("a")));
  fire();
  wait_for_starts(1);
  stand_.runner->abort(1);
  ASSERT_TRUE(stand_.run_until([&] { return !stand_.commands.aborted.empty(); }));
  StepResult result;
  result.aborted = true;
  stand_.commands.end(stand_.commands.started[0].id, result);
  EXPECT_EQ(final_status(1), RunStatus::aborted);
  EXPECT_EQ(final_status(0), RunStatus::aborted);
}

TEST_F(RunnerRelations, ExpressionsTagTheirRun) {
  start(stage_yaml(
      "s",
      typed_step_yaml("g", "ShellScript",
                      "shell: Bash, source: {type: Inline, spec: {script: 'echo "
                      "<+executionTags.addTag(\"tag\", trigger.payload.v)>'}}") +
          ", " +
          group_yaml(
              "outer",
              group_yaml(
                  "inner",
                  step_yaml("a",
                            "when: "
                            "{stageStatus: Success, condition: '<+stepGroup.getParentStepGroup."
                            "identifier> == \"outer\"'}")))));
  stand_.append(event_id(1), 7, R"({"v":"v1"})");
  wait_for_starts(1);
  stand_.commands.end(stand_.commands.started[0].id, 0);
  wait_for_starts(2);
  stand_.commands.end(stand_.commands.started[1].id, 0);
  EXPECT_EQ(final_status(0), RunStatus::succeeded);
  EXPECT_EQ(stand_.executions()[0].tags, (plan::Tags{{"tag", "v1"}}));
}

}  // namespace
}  // namespace tripgate

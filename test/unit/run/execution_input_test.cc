// Nodes that ask for input when they are reached: they wait, take it, expire, and know it after a
// restart.
#include <gtest/gtest.h>

#include "engine/run/stored_run.h"
#include "test/lib/machine_stand.h"
#include "test/lib/run_stand.h"

namespace tripgate {
namespace {

const std::string kAsks =
    "{step: {name: a, identifier: a, type: ShellScript, timeout: 10m, spec: {shell: Bash, source: "
    "{type: Inline, spec: {script: 'echo \"$WHO <+executionInput.step.spec.onDelegate>\"'}}, "
    "environmentVariables: [{name: WHO, type: String, value: "
    "\"<+input>.executionInput().default(nobody).allowedValues(ada,nobody)\"}]}";
const std::string kPath = "s.spec.execution.steps.a";

std::string answer_with(const std::string& who) {
  return "step: {identifier: a, type: ShellScript, spec: {environmentVariables: [{name: WHO, type: "
         "String, value: " +
         who + "}]}}\n";
}

class ExecutionInputs : public ::testing::Test {
 protected:
  void start(const std::string& more = {}) {
    stand_.catalog.add(7, "custom", "deploy");
    stand_.catalog.pipelines["deploy"] =
        pipeline_of("deploy", stage_yaml("s", kAsks + more + "}}, " + step_yaml("b")));
    stand_.start();
    stand_.append(event_id(1), 7, "{}");
    wait_for(kPath, RunStatus::input_waiting);
  }

  void wait_for(const std::string& path, RunStatus status) {
    ASSERT_TRUE(stand_.run_until([&] {
      return !stand_.executions().empty() && stand_.node(1, path).status == status;
    })) << path
        << " is " << display_name(stand_.node(1, path).status);
  }

  /// What became of an answer: taken, not taken, or why it was refused.
  std::string give(const std::string& node, const std::string& yaml) {
    std::optional<std::string> told;
    stand_.runner->give_input(node, yaml, [&](const Result<bool, Diagnostic>& taken) {
      told = !taken ? taken.error().message : *taken ? "taken" : "not taken";
    });
    EXPECT_TRUE(stand_.run_until([&] { return told.has_value(); }));
    return told.value_or("");
  }

  std::string asking_id() { return stand_.node(1, kPath).execution_id; }

  std::string who_of(std::size_t start) {
    for (const auto& [name, value] : stand_.commands.started[start].command.environment) {
      if (name == "WHO") return value;
    }
    return {};
  }

  void wait_for_start() {
    ASSERT_TRUE(stand_.run_until([&] { return !stand_.commands.started.empty(); }));
  }

  RunStand stand_;
};

TEST_F(ExecutionInputs, AreAskedForBeforeTheNodeBegins) {
  start();
  EXPECT_TRUE(stand_.commands.started.empty());
  EXPECT_EQ(stand_.executions()[0].status, RunStatus::input_waiting);
  EXPECT_TRUE(stand_.node(1, kPath).asks_for_input);
  EXPECT_TRUE(stand_.node(1, "s").asks_for_input);
  EXPECT_FALSE(stand_.node(1, "s.spec.execution.steps.b").asks_for_input);
}

TEST_F(ExecutionInputs, RefuseWhatIsNotAllowedAndGoOnWaiting) {
  start();
  EXPECT_EQ(give("nobody", answer_with("ada")),
            "Execution Input template does not exist for input execution id : nobody");
  EXPECT_TRUE(give(asking_id(), answer_with("eve")).starts_with("Some fields are not valid: ["));
  EXPECT_EQ(stand_.node(1, kPath).status, RunStatus::input_waiting);
}

TEST_F(ExecutionInputs, RefuseAnExpressionWhoseValueIsNotAllowed) {
  start();
  EXPECT_EQ(
      give(asking_id(), answer_with("'<+\"eve\">'")),
      "Some fields are not valid: [The values provided for "
      "pipeline.stages.s.spec.execution.steps.a.spec.environmentVariables.WHO: [\\'eve\\'] do "
      "not match any of the allowed values [\\'ada\\', \\'nobody\\']]");
  const std::string of_name = give(asking_id(), answer_with("<+pipeline.identifier>"));
  EXPECT_TRUE(of_name.starts_with("Some fields are not valid: [Current value ")) << of_name;
  EXPECT_EQ(give(asking_id(), answer_with("<+pipeline.nowhere>")),
            "Some fields are not valid: [Current value is null]");
  EXPECT_EQ(stand_.node(1, kPath).status, RunStatus::input_waiting);
  EXPECT_EQ(give(asking_id(), answer_with("'<+\"ada\">'")), "taken");
  wait_for_start();
  EXPECT_EQ(who_of(0), "ada");
}

TEST_F(ExecutionInputs, AnAnswerIsNoWishForDefaults) {
  start();
  EXPECT_EQ(give(asking_id(), "# defaults\n"), "the text holds no document");
  EXPECT_EQ(stand_.node(1, kPath).status, RunStatus::input_waiting);
  const std::string nothing = "step: {identifier: a}\n";
  EXPECT_EQ(give(asking_id(), nothing), "taken");
  wait_for_start();
  EXPECT_EQ(who_of(0), "nobody");
  EXPECT_EQ(stand_.node(1, kPath).input_answer, InputAnswer::given);
  const auto run = StoredRun::load({*stand_.store, *stand_.journal, stand_.catalog, stand_.clock},
                                   stand_.executions()[0]);
  ASSERT_TRUE(run) << run.error().message;
  const auto shown = (*run)->view_input(asking_id());
  ASSERT_TRUE(shown) << shown.error().message;
  EXPECT_EQ(shown->given, nothing);
}

TEST_F(ExecutionInputs, OfAStageThatIsTakenOverNeedNotFitThePipelineAsItIs) {
  stand_.catalog.add(7, "custom", "deploy");
  const std::string stages = stage_yaml("s", kAsks + "}}") + stage_yaml("t", step_yaml("b"));
  stand_.catalog.pipelines["deploy"] = pipeline_of("deploy", stages);
  stand_.start();
  stand_.append(event_id(1), 7, "{}");
  wait_for(kPath, RunStatus::input_waiting);
  ASSERT_EQ(give(asking_id(), answer_with("ada")), "taken");
  wait_for_start();
  stand_.commands.end(stand_.commands.started[0].id, 0);
  ASSERT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() == 2; }));
  stand_.commands.end(stand_.commands.started[1].id, 1);
  ASSERT_TRUE(stand_.run_until([&] { return is_final(stand_.executions()[0].status); }));

  const std::string before = "allowedValues(ada,nobody)";
  std::string changed = stand_.catalog.pipelines["deploy"];
  changed.replace(changed.find(before), before.size(), "allowedValues(eve,nobody)");
  auto plan = plan::plan_pipeline_text(stand_.catalog.pipelines["deploy"],
                                       stand_.executions()[0].plan_execution_id, {});
  ASSERT_TRUE(plan);
  stand_.catalog.pipelines["deploy"] = changed;
  RunRequest request = RunStand::request_of("deploy");
  request.retried = std::make_shared<const EarlierRun>(
      EarlierRun{std::move(*plan), stand_.nodes(1), {.stages = {"t"}, .runs_all_stages = true}});
  auto answer = plan_run(request, stand_.catalog, stand_.clock, {});
  ASSERT_TRUE(answer && answer->run() != nullptr);
  ASSERT_FALSE(stand_.store->write_and_wait([&](lmdb::WriteTransaction& txn) {
    return store_run(txn, stand_.store->databases(), *answer->run());
  }));
  stand_.runner->enqueue({answer->run()->execution.number});
  ASSERT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() == 3; }))
      << display_name(stand_.executions()[1].status);
  stand_.commands.end(stand_.commands.started[2].id, 0);
  ASSERT_TRUE(stand_.run_until([&] { return is_final(stand_.executions()[1].status); }));
  EXPECT_EQ(stand_.executions()[1].status, RunStatus::succeeded);
}

TEST_F(ExecutionInputs, ReachTheNodeAndAreTakenOnce) {
  start();
  EXPECT_EQ(give(asking_id(), answer_with("ada")), "taken");
  wait_for_start();
  EXPECT_EQ(who_of(0), "ada");
  EXPECT_EQ(stand_.node(1, kPath).given_input, answer_with("ada"));
  EXPECT_EQ(give(asking_id(), answer_with("nobody")), "not taken");
}

TEST_F(ExecutionInputs, AreRefusedAtOnceWhileTheRunEnds) {
  start();
  EXPECT_EQ(give(asking_id(), answer_with("ada")), "taken");
  wait_for_start();
  stand_.commands.end(stand_.commands.started[0].id, 0);
  ASSERT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() == 2; }));
  const std::string id = asking_id();
  stand_.commands.end(stand_.commands.started[1].id, 0);  // After it there is no other write.
  EXPECT_EQ(give(id, answer_with("nobody")), "not taken");
}

TEST_F(ExecutionInputs, AreKnownAfterARestart) {
  start();
  stand_.kill();
  stand_.start();
  EXPECT_EQ(give(asking_id(), answer_with("ada")), "taken");
  stand_.kill();
  stand_.commands.started.clear();
  stand_.start();
  wait_for_start();
  EXPECT_EQ(who_of(0), "ada");
}

TEST_F(ExecutionInputs, ExpireWithTheirOwnFailureType) {
  start();
  stand_.clock.now += 10 * 60 * 1000;
  stand_.runner->check_deadlines();
  wait_for(kPath, RunStatus::expired);
  EXPECT_TRUE(stand_.node(1, kPath).failure.types.has(FailureType::input_timeout));
}

TEST_F(ExecutionInputs, GoOnWithDefaultsWhereTheStrategySaysSo) {
  start(", " + on_error("InputTimeoutError", "type: ProceedWithDefaultValues"));
  stand_.clock.now += 10 * 60 * 1000;
  stand_.runner->check_deadlines();
  wait_for_start();
  EXPECT_EQ(who_of(0), "nobody");
  stand_.kill();
  stand_.commands.adoptable[stand_.commands.started[0].id] = Adoption::never_started;
  stand_.commands.started.clear();
  stand_.start();
  wait_for_start();
  EXPECT_EQ(who_of(0), "nobody") << "known after a restart";
}

TEST_F(ExecutionInputs, EndWithTheRun) {
  start();
  stand_.runner->abort(1);
  wait_for(kPath, RunStatus::aborted);
}

}  // namespace
}  // namespace tripgate

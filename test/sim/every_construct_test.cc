// A pipeline that uses every construct, and an engine that dies after each turn of its loop in
// turn. Whatever the place: the run ends as undisturbed, and each step ran exactly once.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/call/call_result.h"
#include "test/lib/machine_stand.h"
#include "test/lib/run_stand.h"

namespace tripgate {
namespace {

/// Stages one after the other; what each shows is in its identifier.
std::string every_construct() {
  const std::string retry = on_error(
      "AllErrors",
      "type: Retry, spec: {retryCount: 2, retryIntervals: [1h], onRetryFailure: {action: {type: "
      "MarkAsFailure}}}");
  const std::string barrier = typed_step_yaml("m1", "Barrier", "barrierRef: meet", "timeout: 1d");
  const std::string barrier_too =
      typed_step_yaml("m2", "Barrier", "barrierRef: meet", "timeout: 1d");
  const std::string all = "when: {stageStatus: All}";
  const std::string always = "when: {pipelineStatus: All}";
  return stage_yaml("sequence", step_yaml("a") + ", " +
                                    step_yaml("b",
                                              "when: {stageStatus: "
                                              "Success, condition: "
                                              "'<+trigger.payload.n> == 1'}")) +
         stage_yaml("blocks", "{parallel: [" + step_yaml("c") + ", " +
                                  group_yaml("g", step_yaml("d") + ", " + barrier) + ", " +
                                  group_yaml("h", barrier_too + ", " + step_yaml("e")) + "]}") +
         stage_yaml(
             "loops",
             step_yaml("f", "strategy: {matrix: {x: [1, 2], y: [p, q], maxConcurrency: 2}}") +
                 ", " + group_yaml("i", step_yaml("j"), "strategy: {repeat: {times: 2}}")) +
         stage_yaml("retries", step_yaml("flaky", retry) + ", " +
                                   step_yaml("bad", on_error("AllErrors", "type: Ignore"))) +
         stage_yaml("waits",
                    typed_step_yaml("w", "Wait", "duration: 3h", "timeout: 1d") + ", " +
                        typed_step_yaml("q", "Queue", "key: k, scope: Stage", "timeout: 1d") +
                        ", " + step_yaml("k")) +
         stage_yaml("people",
                    typed_step_yaml("ok", "HarnessApproval",
                                    "approvalMessage: go, includePipelineExecutionHistory: false, "
                                    "approvers: {userGroups: [_project_all_users], minimumCount: "
                                    "2, disallowPipelineExecutor: false}, isAutoRejectEnabled: "
                                    "true",
                                    "timeout: 10d") +
                        ", " + typed_step_yaml("long", "Wait", "duration: 5d", "timeout: 10d") +
                        ", " +
                        typed_step_yaml("l", "EventListener",
                                        "webhookIdentifier: built, successCriteria: "
                                        "'<+event.payload.ok>'",
                                        "timeout: 10d") +
                        ", " +
                        typed_step_yaml("mail", "Email", "to: a@example.com, subject: s, body: b",
                                        "timeout: 1h")) +
         "- stage: {name: child, identifier: child, type: Pipeline, spec: {pipeline: child, org: "
         "default, project: demo}}\n" +
         stage_yaml("rolls", step_yaml("bad2") + ", " + step_yaml("never", all),
                    on_error("AllErrors", "type: StageRollback"), step_yaml("r")) +
         stage_yaml("last", step_yaml("z"), always);
}

const std::string kHead =
    "  flowControl: {barriers: [{name: meet, identifier: meet}]}\n"
    "  notificationRules: [{name: all, identifier: all, pipelineEvents: [{type: AllEvents}], "
    "notificationMethod: {type: Webhook, spec: {webhookUrl: 'https://h/'}}}]\n";

/// Processes that live on when the engine dies. A step is told apart by its script.
class World final : public CommandRunner {
 public:
  std::map<AttemptId, int> runs;

  ErrorCode start(const AttemptId& id, const StepCommand& command, OnStepEnd on_end) override {
    ++runs[id];
    const bool is_bad = command.script.find("bad") != std::string::npos;
    const bool is_flaky = command.script.find("flaky") != std::string::npos;
    attempts_[id] = {is_bad || (is_flaky && ++flaky_count_ < 3) ? 1 : 0, false, std::move(on_end)};
    return {};
  }

  void abort(const AttemptId&) override {}

  Result<Adoption> adopt(const AttemptId& id, OnStepEnd on_end) override {
    const auto attempt = attempts_.find(id);
    if (attempt == attempts_.end()) return Adoption::never_started;
    attempt->second.on_end = std::move(on_end);
    return attempt->second.has_ended ? Adoption::ended : Adoption::running;
  }

  void forget_engine() {
    for (auto& [id, attempt] : attempts_) attempt.on_end = nullptr;
  }

  /// Tells the end of one process that somebody waits for. False if nobody does.
  bool tick() {
    for (auto& [id, attempt] : attempts_) {
      if (!attempt.on_end) continue;
      attempt.has_ended = true;
      StepResult result;
      result.exit_code = attempt.exit_code;
      CallResult taken;
      taken.response_code = 250;
      result.result_text = write_call_result(taken);  // Only the Email step reads it.
      std::exchange(attempt.on_end, nullptr)(result);
      return true;
    }
    return false;
  }

 private:
  struct Attempt {
    int exit_code = 0;
    bool has_ended = false;
    OnStepEnd on_end;
  };
  std::map<AttemptId, Attempt> attempts_;
  int flaky_count_ = 0;
};

/// Statuses by path and retry, of both runs; and what was announced.
struct Outcome {
  std::map<std::string, RunStatus> statuses;
  std::set<std::string> announced;
};

Outcome outcome_of(const RunStand& stand, std::set<std::string> announced) {
  Outcome whole{{}, std::move(announced)};
  auto& outcome = whole.statuses;
  for (const Execution& execution : stand.executions()) {
    outcome[execution.pipeline] = execution.status;
    const std::vector<NodeState> nodes = stand.nodes(execution.number);
    for (const NodeState& node : nodes) {
      const std::string name = execution.pipeline + ":" + base_fqn(nodes, node.number) + "#" +
                               std::to_string(node.retry_number) + (node.is_loop ? "loop" : "") +
                               (node.kind == plan::NodeKind::parallel ? "parallel" : "");
      outcome[name] = node.status;
    }
  }
  return whole;
}

std::string line_of(const RunEvent& event) {
  std::string line = event.pipeline + ":" + std::string(name_of(event.type));
  if (event.stage) line += " " + event.stage->identifier;
  if (event.step) line += "." + event.step->identifier;
  return line;
}

/// What people and other systems do for a step that waits for them. False if none does.
bool help_one(RunStand& stand, bool& has_sent) {
  for (const Execution& execution : stand.executions()) {
    if (is_final(execution.status)) continue;
    for (const NodeState& node : stand.nodes(execution.number)) {
      if (node.status == RunStatus::approval_waiting) {
        // Each acts once; whoever has acted before a kill is refused.
        for (const char* user : {"ada", "bob"}) {
          stand.runner->act_on_approval(execution.number, node.execution_id, {{user, user, ""}},
                                        [](const auto&) {});
        }
        return true;
      }
      if (node.identifier == "long" && node.status == RunStatus::wait_step_running) {
        stand.runner->end_wait(execution.number, node.execution_id, true, [](const auto&) {});
        return true;
      }
      if (node.type == "EventListener" && node.status == RunStatus::async_waiting && !has_sent) {
        has_sent = true;
        stand.append(event_id(2), 8, R"({"ok": true})");
        return true;
      }
    }
  }
  return false;
}

bool is_done(const RunStand& stand) {
  const std::vector<Execution> all = stand.executions();
  return !all.empty() && is_final(all.front().status) && stand.runner->running_count() == 0;
}

/// Plays the run; the engine dies after so many handlers (0: never) and is started again. Handlers
/// that the whole run took are counted into `handlers`.
Outcome play(std::size_t dies_after, std::size_t& handlers) {
  World world;
  RunStand stand(world);
  stand.catalog.pipelines["deploy"] = pipeline_of("deploy", every_construct(), kHead);
  stand.catalog.pipelines["child"] =
      pipeline_of("child", stage_yaml("s", step_yaml("x") + ", " + step_yaml("y")));
  stand.catalog.add(7, "custom", "deploy");
  stand.catalog.add(8, "built", "none");
  stand.calls.smtp = SmtpSettings{};
  stand.calls.smtp->from = "tripgate@example.com";
  std::set<std::string> announced;
  stand.on_announcement = [&announced](const Announcement& announcement) {
    announced.insert(line_of(announcement.notification.event));
  };
  bool has_sent = false;
  stand.start();
  stand.append(event_id(1), 7, R"({"n": 1})");
  handlers = 0;
  while (!is_done(stand) && handlers < 20000) {
    stand.io->restart();
    const bool has_run = stand.io->run_one_for(std::chrono::milliseconds(2)) != 0;
    handlers += has_run ? 1 : 0;
    if (!has_run && !world.tick() && !help_one(stand, has_sent)) {
      // Nothing is under way: let an hour pass.
      stand.clock.now += 3'600'000;
      stand.runner->check_deadlines();
    }
    if (has_run && dies_after != 0 && handlers == dies_after) {
      world.forget_engine();
      stand.kill();
      stand.start();
    }
  }
  EXPECT_TRUE(is_done(stand)) << "it never ended, killed after handler " << dies_after;
  for (const auto& [attempt, count] : world.runs) EXPECT_EQ(count, 1) << attempt.node_id;
  return outcome_of(stand, announced);
}

/// Names what differs.
void expect_equal(const Outcome& outcome, const Outcome& expected) {
  EXPECT_EQ(outcome.statuses.size(), expected.statuses.size());
  EXPECT_EQ(outcome.announced, expected.announced);
  for (const auto& [name, status] : expected.statuses) {
    const auto found = outcome.statuses.find(name);
    const bool is_same = found != outcome.statuses.end() && found->second == status;
    EXPECT_TRUE(is_same) << name << " should be " << display_name(status);
  }
}

TEST(EveryConstruct, EndsAsUndisturbedWhereverTheEngineDies) {
  std::size_t handlers = 0;
  const Outcome undisturbed = play(0, handlers);
  ASSERT_FALSE(::testing::Test::HasFailure());
  EXPECT_EQ(undisturbed.statuses.at("deploy"), RunStatus::failed);
  EXPECT_EQ(undisturbed.statuses.at("child"), RunStatus::succeeded);
  const std::string people = "deploy:pipeline.stages.people.spec.execution.steps.";
  for (const char* step : {"ok", "long", "l", "mail"}) {
    EXPECT_EQ(undisturbed.statuses.at(people + step + "#0"), RunStatus::succeeded) << step;
  }
  EXPECT_TRUE(undisturbed.announced.contains("deploy:WaitingForUserAction people.ok"));
  EXPECT_TRUE(undisturbed.announced.contains("deploy:PipelineEnd"));
  ASSERT_GT(handlers, 50u);
  for (std::size_t at = 1; at <= handlers; ++at) {
    SCOPED_TRACE("killed after handler " + std::to_string(at));
    std::size_t ignored = 0;
    expect_equal(play(at, ignored), undisturbed);
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace tripgate

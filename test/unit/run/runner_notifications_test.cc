// What a run's rules are told: when, in which order, and again after a kill.
#include <gtest/gtest.h>

#include "test/lib/machine_stand.h"
#include "test/lib/run_stand.h"

namespace tripgate {
namespace {

class RunnerNotifications : public ::testing::Test {
 protected:
  RunnerNotifications() {
    stand_.catalog.add(7, "custom", "deploy");
    stand_.on_announcement = [this](const Announcement& announcement) {
      const RunEvent& event = announcement.notification.event;
      std::string line(name_of(event.type));
      if (event.stage) line += " " + event.stage->identifier;
      if (event.step) line += "." + event.step->identifier;
      told_.push_back(line + (announcement.may_have_begun ? " again" : ""));
      std::vector<std::string> secrets;
      const auto url = announcement.render(announcement.rule.url, secrets);
      urls_.push_back(url ? *url : url.error().message);
      // It is durable when it is told.
      EXPECT_FALSE(pending().empty());
    };
  }

  void start(const std::string& events, const std::string& stages) {
    stand_.catalog.pipelines["deploy"] =
        pipeline_of("deploy", stages,
                    "  notificationRules: [{name: r, identifier: r, pipelineEvents: [" + events +
                        "], notificationMethod: {type: Webhook, spec: {webhookUrl: "
                        "'https://h/<+pipeline.identifier>/<+trigger.payload.n>'}}}]\n");
    stand_.start();
    stand_.append(event_id(1), 7, R"({"n": 5})");
  }

  std::vector<PendingNotification> pending() {
    const auto txn = stand_.store->begin_read();
    if (!txn) return {};
    const auto loaded = load_notifications(*txn, stand_.store->databases());
    EXPECT_TRUE(loaded);
    return loaded ? *loaded : std::vector<PendingNotification>();
  }

  /// Ends the processes as they come, "bad" ones with a failure, until the run has ended.
  void play() {
    std::size_t ended = 0;
    ASSERT_TRUE(stand_.run_until([&] {
      while (ended < stand_.commands.started.size()) {
        const auto& started = stand_.commands.started[ended++];
        const bool is_bad = started.command.script.find("bad") != std::string::npos;
        stand_.commands.end(started.id, is_bad ? 1 : 0);
      }
      const auto all = stand_.executions();
      return !all.empty() && is_final(all.front().status) && stand_.runner->running_count() == 0;
    }));
  }

  RunStand stand_;
  std::vector<std::string> told_;
  std::vector<std::string> urls_;
};

TEST_F(RunnerNotifications, TellsOfEveryPause) {
  start("{type: PipelinePaused}",
        stage_yaml("s", step_yaml("a") + ", " + step_yaml("b") + ", " + step_yaml("c")));
  for (std::size_t pause = 0; pause < 2; ++pause) {
    ASSERT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() == pause + 1; }));
    stand_.runner->interrupt(1, {InterruptType::pause, {}, {}, {}}, [](const auto&) {});
    stand_.commands.end(stand_.commands.started[pause].id, 0);
    ASSERT_TRUE(stand_.run_until([&] { return told_.size() == pause + 1; }));
    stand_.clock.now += 1;
    stand_.runner->interrupt(1, {InterruptType::resume, {}, {}, {}}, [](const auto&) {});
  }
  const std::vector<PendingNotification> left = pending();
  ASSERT_EQ(left.size(), 2U);
  EXPECT_NE(notification_key(left[0].event, "r"), notification_key(left[1].event, "r"));
}

TEST_F(RunnerNotifications, TellsOfAFailureOnceItIsFinal) {
  start("{type: StepFailed}, {type: StageFailed}",
        stage_yaml("s", step_yaml("bad", on_error("AllErrors",
                                                  "type: Retry, spec: {retryCount: 1, "
                                                  "retryIntervals: [1m], onRetryFailure: "
                                                  "{action: {type: MarkAsFailure}}}")) +
                            ", " + step_yaml("bad2", on_error("AllErrors", "type: Ignore"))));
  ASSERT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() == 1; }));
  stand_.commands.end(stand_.commands.started[0].id, 1);
  ASSERT_TRUE(stand_.run_until(
      [&] { return stand_.node(1, "s.spec.execution.steps.bad").status == RunStatus::failed; }));
  EXPECT_TRUE(told_.empty());
  stand_.clock.now += 61'000;
  stand_.runner->check_deadlines();
  play();
  EXPECT_EQ(told_, (std::vector<std::string>{"StepFailed s.bad", "StageFailed s"}));
}

TEST_F(RunnerNotifications, TellsTheWholeStoryInOrder) {
  start("{type: AllEvents}", stage_yaml("s", step_yaml("a")) + stage_yaml("t", step_yaml("bad")));
  play();
  EXPECT_EQ(told_, (std::vector<std::string>{"PipelineStart", "StageStart s", "StageSuccess s",
                                             "StageStart t", "StepFailed t.bad", "StageFailed t",
                                             "PipelineFailed", "PipelineEnd"}));
  EXPECT_EQ(urls_.front(), "https://h/deploy/5");
}

TEST_F(RunnerNotifications, TellsOnlyWhatARuleWants) {
  start("{type: StageSuccess, forStages: [t]}, {type: PipelineSuccess}",
        stage_yaml("s", step_yaml("a")) + stage_yaml("t", step_yaml("b")));
  play();
  EXPECT_EQ(told_, (std::vector<std::string>{"StageSuccess t", "PipelineSuccess"}));
}

TEST_F(RunnerNotifications, TellsThatSomebodyIsWaitedFor) {
  start("{type: WaitingForUserAction}",
        stage_yaml("s", typed_step_yaml("ok", "HarnessApproval",
                                        "approvalMessage: go, includePipelineExecutionHistory: "
                                        "false, approvers: {userGroups: [_project_all_users], "
                                        "minimumCount: 1, disallowPipelineExecutor: false}",
                                        "timeout: 1d")));
  ASSERT_TRUE(stand_.run_until([&] { return !told_.empty(); }));
  EXPECT_EQ(told_, std::vector<std::string>{"WaitingForUserAction s.ok"});
}

TEST_F(RunnerNotifications, TellsAgainAfterAKillWhatNobodyHasDelivered) {
  start("{type: PipelineEnd}, {type: StageStart}", stage_yaml("s", step_yaml("a")));
  play();
  EXPECT_EQ(told_, (std::vector<std::string>{"StageStart s", "PipelineEnd"}));
  const std::vector<PendingNotification> left = pending();
  ASSERT_EQ(left.size(), 2u);
  const std::string key = notification_key(left[0].event, left[0].rule);
  ASSERT_FALSE(stand_.store->write_and_wait([&](lmdb::WriteTransaction& txn) {
    return erase_notification(txn, stand_.store->databases(), left[0].execution, key);
  }));
  told_.clear();
  stand_.kill();
  stand_.start();
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_TRUE(told_.front().ends_with(" again"));
  EXPECT_EQ(urls_.back(), "https://h/deploy/5");
}

}  // namespace
}  // namespace tripgate

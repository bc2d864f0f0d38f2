// Events and the steps that listen for them, across kills.
#include <gtest/gtest.h>

#include "test/lib/machine_stand.h"
#include "test/lib/run_stand.h"

namespace tripgate {
namespace {

class RunnerListeners : public ::testing::Test {
 protected:
  RunnerListeners() {
    stand_.catalog.add(7, "custom", "deploy");
    // Its own pipeline does not exist: the event still reaches those who listen.
    stand_.catalog.add(8, "built", "other");
    stand_.catalog.pipelines["deploy"] = pipeline_of(
        "deploy", stage_yaml("s", typed_step_yaml("l", "EventListener",
                                                  "webhookIdentifier: built, successCriteria: "
                                                  "'<+event.payload.ok> == true'",
                                                  "timeout: 1d")));
    stand_.start();
  }

  void start_run() {
    stand_.append(event_id(++events_), 7, "{}");
    wait_for(RunStatus::async_waiting);
  }

  void send(const std::string& body, std::uint64_t trigger = 8) {
    stand_.append(event_id(++events_), trigger, body);
  }

  void wait_for(RunStatus status) {
    ASSERT_TRUE(stand_.run_until([&] { return now() == status; })) << display_name(now());
  }

  RunStatus now() { return stand_.node(1, "s.spec.execution.steps.l").status; }

  void restart() {
    stand_.kill();
    stand_.start();
  }

  bool is_settled() {
    const auto settled = stand_.journal->settled();
    return settled && *settled == stand_.journal->last_stored();
  }

  RunStand stand_;
  std::uint64_t events_ = 0;
};

TEST_F(RunnerListeners, LooksPastEventsOfOtherTriggersAndThoseThatDoNotFit) {
  start_run();
  send(R"({"ok": true})", 7);
  send(R"({"ok": false})");
  ASSERT_TRUE(stand_.run_until([&] { return is_settled(); }));
  EXPECT_EQ(now(), RunStatus::async_waiting);
  send(R"({"ok": true})");
  wait_for(RunStatus::succeeded);
}

TEST_F(RunnerListeners, IsNotMetByAnEventThatCameBeforeIt) {
  send(R"({"ok": true})");
  start_run();
  restart();
  ASSERT_TRUE(stand_.run_until([&] { return is_settled(); }));
  EXPECT_EQ(now(), RunStatus::async_waiting);
}

TEST_F(RunnerListeners, FindsAnEventThatWasAcceptedJustBeforeAKill) {
  start_run();
  send(R"({"ok": true})");
  restart();
  wait_for(RunStatus::succeeded);
}

TEST_F(RunnerListeners, FindsAnEventThatWasSettledJustBeforeAKill) {
  start_run();
  // The dispatcher alone settles it: nobody listens yet.
  stand_.runner->stop();
  send(R"({"ok": true})");
  ASSERT_TRUE(stand_.run_until([&] { return is_settled(); }));
  restart();
  wait_for(RunStatus::succeeded);
}

}  // namespace
}  // namespace tripgate

// What an engine finds that was away while steps ended and times were up.
#include <gtest/gtest.h>

#include "test/lib/machine_stand.h"
#include "test/lib/run_stand.h"

namespace tripgate {
namespace {

constexpr UnixMs kHourMs = 3'600'000;

class RunnerAbsence : public ::testing::Test {
 protected:
  /// Runs the stages until their first step is at work.
  void start(const std::string& stages) {
    stand_.catalog.add(7, "custom", "deploy");
    stand_.catalog.pipelines["deploy"] = pipeline_of("deploy", stages);
    stand_.start();
    stand_.append(event_id(1), 7, "{}");
    ASSERT_TRUE(stand_.run_until([&] { return !stand_.commands.started.empty(); }));
  }

  /// The engine is away for an hour; the first step has ended when it is back.
  void be_away() {
    stand_.kill();
    stand_.commands.adoptable[first()] = Adoption::ended;
    stand_.clock.now += kHourMs;
    stand_.start();
  }

  [[nodiscard]] AttemptId first() const { return stand_.commands.started.front().id; }

  Execution wait_for_end() {
    EXPECT_TRUE(stand_.run_until([&] { return is_final(stand_.executions()[0].status); }));
    return stand_.executions()[0];
  }

  [[nodiscard]] NodeState step(const std::string& identifier) const {
    return stand_.node(1, "s.spec.execution.steps." + identifier);
  }

  RunStand stand_;
};

TEST_F(RunnerAbsence, NothingBeginsInAStageWhoseTimeWasUp) {
  start(stage_yaml("s", step_yaml("a") + ", " + step_yaml("b"), "timeout: 30m"));
  be_away();
  // The clock's word may come before the step's.
  stand_.runner->check_deadlines();
  ASSERT_TRUE(stand_.commands.end(first(), 0));
  EXPECT_EQ(wait_for_end().status, RunStatus::expired);
  EXPECT_EQ(step("a").status, RunStatus::succeeded);
  EXPECT_EQ(stand_.commands.started.size(), 1u);
}

TEST_F(RunnerAbsence, StepThatIsStillAtWorkExpiresOnce) {
  start(stage_yaml("s", step_yaml("a"), "timeout: 10m"));
  stand_.kill();
  stand_.commands.adoptable[first()] = Adoption::running;
  stand_.clock.now += kHourMs;
  stand_.start();
  stand_.runner->check_deadlines();
  stand_.runner->check_deadlines();
  ASSERT_TRUE(stand_.run_until([&] { return !stand_.commands.aborted.empty(); }));
  StepResult result;
  result.aborted = true;
  ASSERT_TRUE(stand_.commands.end(first(), result));
  EXPECT_EQ(wait_for_end().status, RunStatus::expired);
  EXPECT_EQ(stand_.commands.aborted.size(), 1u);
  EXPECT_EQ(step("a").ended_at_ms, stand_.clock.now);
}

}  // namespace
}  // namespace tripgate

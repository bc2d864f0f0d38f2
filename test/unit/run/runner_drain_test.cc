// Ctrl-C: what runs is aborted, and nothing more begins.
#include <gtest/gtest.h>

#include "test/lib/machine_stand.h"
#include "test/lib/run_stand.h"

namespace tripgate {
namespace {

class RunnerDrain : public ::testing::Test {
 protected:
  void start(const std::string& stages) {
    stand_.catalog.add(7, "custom", "deploy");
    stand_.catalog.pipelines["deploy"] = pipeline_of("deploy", stages);
    stand_.catalog.pipelines["child"] = pipeline_of("child", stage_yaml("s", step_yaml("a")));
    stand_.run_limits.running_max = 1;
    stand_.start();
  }

  void fire() { stand_.append(event_id(++event_count_), 7, "{}"); }

  void wait_for_starts(std::size_t count) {
    ASSERT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() >= count; }));
  }

  /// Lets processes that were asked to end do so until nothing runs, or too much has begun.
  void drain(std::size_t starts_max) {
    std::size_t ended = 0;
    ASSERT_TRUE(stand_.run_until([&] {
      while (ended < stand_.commands.aborted.size()) {
        StepResult aborted;
        aborted.aborted = true;
        stand_.commands.end(stand_.commands.aborted[ended++], aborted);
      }
      return stand_.runner->running_count() == 0 || stand_.commands.started.size() > starts_max;
    }));
  }

  RunStand stand_;
  std::uint64_t event_count_ = 0;
};

TEST_F(RunnerDrain, LeavesWhatWaitsToTheNextEngine) {
  start(stage_yaml("s", step_yaml("a")));
  fire();
  wait_for_starts(1);
  fire();
  fire();
  ASSERT_TRUE(stand_.run_until([&] { return stand_.executions().size() == 3; }));
  stand_.runner->abort_all();
  drain(1);
  EXPECT_EQ(stand_.commands.started.size(), 1U);
  EXPECT_EQ(stand_.executions()[0].status, RunStatus::aborted);
  EXPECT_EQ(stand_.executions()[1].status, RunStatus::queued);
  EXPECT_EQ(stand_.executions()[2].status, RunStatus::queued);
  stand_.kill();
  stand_.start();
  wait_for_starts(2);
}

TEST_F(RunnerDrain, AbortsARunThatWasAboutToBegin) {
  start(stage_yaml("s", step_yaml("a")));
  fire();
  ASSERT_TRUE(stand_.run_until([&] { return stand_.runner->running_count() == 1; }));
  stand_.runner->abort_all();
  drain(1);
  EXPECT_EQ(stand_.executions()[0].status, RunStatus::aborted);
}

TEST_F(RunnerDrain, BeginsNoChildOfWhatItAborts) {
  start(stage_yaml("s", step_yaml("a")) +
        "- stage: {name: c, identifier: c, type: Pipeline, spec: {pipeline: child, org: default, "
        "project: demo}}\n");
  fire();
  wait_for_starts(1);
  stand_.commands.end(stand_.commands.started[0].id, 0);
  stand_.runner->abort_all();  // The chained stage is reached, and not stored yet.
  drain(1);
  ASSERT_EQ(stand_.executions().size(), 1U);
  EXPECT_EQ(stand_.executions()[0].status, RunStatus::aborted);
  EXPECT_EQ(stand_.node(1, "c").status, RunStatus::aborted);
}

}  // namespace
}  // namespace tripgate

// Runs that begin in the write that creates them, and what becomes of those whose write came out
// otherwise.
#include <gtest/gtest.h>

#include "test/lib/machine_stand.h"
#include "test/lib/run_stand.h"

namespace tripgate {
namespace {

class FirstTurnTest : public ::testing::Test {
 protected:
  void SetUp() override {
    stand_.catalog.pipelines["deploy"] = pipeline_yaml("deploy", {1});
    stand_.catalog.add(7, "custom", "deploy");
    stand_.run_limits.running_max = 1;
    stand_.start();
  }

  PlannedRun plan() { return stand_.plan("deploy"); }

  void begin(PlannedRun& run) {
    PlannedRun* const runs[] = {&run};
    stand_.runner->begin_new(runs);
  }

  void store(PlannedRun& run) { stand_.store_durably(run); }

  void wait_for_starts(std::size_t count) {
    ASSERT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() == count; }));
  }

  [[nodiscard]] std::string started(std::size_t index) const {
    return stand_.commands.started[index].id.execution_id;
  }

  RunStand stand_;
};

TEST_F(FirstTurnTest, RunThatCountedOnNumbersOfAnotherBeginsOnceItIsStored) {
  PlannedRun late = plan();
  begin(late);
  ASSERT_NE(late.first_turn, nullptr);
  PlannedRun other = plan();
  store(other);
  store(late);
  EXPECT_FALSE(late.first_turn->is_stored);
  EXPECT_EQ(late.execution.number, 2u);
  EXPECT_EQ(late.execution.run_sequence, 2u);
  EXPECT_EQ(stand_.executions()[1].status, RunStatus::queued);
  stand_.runner->take_over({{late.execution.number, late.first_turn}});
  wait_for_starts(1);
  EXPECT_EQ(started(0), late.execution.plan_execution_id);
}

TEST_F(FirstTurnTest, AttemptsArePreparedBeforeTheyAreStored) {
  stand_.catalog.pipelines["deploy"] =
      pipeline_of("deploy", stage_yaml("s", step_yaml("a") + ", " + step_yaml("b")));
  PlannedRun run = plan();
  begin(run);
  const auto prepared = [&](std::size_t count) {
    return stand_.run_until([&] { return stand_.commands.prepared.size() == count; });
  };
  ASSERT_TRUE(prepared(1));
  EXPECT_TRUE(stand_.executions().empty());
  store(run);
  stand_.runner->take_over({{run.execution.number, run.first_turn}});
  wait_for_starts(1);
  EXPECT_EQ(stand_.commands.prepared[0], stand_.commands.started[0].id);
  ASSERT_TRUE(stand_.commands.end(stand_.commands.prepared[0], 0));
  ASSERT_TRUE(prepared(2));
  wait_for_starts(2);
  EXPECT_EQ(stand_.commands.prepared[1], stand_.commands.started[1].id);
}

TEST_F(FirstTurnTest, AbortThatComesBeforeTheRunIsTakenOverIsKeptForIt) {
  PlannedRun run = plan();
  begin(run);
  store(run);
  const ExecutionNumber number = run.execution.number;
  std::optional<std::string> told;
  stand_.runner->interrupt(number, {}, [&](const Result<std::string, Diagnostic>& done) {
    told = done ? "aborted" : done.error().message;
  });
  stand_.runner->take_over({{number, run.first_turn}});
  ASSERT_TRUE(stand_.run_until([&] { return told.has_value(); }));
  EXPECT_EQ(*told, "aborted");
  if (!stand_.commands.aborted.empty()) {
    StepResult aborted;
    aborted.aborted = true;
    stand_.commands.end(stand_.commands.aborted.front(), aborted);
  }
  ASSERT_TRUE(stand_.run_until([&] { return is_final(stand_.executions()[0].status); }));
  EXPECT_EQ(stand_.executions()[0].status, RunStatus::aborted);
}

TEST_F(FirstTurnTest, RunThatCouldNotBeStoredGivesItsPlaceBack) {
  PlannedRun lost = plan();
  begin(lost);
  ASSERT_NE(lost.first_turn, nullptr);
  EXPECT_EQ(stand_.runner->running_count(), 1u);
  stand_.runner->take_over({{0, lost.first_turn}});
  EXPECT_EQ(stand_.runner->running_count(), 0u);
  stand_.append(event_id(1), 7, "{}");
  wait_for_starts(1);
}

TEST_F(FirstTurnTest, RunWithoutAPlaceWaitsAndKeepsItsTurn) {
  stand_.append(event_id(1), 7, "{}");
  wait_for_starts(1);
  PlannedRun second = plan();
  begin(second);
  EXPECT_EQ(second.first_turn, nullptr);
  store(second);
  stand_.commands.end(stand_.commands.started[0].id, 0);
  ASSERT_TRUE(stand_.run_until([&] { return stand_.runner->running_count() == 0; }));
  // A place is free, but the older run has not been handed over yet.
  stand_.runner->take_over({{second.execution.number, nullptr}});
  PlannedRun third = plan();
  begin(third);
  EXPECT_EQ(third.first_turn, nullptr);
  wait_for_starts(2);
  EXPECT_EQ(started(1), second.execution.plan_execution_id);
}

TEST_F(FirstTurnTest, OneWriteSettlesAnEventAndBeginsItsRun) {
  stand_.append(event_id(1), 7, "{}");
  wait_for_starts(1);
  // Its event is stored before, and settled with its rows, execution, nodes and first turn.
  const std::vector<Execution> all = stand_.executions();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].status, RunStatus::running);
  const std::uint64_t before = stand_.store->environment().last_commit();
  stand_.commands.end(stand_.commands.started[0].id, 0);
  ASSERT_TRUE(stand_.run_until([&] { return stand_.runner->running_count() == 0; }));
  EXPECT_EQ(stand_.store->environment().last_commit(), before + 1);
  const std::uint64_t ended = stand_.store->environment().last_commit();
  stand_.append(event_id(2), 7, "{}");
  wait_for_starts(2);
  EXPECT_LE(stand_.store->environment().last_commit(), ended + 2);
}

}  // namespace
}  // namespace tripgate

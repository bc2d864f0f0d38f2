// Aborts of runs that wait for their turn.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "engine/run/run_queue.h"
#include "engine/status/record_writer.h"
#include "test/lib/machine_stand.h"
#include "test/lib/run_stand.h"

namespace tripgate {
namespace {

TEST(RunnerQueue, PutsARunThatComesBackInFrontOfYoungerOnes) {
  RunQueue queue(3, 3);
  for (const ExecutionNumber number : {1, 2, 3}) queue.push("demo", number);
  ASSERT_TRUE(queue.remove("demo", 2));
  queue.push("demo", 2);
  for (const ExecutionNumber number : {1, 2, 3}) {
    const auto turn = queue.pop();
    ASSERT_TRUE(turn);
    EXPECT_EQ(turn->number, number);
  }
}

TEST(RunnerQueue, KeepsARunWhoseAbortCannotBeStored) {
  RunStand stand;
  stand.catalog.add(7, "custom", "deploy");
  stand.catalog.pipelines["deploy"] = pipeline_of("deploy", stage_yaml("s", step_yaml("a")));
  stand.run_limits.running_max = 1;
  stand.start();
  stand.append(event_id(1), 7, "{}");
  ASSERT_TRUE(stand.run_until([&] { return stand.commands.started.size() == 1; }));
  stand.append(event_id(2), 7, "{}");
  ASSERT_TRUE(stand.run_until([&] { return stand.runner->waiting_count() == 1; }));

  // The record is damaged after the runner has read it and before it is written.
  const lmdb::Database executions = stand.store->databases().execution;
  const std::string key = big_endian_key(ExecutionNumber{2});
  std::string record;
  std::promise<void> is_read;
  stand.store->submit(
      [&, is_read = is_read.get_future().share()](lmdb::WriteTransaction& txn) -> ErrorCode {
        is_read.wait();
        const auto found = txn.load(executions, key);
        if (!found) return found.error();
        record = *found;
        return txn.put(executions, key, "x");
      },
      [](ErrorCode error) { EXPECT_FALSE(error); });
  std::optional<std::string> told;
  stand.runner->interrupt(2, {}, [&](const Result<std::string, Diagnostic>& done) {
    told = done ? "aborted" : done.error().message;
  });
  stand.io->restart();
  stand.io->poll();
  is_read.set_value();
  ASSERT_TRUE(stand.run_until([&] { return told.has_value(); }));
  EXPECT_TRUE(told->starts_with("the store refused: ")) << *told;

  ASSERT_FALSE(stand.store->write_and_wait(
      [&](lmdb::WriteTransaction& txn) { return txn.put(executions, key, record); }));
  EXPECT_EQ(stand.runner->waiting_count(), 1U);
  stand.commands.end(stand.commands.started[0].id, 0);
  ASSERT_TRUE(stand.run_until([&] { return stand.commands.started.size() == 2; }));
}

class WaitingRun : public ::testing::Test {
 protected:
  /// One run is at work, another one waits for its turn.
  void SetUp() override {
    stand_.catalog.add(7, "custom", "deploy");
    stand_.catalog.pipelines["deploy"] = pipeline_of("deploy", stage_yaml("s", step_yaml("a")));
    stand_.run_limits.running_max = 1;
    stand_.start();
    stand_.append(event_id(1), 7, "{}");
    ASSERT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() == 1; }));
    stand_.append(event_id(2), 7, "{}");
    ASSERT_TRUE(stand_.run_until([&] { return stand_.runner->waiting_count() == 1; }));
  }

  void interrupt(InterruptType type) {
    InterruptRequest request;
    request.type = type;
    stand_.runner->interrupt(2, request, [&](const Result<std::string, Diagnostic>& done) {
      told_.push_back(done ? "done" : done.error().message);
    });
  }

  /// While they live nobody else reads.
  std::vector<lmdb::ReadTransaction> all_readers() {
    std::vector<lmdb::ReadTransaction> readers;
    while (auto txn = stand_.store->begin_read()) readers.push_back(std::move(*txn));
    return readers;
  }

  void damage(ExecutionNumber number) {
    const lmdb::Database executions = stand_.store->databases().execution;
    ASSERT_FALSE(stand_.store->write_and_wait([&](lmdb::WriteTransaction& txn) {
      return txn.put(executions, big_endian_key(number), "x");
    }));
  }

  RunStand stand_;
  std::vector<std::string> told_;
};

TEST_F(WaitingRun, WaitsOnWhileItsPipelineCannotBeRead) {
  stand_.catalog.version_failure = make_error_code(Errc::readers_full);
  stand_.commands.end(stand_.commands.started[0].id, 0);
  ASSERT_TRUE(stand_.run_until([&] { return stand_.catalog.version_loads == 1; }));
  EXPECT_EQ(stand_.executions()[1].status, RunStatus::queued);
  stand_.runner->check_deadlines();
  EXPECT_EQ(stand_.catalog.version_loads, 1);
  stand_.clock.now += 1000;
  stand_.runner->check_deadlines();
  EXPECT_EQ(stand_.catalog.version_loads, 2);
  stand_.catalog.version_failure = {};
  stand_.clock.now += 1000;
  stand_.runner->check_deadlines();
  ASSERT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() == 2; }));
}

TEST_F(WaitingRun, IsQueuedOnceItsRecordCanBeReadAgain) {
  PlannedRun run = stand_.plan("deploy");
  stand_.store_durably(run);
  auto readers = all_readers();
  stand_.runner->enqueue({run.execution.number});
  stand_.io->restart();
  stand_.io->poll();
  readers.clear();
  EXPECT_EQ(stand_.runner->waiting_count(), 1U);
  stand_.clock.now += 1000;
  stand_.runner->check_deadlines();
  EXPECT_EQ(stand_.runner->waiting_count(), 2U);
}

TEST_F(WaitingRun, IsLookedForOnceASecondWhateverElseWaits) {
  PlannedRun run = stand_.plan("deploy");
  stand_.store_durably(run);
  stand_.catalog.version_failure = make_error_code(Errc::readers_full);
  stand_.commands.end(stand_.commands.started[0].id, 0);
  ASSERT_TRUE(stand_.run_until([&] { return stand_.catalog.version_loads == 1; }));
  {
    const auto readers = all_readers();
    stand_.runner->enqueue({run.execution.number});
    stand_.io->restart();
    stand_.io->poll();
    stand_.clock.now += 1000;
    stand_.runner->check_deadlines();  // Neither can be read: both wait for another second.
  }
  stand_.runner->check_deadlines();
  EXPECT_EQ(stand_.catalog.version_loads, 1);
  stand_.clock.now += 1000;
  stand_.runner->check_deadlines();
  EXPECT_EQ(stand_.catalog.version_loads, 2);
}

TEST_F(WaitingRun, EndsWhenItsPipelineIsGone) {
  stand_.catalog.version_failure = make_error_code(Errc::not_found);
  stand_.commands.end(stand_.commands.started[0].id, 0);
  ASSERT_TRUE(
      stand_.run_until([&] { return stand_.executions()[1].status == RunStatus::errored; }));
}

TEST_F(WaitingRun, CanBeAbortedWhileItsPipelineCannotBeRead) {
  stand_.catalog.version_failure = make_error_code(Errc::readers_full);
  stand_.commands.end(stand_.commands.started[0].id, 0);
  ASSERT_TRUE(stand_.run_until([&] { return stand_.catalog.version_loads == 1; }));
  bool is_told = false;
  stand_.runner->interrupt(2, {}, [&](const auto& done) { is_told = done.has_value(); });
  stand_.io->restart();
  stand_.io->poll();
  stand_.catalog.version_failure = {};
  stand_.clock.now += 1000;
  stand_.runner->check_deadlines();
  ASSERT_TRUE(
      stand_.run_until([&] { return stand_.executions()[1].status == RunStatus::aborted; }));
  EXPECT_TRUE(is_told);
  EXPECT_EQ(stand_.commands.started.size(), 1U);
}

TEST_F(WaitingRun, CanOnlyBeAborted) {
  interrupt(InterruptType::pause);
  ASSERT_TRUE(stand_.run_until([&] { return told_.size() == 1; }));
  EXPECT_EQ(told_[0], "Execution waits for its turn: it can only be aborted");
}

TEST_F(WaitingRun, SecondAbortHearsWhatBecameOfTheFirst) {
  interrupt(InterruptType::abort_all);
  interrupt(InterruptType::abort_all);
  ASSERT_TRUE(stand_.run_until([&] { return told_.size() == 2; }));
  // The second may look when the first is on disk and not yet told.
  EXPECT_THAT(told_, testing::UnorderedElementsAre(
                         "done", "Execution is already finished with status: [ABORTED]"));
}

TEST_F(WaitingRun, GivesItsPlaceBackIfItCannotBeRead) {
  damage(2);
  stand_.append(event_id(3), 7, "{}");
  ASSERT_TRUE(stand_.run_until([&] { return stand_.runner->waiting_count() == 2; }));
  ASSERT_TRUE(stand_.commands.end(stand_.commands.started[0].id, 0));
  ASSERT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() == 2; }));
}

TEST_F(WaitingRun, BrokenRecordDoesNotKeepTheEngineFromStarting) {
  damage(2);
  stand_.commands.adoptable[stand_.commands.started[0].id] = Adoption::running;
  stand_.kill();
  stand_.start();
  stand_.append(event_id(3), 7, "{}");
  ASSERT_TRUE(stand_.run_until([&] { return stand_.runner->waiting_count() == 1; }));
  ASSERT_TRUE(stand_.commands.end(stand_.commands.started[0].id, 0));
  ASSERT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() == 2; }));
}

TEST_F(WaitingRun, WhoAsksAnEngineThatStopsIsTold) {
  stand_.runner->stop();
  interrupt(InterruptType::abort_all);
  ASSERT_TRUE(stand_.run_until([&] { return told_.size() == 1; }));
  EXPECT_EQ(told_[0], "the engine is stopping");
}

}  // namespace
}  // namespace tripgate

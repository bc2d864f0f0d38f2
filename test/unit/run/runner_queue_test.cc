// Aborts of runs that wait for their turn.
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
  for (const ExecutionNumber number : {1, 2, 3}) EXPECT_EQ(queue.pop(), number);
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

}  // namespace
}  // namespace tripgate

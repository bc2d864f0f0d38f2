// What is removed, what stays, and that a kill between any two writes changes neither.
#include "engine/retention/retention.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <fstream>

#include "engine/base/errc.h"
#include "engine/config.h"
#include "engine/status/execution_removal.h"
#include "engine/status/record_writer.h"
#include "test/lib/run_stand.h"

namespace tripgate {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;

constexpr std::uint64_t kLastEvent = 99;
constexpr RetentionSettings kAnHour = {.executions = hours(1), .events = hours(1)};

class RetentionTest : public testing::Test {
 protected:
  RetentionTest() {
    stand_.catalog.add(7, "custom", "deploy");
    stand_.catalog.pipelines["deploy"] = pipeline_yaml("deploy", {1, 1});
    stand_.start();
  }

  /// An event with a body in a file, and its run up to the first step.
  ExecutionNumber fire(std::uint64_t number) {
    const std::size_t before = stand_.commands.started.size();
    std::ofstream(body(number)) << "body";
    stand_.append(event_id(number), 7, "{}");
    EXPECT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() > before; }));
    const Execution execution = stand_.executions().back();
    fs::create_directories(steps(execution) + "/node.0");
    std::ofstream(steps(execution) + "/node.0/log") << "line";
    return execution.number;
  }

  ExecutionNumber run(std::uint64_t number) {
    const ExecutionNumber execution = fire(number);
    end(execution);
    return execution;
  }

  /// Its first step fails, the rest is skipped.
  void end(ExecutionNumber number) {
    stand_.commands.end(stand_.commands.started.back().id, 1);
    EXPECT_TRUE(stand_.run_until([&] { return is_final(execution(number).status); }));
  }

  /// An event that nothing matches.
  void append_unmatched(std::uint64_t number) {
    std::ofstream(body(number)) << "body";
    stand_.append(event_id(number), 0, "{}", "nobody");
    EXPECT_TRUE(stand_.run_until([&] { return !stand_.rows_of(event_id(number)).empty(); }));
  }

  Execution execution(ExecutionNumber number) {
    for (const Execution& each : stand_.executions()) {
      if (each.number == number) return each;
    }
    return {};
  }

  std::string body(std::uint64_t number) const {
    std::array<char, EventId::kTextSize> name{};
    event_id(number).print(name);
    return stand_.directory() + "/bodies/" + std::string(name.data(), name.size());
  }

  std::string steps(const Execution& execution) const {
    return stand_.directory() + "/steps/" + execution.plan_execution_id;
  }

  Retention::Parts parts(RetentionSettings settings, std::function<void()> on_write = {}) {
    return {.store = *stand_.store,
            .journal = *stand_.journal,
            .clock = stand_.clock,
            .settings = settings,
            .steps_directory = stand_.directory() + "/steps",
            .on_write = std::move(on_write)};
  }

  void sweep(RetentionSettings settings = kAnHour) {
    EXPECT_FALSE(Retention(parts(settings)).sweep());
  }

  void pass(std::chrono::milliseconds time) { stand_.clock.now += time.count(); }

  bool has_event(std::uint64_t number) {
    const auto sequence = stand_.journal->find(event_id(number));
    return sequence && stand_.journal->load_head(*sequence);
  }

  std::uint64_t count(lmdb::Database StateDatabases::*database) {
    const auto txn = stand_.store->begin_read();
    const auto counted = txn->count(stand_.store->databases().*database);
    return counted ? *counted : ~std::uint64_t{0};
  }

  static int files_in(const std::string& folder) {
    return static_cast<int>(std::distance(fs::directory_iterator(folder), {}));
  }

  RunStand stand_;
};

TEST_F(RetentionTest, RunThatIsNotOverStays) {
  const ExecutionNumber running = fire(1);
  append_unmatched(kLastEvent);
  pass(hours(1000));
  sweep();
  EXPECT_EQ(execution(running).status, RunStatus::running);
  EXPECT_TRUE(has_event(1));
  EXPECT_TRUE(fs::exists(steps(execution(running))));
  EXPECT_EQ(stand_.store->write_and_wait([&](lmdb::WriteTransaction& txn) {
    return begin_removal(txn, stand_.store->databases(), running);
  }),
            Errc::invalid_transition);
}

TEST_F(RetentionTest, ZeroKeepsForEver) {
  run(1);
  append_unmatched(2);
  append_unmatched(kLastEvent);
  pass(hours(100'000));
  sweep({.executions = hours(0), .events = hours(0)});
  EXPECT_EQ(stand_.executions().size(), 1U);
  EXPECT_TRUE(has_event(2));
}

TEST_F(RetentionTest, TimeCountsFromTheEnd) {
  const ExecutionNumber number = fire(1);
  append_unmatched(kLastEvent);
  pass(hours(10));
  end(number);
  pass(hours(1));
  sweep();
  EXPECT_EQ(stand_.executions().size(), 1U);
  pass(std::chrono::milliseconds(1));
  sweep();
  EXPECT_TRUE(stand_.executions().empty());
}

TEST_F(RetentionTest, NothingIsLeftOfWhatIsRemoved) {
  const Execution old = execution(run(1));
  append_unmatched(2);
  append_unmatched(kLastEvent);
  pass(hours(2));
  sweep();
  EXPECT_FALSE(fs::exists(steps(old)));
  EXPECT_FALSE(fs::exists(body(1)));
  EXPECT_FALSE(has_event(1));
  EXPECT_FALSE(has_event(2));
  for (const auto database :
       {&StateDatabases::execution, &StateDatabases::execution_list,
        &StateDatabases::execution_index, &StateDatabases::event_execution, &StateDatabases::node,
        &StateDatabases::removed_execution, &StateDatabases::trigger_history}) {
    EXPECT_EQ(count(database), 0U);
  }
  EXPECT_EQ(count(&StateDatabases::event), 1U);
  EXPECT_EQ(count(&StateDatabases::history), 1U);
}

TEST_F(RetentionTest, NewestEventStaysForItsNumber) {
  append_unmatched(1);
  append_unmatched(2);
  pass(hours(2));
  sweep();
  EXPECT_FALSE(has_event(1));
  EXPECT_TRUE(has_event(2));
  stand_.kill();
  stand_.start();
  append_unmatched(3);
  const auto sequence = stand_.journal->find(event_id(3));
  ASSERT_TRUE(sequence);
  EXPECT_EQ(*sequence, 3U);
}

TEST_F(RetentionTest, EventStaysAsLongAsItsExecution) {
  const RetentionSettings longer = {.executions = hours(10), .events = hours(1)};
  run(1);
  append_unmatched(kLastEvent);
  pass(hours(2));
  sweep(longer);
  EXPECT_TRUE(has_event(1));
  EXPECT_EQ(stand_.rows_of(event_id(1)).size(), 1U);
  pass(hours(10));
  sweep(longer);
  EXPECT_FALSE(has_event(1));
  EXPECT_EQ(count(&StateDatabases::history), 1U);
}

TEST_F(RetentionTest, EventOutlivesAnExecutionThatIsKeptShorter) {
  run(1);
  append_unmatched(kLastEvent);
  pass(hours(2));
  sweep({.executions = hours(1), .events = hours(0)});
  EXPECT_TRUE(stand_.executions().empty());
  EXPECT_TRUE(has_event(1));
  sweep();
  EXPECT_FALSE(has_event(1));
}

TEST_F(RetentionTest, ChildStaysWhileItsParentRuns) {
  const ExecutionNumber parent = fire(1);
  Execution child = execution(parent);
  child.plan_execution_id = "child";
  child.origin = {};
  child.parent.execution = parent;
  child.status = RunStatus::queued;
  const auto write = [&](const StateWrite& change) {
    EXPECT_FALSE(stand_.store->write_and_wait(change));
  };
  const StateDatabases& dbs = stand_.store->databases();
  write([&](lmdb::WriteTransaction& txn) { return create_execution(txn, dbs, child, {}); });
  child.status = RunStatus::failed;
  child.ended_at_ms = stand_.clock.now;
  write([&](lmdb::WriteTransaction& txn) { return save_execution(txn, dbs, child); });
  append_unmatched(kLastEvent);
  pass(hours(2));
  sweep();
  EXPECT_EQ(stand_.executions().size(), 2U);
  end(parent);
  sweep();
  ASSERT_EQ(stand_.executions().size(), 1U);
  EXPECT_EQ(stand_.executions().front().number, parent);
}

TEST_F(RetentionTest, WhatCannotBeRemovedHoldsUpNothingElse) {
  const RetentionSettings longer = {.executions = hours(10), .events = hours(1)};
  const Execution first = execution(run(1));
  run(2);
  append_unmatched(3);
  append_unmatched(kLastEvent);
  pass(hours(2));
  sweep(longer);  // Events 1 and 2 go with their executions.
  ASSERT_FALSE(has_event(3));
  const std::string key = big_endian_key(first.origin.event_sequence);
  const lmdb::Database events = stand_.store->databases().event;
  std::string record;
  ASSERT_FALSE(stand_.store->write_and_wait([&](lmdb::WriteTransaction& txn) -> ErrorCode {
    const auto found = txn.load(events, key);
    if (!found) return found.error();
    record = *found;
    return txn.put(events, key, "x");
  }));
  append_unmatched(4);
  append_unmatched(5);
  pass(hours(20));
  EXPECT_EQ(Retention(parts(longer)).sweep(), Errc::store_corrupt);
  EXPECT_TRUE(stand_.executions().empty());
  EXPECT_FALSE(has_event(2));
  EXPECT_FALSE(has_event(4));
  EXPECT_EQ(count(&StateDatabases::removed_execution), 1U);
  ASSERT_FALSE(stand_.store->write_and_wait(
      [&](lmdb::WriteTransaction& txn) { return txn.put(events, key, record); }));
  sweep(longer);
  EXPECT_FALSE(has_event(1));
  EXPECT_EQ(count(&StateDatabases::removed_execution), 0U);
}

TEST_F(RetentionTest, EventStaysForARunThatBeginsMeanwhile) {
  append_unmatched(1);
  append_unmatched(kLastEvent);
  pass(hours(2));
  const auto sequence = stand_.journal->find(event_id(1));
  ASSERT_TRUE(sequence);
  bool is_first = true;
  const auto begin_run = [&] {
    if (!std::exchange(is_first, false)) return;
    EXPECT_FALSE(stand_.store->write_and_wait([&](lmdb::WriteTransaction& txn) {
      return txn.put(stand_.store->databases().event_execution,
                     big_endian_key(*sequence) + big_endian_key(ExecutionNumber{1}), "");
    }));
  };
  EXPECT_FALSE(Retention(parts(kAnHour, begin_run)).sweep());
  EXPECT_FALSE(is_first);
  EXPECT_TRUE(has_event(1));
  EXPECT_EQ(stand_.rows_of(event_id(1)).size(), 1U);
}

TEST_F(RetentionTest, KillBetweenAnyTwoWritesLosesNothingAndLeavesNothing) {
  run(1);
  run(2);
  append_unmatched(3);
  pass(hours(2));
  const ExecutionNumber kept = run(4);
  const Execution kept_before = execution(kept);
  const std::size_t node_count = stand_.nodes(kept).size();
  append_unmatched(kLastEvent);
  stand_.kill();
  bool has_finished = false;
  for (int limit = 1; !has_finished; ++limit) {
    ASSERT_LT(limit, 100);
    const pid_t child = ::fork();
    if (child == 0) {
      stand_.start(true);
      int writes = 0;
      Retention killed(parts(kAnHour, [&] {
        if (++writes == limit) std::_Exit(9);
      }));
      std::_Exit(killed.sweep() ? 1 : 0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status) && (WEXITSTATUS(status) == 9 || WEXITSTATUS(status) == 0));
    has_finished = WEXITSTATUS(status) == 0;
    stand_.start(true);
    // Whoever is there is whole.
    for (const Execution& each : stand_.executions()) {
      EXPECT_EQ(stand_.nodes(each.number).size(), node_count) << each.number;
      EXPECT_TRUE(stand_.journal->load(each.origin.event_sequence)) << each.number;
    }
    EXPECT_EQ(encode_execution(execution(kept)), encode_execution(kept_before));
    EXPECT_TRUE(fs::exists(steps(kept_before) + "/node.0/log"));
    EXPECT_TRUE(has_event(4));
    if (!has_finished) stand_.kill();
  }
  EXPECT_EQ(stand_.executions().size(), 1U);
  EXPECT_EQ(count(&StateDatabases::node), node_count);
  EXPECT_EQ(count(&StateDatabases::removed_execution), 0U);
  EXPECT_EQ(count(&StateDatabases::history), 2U);
  EXPECT_EQ(count(&StateDatabases::event), 2U);
  EXPECT_EQ(files_in(stand_.directory() + "/steps"), 1);
  EXPECT_EQ(files_in(stand_.directory() + "/bodies"), 2);
}

TEST_F(RetentionTest, StopEndsASweepThatHasMuchToDo) {
  append_unmatched(1);
  append_unmatched(kLastEvent);
  pass(hours(2));
  Retention stopped(parts(kAnHour));
  stopped.stop();
  EXPECT_EQ(stopped.sweep(), Errc::cancelled);
  EXPECT_TRUE(has_event(1));
}

TEST_F(RetentionTest, ThreadSweepsAndStops) {
  append_unmatched(1);
  append_unmatched(kLastEvent);
  pass(hours(2));
  Retention working(parts(kAnHour));
  working.start();
  EXPECT_TRUE(stand_.run_until([&] { return working.removed_events() == 1; }));
  working.stop();
  EXPECT_FALSE(has_event(1));
}

TEST(RetentionConfig, IsReadFromItsSection) {
  const auto read = [](const std::string& text) {
    return parse_config("state_dir: /s\nretention: " + text + "\n", "engine.yaml");
  };
  for (const char* wrong : {"{executions: soon}", "{events: -1d}", "{logs: 1d}"}) {
    EXPECT_FALSE(read(wrong)) << wrong;
  }
  const auto config = read("{executions: 30d, events: 0}");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->retention.executions, std::chrono::days(30));
  EXPECT_EQ(config->retention.events, std::chrono::seconds(0));
  const auto absent = parse_config("state_dir: /s\n", "engine.yaml");
  ASSERT_TRUE(absent);
  EXPECT_EQ(absent->retention.executions, std::chrono::weeks(26));
  EXPECT_EQ(absent->retention.events, std::chrono::days(7));
}

}  // namespace
}  // namespace tripgate

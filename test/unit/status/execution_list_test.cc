// Lists of stored executions: what is chosen, in which order, and what it costs.
#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "engine/base/errc.h"
#include "engine/base/json_document.h"
#include "engine/status/execution_filter.h"
#include "engine/status/new_id.h"
#include "test/lib/run_stand.h"

namespace tripgate {
namespace {

class ExecutionListTest : public testing::Test {
 protected:
  ExecutionListTest() { stand_.start(true); }

  static Execution sample(int number) {
    Execution execution;
    execution.plan_execution_id = make_short_id();
    execution.account = "acc";
    execution.org = "default";
    execution.project = "demo";
    execution.pipeline = "pipe" + std::to_string(number % 2);
    execution.pipeline_name = "Pipe " + std::to_string(number % 2);
    execution.started_at_ms = 1000 + number;
    execution.origin.trigger = "trig";
    return execution;
  }

  ExecutionNumber store(Execution execution) {
    EXPECT_FALSE(stand_.store->write_and_wait([&](lmdb::WriteTransaction& txn) {
      return create_execution(txn, stand_.store->databases(), execution, {});
    }));
    return execution.number;
  }

  void end(ExecutionNumber number, RunStatus status) {
    EXPECT_FALSE(stand_.store->write_and_wait([&](lmdb::WriteTransaction& txn) -> ErrorCode {
      auto execution = load_execution(txn, stand_.store->databases(), number);
      if (!execution) return execution.error();
      execution->status = status;
      return save_execution(txn, stand_.store->databases(), *execution);
    }));
  }

  std::string list_text(ExecutionFilter filter, const ListPage& page = {}) {
    if (filter.account.empty()) filter.account = "acc";
    const auto listed =
        StatusReader(*stand_.store, *stand_.journal).execution_list(ExecutionChoice(filter), page);
    EXPECT_TRUE(listed);
    return listed ? *listed : "{}";
  }

  /// Their start times less 1000, in the order of the list.
  std::vector<int> list(const ExecutionFilter& filter, const ListPage& page = {}) {
    const auto document = JsonDocument::parse(list_text(filter, page));
    std::vector<int> found;
    if (!document) return found;
    for (const JsonView run : document->root().find("content").elements()) {
      found.push_back(static_cast<int>(run.find("startTs").integer().value_or(0)) - 1000);
    }
    return found;
  }

  RunStand stand_;
};

using Numbers = std::vector<int>;

TEST_F(ExecutionListTest, OtherPlacesAreNotShown) {
  store(sample(0));
  Execution elsewhere = sample(1);
  elsewhere.project = "other";
  store(elsewhere);
  EXPECT_EQ(list({.account = "other"}), Numbers{});
  EXPECT_EQ(list({.org = "none"}), Numbers{});
  EXPECT_EQ(list({.org = "default", .project = "demo"}), Numbers{0});
  EXPECT_EQ(list({.project = "other"}), Numbers{1});
  EXPECT_EQ(list({.org = "default"}), (Numbers{1, 0}));
}

TEST_F(ExecutionListTest, PlacesOfEqualHashAreToldApartByTheirHeads) {
  store(sample(0));
  ListedExecution listed;
  listed.account = place_hash("acc");
  Execution other = sample(1);
  other.account = "other";
  const ExecutionChoice choice({.account = "acc"});
  EXPECT_TRUE(choice.may_pass(listed));
  EXPECT_FALSE(choice.passes(other));
}

TEST_F(ExecutionListTest, NewestComesFirstUnlessAskedOtherwise) {
  for (int i = 0; i < 5; ++i) store(sample(i));
  EXPECT_EQ(list({}, {.number = 0, .size = 2}), (Numbers{4, 3}));
  EXPECT_EQ(list({}, {.number = 2, .size = 2}), (Numbers{0}));
  EXPECT_EQ(list({}, {.number = 9, .size = 2}), (Numbers{}));
  EXPECT_EQ(list({}, {.number = 0, .size = 2, .is_oldest_first = true}), (Numbers{0, 1}));
}

TEST_F(ExecutionListTest, PageNumbersAreSprings) {
  for (int i = 0; i < 5; ++i) store(sample(i));
  const std::string text = list_text({}, {.number = 1, .size = 2});
  EXPECT_TRUE(text.ends_with(
      R"("pageable":{"sort":{"sorted":true,"unsorted":false,"empty":false},"offset":2,)"
      R"("pageNumber":1,"pageSize":2,"paged":true,"unpaged":false},"totalPages":3,)"
      R"("totalElements":5,"last":false,"size":2,"number":1,"sort":{"sorted":true,)"
      R"("unsorted":false,"empty":false},"numberOfElements":2,"first":false,"empty":false})"))
      << text;
}

TEST_F(ExecutionListTest, StatusIsThatOfNow) {
  const ExecutionNumber first = store(sample(0));
  store(sample(1));
  end(first, RunStatus::failed);
  EXPECT_EQ(list({.statuses = {RunStatus::failed}}), Numbers{0});
  EXPECT_EQ(list({.statuses = {RunStatus::queued}}), Numbers{1});
  EXPECT_EQ(list({.statuses = {RunStatus::queued, RunStatus::failed}}), (Numbers{1, 0}));
}

TEST_F(ExecutionListTest, ChildrenAreHiddenUnlessAskedFor) {
  const ExecutionNumber parent = store(sample(0));
  Execution child = sample(1);
  child.parent.execution = parent;
  store(child);
  EXPECT_EQ(list({}), Numbers{0});
  EXPECT_EQ(list({.shows_children = true}), (Numbers{1, 0}));
}

TEST_F(ExecutionListTest, EveryFilterChooses) {
  store(sample(0));
  Execution manual = sample(1);
  manual.origin = {};
  manual.origin.type = TriggerType::manual;
  manual.origin.principal_username = "ada";
  manual.tags = {{"team", "Blue"}};
  store(manual);
  const std::vector<std::pair<ExecutionFilter, Numbers>> cases = {
      {{.trigger_types = {TriggerType::manual}}, {1}},
      {{.trigger_identifiers = {"trig"}}, {0}},
      {{.pipeline_name = "pipe 1"}, {1}},
      {{.search_term = "PIPE0"}, {0}},
      {{.search_term = "blue"}, {1}},
      {{.search_term = "nothing"}, {}},
      {{.tags = {{"team", ""}}}, {1}},
      {{.tags = {{"team", "Red"}}}, {}},
      {{.tags = {{"team", "Red"}, {"team", "Blue"}}}, {1}},
      {{.requested_by = "ada"}, {1}},
      {{.requested_by = "bob"}, {}},
      {{.started_from_ms = 1001}, {1}},
      {{.started_until_ms = 1000}, {0}},
      {{.shows_none = true}, {}},
      {{.org = "default", .project = "demo", .pipeline = "pipe1"}, {1}},
      {{.pipeline = "pipe1"}, {1}},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(list(cases[i].first), cases[i].second) << "case " << i;
  }
}

TEST_F(ExecutionListTest, NotesAndRetriesOutliveWhatTheRunnerSaves) {
  Execution execution = sample(0);
  execution.number = store(execution);
  EXPECT_FALSE(stand_.store->write_and_wait([&](lmdb::WriteTransaction& txn) {
    return annotate_execution(txn, stand_.store->databases(), execution.number,
                              [](Execution& stored) {
                                stored.notes = "mine";
                                stored.lineage.retried_by = "next";
                              });
  }));
  end(execution.number, RunStatus::failed);
  const Execution stored = stand_.executions().front();
  EXPECT_EQ(stored.notes, "mine");
  EXPECT_EQ(stored.lineage.retried_by, "next");
  EXPECT_EQ(stored.status, RunStatus::failed);
  EXPECT_EQ(stand_.store->write_and_wait([&](lmdb::WriteTransaction& txn) {
    return annotate_execution(txn, stand_.store->databases(), 99, [](Execution&) {});
  }),
            Errc::not_found);
}

TEST(ListedRecord, RefusesEveryCutAndComesBackWhole) {
  const ListedExecution listed = {RunStatus::failed, TriggerType::manual, true, 5, 1, 2, 3, 4};
  const std::string bytes = encode_listed(listed);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_listed(bytes.substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_listed(bytes + '\0'));
  EXPECT_EQ(decode_listed(bytes), listed);
  std::string damaged = bytes;
  damaged[1] = 99;
  EXPECT_FALSE(decode_listed(damaged));
}

TEST(DisplayStatus, IsReadAsItIsShown) {
  EXPECT_EQ(parse_display_status("Success"), RunStatus::succeeded);
  EXPECT_EQ(parse_display_status("aBORTED"), RunStatus::aborted);
  EXPECT_EQ(parse_display_status("QueuedExecutionConcurrencyReached"),
            RunStatus::queued_execution_concurrency_reached);
  EXPECT_EQ(parse_display_status("SUCCEEDED"), std::nullopt);
  EXPECT_EQ(parse_display_status(""), std::nullopt);
  EXPECT_EQ(parse_trigger_type("MANUAL"), TriggerType::manual);
  EXPECT_EQ(unknown_display_status("Done").find(
                "Invalid value:Done, the expected values are: [Running, "),
            0U);
  EXPECT_EQ(parse_trigger_type("WEBHOOK"), std::nullopt);
}

}  // namespace
}  // namespace tripgate

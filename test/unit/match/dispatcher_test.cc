// What events become: rows and executions, once each, whatever stands in their way.
#include "engine/match/dispatcher.h"

#include <gtest/gtest.h>

#include "test/lib/run_stand.h"

namespace tripgate {
namespace {

class DispatcherTest : public ::testing::Test {
 protected:
  void SetUp() override {
    stand_.catalog.pipelines["deploy"] = pipeline_yaml("deploy", {1});
    stand_.catalog.add(7, "custom", "deploy");
  }

  HistoryRow only_row(EventId id) {
    EXPECT_TRUE(stand_.run_until([&] { return !stand_.rows_of(id).empty(); }));
    const std::vector<HistoryRow> rows = stand_.rows_of(id);
    EXPECT_EQ(rows.size(), 1u);
    return rows.empty() ? HistoryRow() : rows.front();
  }

  RunStand stand_;
};

TEST_F(DispatcherTest, TellsOfAnEventWhoseTriggerIsGone) {
  stand_.start();
  stand_.append(event_id(1), 8, "{}", "gone");
  const HistoryRow row = only_row(event_id(1));
  EXPECT_EQ(row.status, FinalStatus::no_enabled_custom_trigger_found);
  EXPECT_EQ(row.message,
            "No enabled custom trigger found for Account:acc, Org: default, Project: demo, "
            "Trigger: gone");
  EXPECT_FALSE(row.trigger);
  EXPECT_TRUE(stand_.executions().empty());
}

TEST_F(DispatcherTest, DoesNotFireADisabledTrigger) {
  stand_.catalog.triggers[0].is_enabled = false;
  stand_.start();
  stand_.append(event_id(1), 7, "{}");
  EXPECT_EQ(only_row(event_id(1)).status, FinalStatus::no_enabled_custom_trigger_found);
}

TEST_F(DispatcherTest, TellsOfAMissingPipeline) {
  stand_.catalog.pipelines.clear();
  stand_.start();
  stand_.append(event_id(1), 7, "{}");
  const HistoryRow row = only_row(event_id(1));
  EXPECT_EQ(row.status, FinalStatus::invalid_runtime_input_yaml);
  EXPECT_EQ(
      row.message,
      "Failed while requesting Pipeline Execution through Trigger: Unable to continue trigger "
      "execution. Pipeline with identifier: deploy, with org: default, with ProjectId: demo, "
      "For Trigger: custom does not exist.");
  ASSERT_TRUE(row.trigger);
  EXPECT_EQ(row.trigger->identifier, "custom");
}

TEST_F(DispatcherTest, PutsAPoisonEventAsideAndGoesOn) {
  stand_.catalog.poisoned_ref = 66;
  stand_.start();
  stand_.append(event_id(1), 66, "{}");
  stand_.append(event_id(2), 7, "{}");
  const HistoryRow row = only_row(event_id(1));
  EXPECT_EQ(row.status, FinalStatus::exception_while_processing);
  EXPECT_TRUE(
      row.message.starts_with("Exception occurred while Processing Trigger Filter: "
                              "AccountCustomTriggerFilter, for Account: "
                              "acc. Exception: "));
  EXPECT_EQ(only_row(event_id(2)).status, FinalStatus::target_execution_requested);
}

TEST_F(DispatcherTest, RequestsAnExecutionWithEverythingItsStatusShows) {
  stand_.start();
  stand_.append(event_id(1), 7, "{}");
  const HistoryRow row = only_row(event_id(1));
  EXPECT_EQ(row.message, "Pipeline execution was requested successfully");
  ASSERT_TRUE(row.execution);
  EXPECT_EQ(row.execution->plan_execution_id.size(), 22u);
  ASSERT_EQ(stand_.executions().size(), 1u);
  EXPECT_EQ(stand_.executions()[0].run_sequence, 1u);
  EXPECT_EQ(stand_.executions()[0].origin.trigger, "custom");
}

TEST_F(DispatcherTest, KeepsTriggersWithATokenFromStrangersWhoNameThem) {
  stand_.catalog.add(9, "open", "deploy").has_token = false;
  stand_.start();
  stand_.append(event_id(1), 0, "{}");
  stand_.append(event_id(2), 0, "{}", std::nullopt, true);
  EXPECT_EQ(only_row(event_id(1)).trigger->identifier, "open");
  ASSERT_TRUE(stand_.run_until([&] { return stand_.rows_of(event_id(2)).size() == 2; }));
  EXPECT_EQ(stand_.rows_of(event_id(2))[0].trigger->identifier, "custom");
  EXPECT_EQ(stand_.rows_of(event_id(2))[1].trigger->identifier, "open");
}

TEST_F(DispatcherTest, StartsNothingWhilePaused) {
  stand_.start(true);
  stand_.append(event_id(1), 7, "{}");
  stand_.io->run_for(std::chrono::milliseconds(50));
  EXPECT_TRUE(stand_.rows_of(event_id(1)).empty());
  stand_.dispatcher->set_paused(false);
  EXPECT_EQ(only_row(event_id(1)).status, FinalStatus::target_execution_requested);
}

}  // namespace
}  // namespace tripgate

// Moves, aggregation and records.
#include <gtest/gtest.h>

#include <vector>

#include "engine/base/json_writer.h"
#include "engine/status/execution.h"
#include "engine/status/history.h"
#include "engine/status/run_status.h"
#include "engine/status/status_json.h"

namespace tripgate {
namespace {

using enum RunStatus;

TEST(RunStatus, NeverLeavesAFinalStatusForRunning) {
  for (const RunStatus from : {succeeded, skipped, aborted, failed, expired, errored}) {
    EXPECT_FALSE(node_may_move(from, running)) << engine_name(from);
    EXPECT_FALSE(run_may_move(from, running)) << engine_name(from);
    EXPECT_FALSE(node_may_move(from, succeeded)) << engine_name(from);
  }
}

TEST(RunStatus, DiffersBetweenRunAndNode) {
  EXPECT_TRUE(node_may_move(queued, succeeded));
  EXPECT_FALSE(run_may_move(queued, succeeded));
  EXPECT_TRUE(run_may_move(pausing, succeeded));
  EXPECT_FALSE(node_may_move(pausing, succeeded));
}

TEST(RunStatus, AggregatesInTheOrderOfTheTable) {
  struct Row {
    std::vector<RunStatus> children;
    RunStatus parent;
  };
  const std::vector<Row> rows = {
      {{}, succeeded},
      {{skipped, skipped}, succeeded},
      {{succeeded, ignore_failed}, ignore_failed},
      {{failed, skipped}, failed},
      {{failed, aborted}, aborted},
      {{expired, failed}, failed},
      {{expired, approval_rejected}, approval_rejected},
      {{succeeded, running}, running},
      {{succeeded, paused}, paused},
      {{running, approval_waiting}, approval_waiting},
      {{succeeded, not_started}, errored},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(aggregate(row.children), row.parent) << display_name(row.parent);
  }
}

TEST(RunStatus, ShowsTheOriginalsNames) {
  EXPECT_EQ(display_name(succeeded), "Success");
  EXPECT_EQ(display_name(freeze_failed), "AbortedByFreeze");
  EXPECT_EQ(display_name(not_started), "NotStarted");
  EXPECT_EQ(engine_name(succeeded), "SUCCEEDED");
}

Execution sample_execution() {
  Execution execution;
  execution.number = 3;
  execution.plan_execution_id = "_iodHvEhT2y_Mn_DLaR32A";
  execution.account = "acc";
  execution.status = failed;
  execution.tags = {{"team", "blue"}};
  execution.stages.resize(2);
  execution.stages[0].node.was_condition_met = true;
  execution.stages[0].node.failure_message = "no";
  execution.stages[0].steps.resize(1);
  execution.stages[0].steps[0].attempt_count = 2;
  return execution;
}

TEST(ExecutionSummary, NamesTheFailureTypeOfATimeoutOnly) {
  Execution execution = sample_execution();
  execution.failure_message = "no";
  const auto summary = [&] {
    JsonWriter json;
    write_execution_summary(json, execution);
    return json.take();
  };
  EXPECT_NE(summary().find(R"({"message":"no","failureTypeList":[],"responseMessages":[]})"),
            std::string::npos);
  EXPECT_EQ(summary().find("TIMEOUT_FAILURE"), std::string::npos);
  execution.status = expired;
  EXPECT_NE(
      summary().find(R"("failureInfo":{"message":"no","failureTypeList":["TIMEOUT_FAILURE"],)"),
      std::string::npos);
}

TEST(ExecutionRecord, RefusesEveryCut) {
  const std::string bytes = encode_execution(sample_execution());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_execution(bytes.substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_execution(bytes + '\0'));
}

TEST(ExecutionRecord, RefusesAnotherVersion) {
  std::string bytes = encode_execution(sample_execution());
  bytes[0] = 2;
  EXPECT_FALSE(decode_execution(bytes));
}

TEST(ExecutionRecord, ComesBackAsItWas) {
  const std::string bytes = encode_execution(sample_execution());
  const auto decoded = decode_execution(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(encode_execution(*decoded), bytes);
  EXPECT_EQ(decoded->stages[0].node.was_condition_met, true);
  EXPECT_FALSE(decoded->stages[1].node.was_condition_met);
  EXPECT_EQ(decoded->stages[0].steps[0].attempt_count, 2u);
}

TEST(HistoryRecord, RefusesEveryCutAndComesBackWhole) {
  HistoryRow row;
  row.event_sequence = 258;
  row.number = 1;
  row.account = "acc";
  row.status = FinalStatus::target_execution_requested;
  row.message = "Pipeline execution was requested successfully";
  row.trigger = RowTrigger{7, "default", "demo", "deploy", "custom"};
  row.execution = RowExecution{"_iodHvEhT2y_Mn_DLaR32A", 11, 1663276236674};
  row.runtime_input = "";
  const std::string key("\0\0\0\0\0\0\1\2\0\0\0\1", 12);
  const std::string bytes = encode_history_row(row);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_history_row(key, bytes.substr(0, size))) << size;
  }
  EXPECT_EQ(decode_history_row(key, bytes), row);
  EXPECT_FALSE(decode_history_row(key.substr(1), bytes));
}

}  // namespace
}  // namespace tripgate

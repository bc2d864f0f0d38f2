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
  execution.lineage.rerun_of = "another";
  execution.parent = {2, "parent", "stage", "up", "default", "demo", 4};
  execution.abortion = {5, "ada", "ada@example.com"};
  execution.is_pausing = true;
  execution.selected_stages = {"a", "b"};
  execution.failure = {"no", {FailureType::timeout}};
  return execution;
}

TEST(ExecutionSummary, NamesTheFailureTypeOfATimeoutOnly) {
  Execution execution = sample_execution();
  execution.failure.types = {};
  const auto summary = [&] {
    JsonWriter json;
    write_execution_summary(json, execution, {});
    return json.take();
  };
  EXPECT_NE(summary().find(R"({"message":"no","failureTypeList":[],"responseMessages":[]})"),
            std::string::npos);
  EXPECT_EQ(summary().find("TIMEOUT_FAILURE"), std::string::npos);
  execution.failure.types = {FailureType::timeout};
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
  bytes[0] = 1;
  EXPECT_FALSE(decode_execution(bytes));
}

TEST(ExecutionRecord, ComesBackAsItWas) {
  const std::string bytes = encode_execution(sample_execution());
  const auto decoded = decode_execution(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(encode_execution(*decoded), bytes);
  EXPECT_EQ(decoded->parent.run_sequence, 4u);
  EXPECT_EQ(decoded->abortion.email, "ada@example.com");
  EXPECT_TRUE(decoded->is_pausing);
  EXPECT_EQ(decoded->selected_stages.size(), 2u);
  EXPECT_TRUE(decoded->failure.types.has(FailureType::timeout));
}

NodeState sample_node() {
  NodeState node;
  node.number = 7;
  node.parent = 3;
  node.is_rollback = true;
  node.identifier = "ping_1";
  node.status = failed;
  node.pending = Pending::retry;
  node.due_at_ms = 1663276236674;
  node.run_info = NodeRunInfo{"<+OnStageSuccess>", true, {{"OnStageSuccess", "true", 1}}};
  node.failure = {"no", {FailureType::connectivity}};
  node.iteration = Iteration{1, 4, "_1_0", {1, 0}, {{"host", "n1"}}, "item", {"a", "b"}};
  node.outcomes = {{"output", "{}"}};
  node.interrupts = {{"id", "RETRY", "ada", 9}};
  return node;
}

TEST(NodeRecord, RefusesEveryCutAndComesBackWhole) {
  const std::string bytes = encode_node(sample_node());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_node(bytes.substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_node(bytes + '\0'));
  const auto decoded = decode_node(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(encode_node(*decoded), bytes);
  EXPECT_EQ(decoded->pending, Pending::retry);
  EXPECT_EQ(decoded->iteration->values.front().second, "n1");
}

TEST(NodeRecord, RefusesStatusesAndKindsThatDoNotExist) {
  const std::string bytes = encode_node(sample_node());
  std::string damaged = bytes;
  damaged[9] = 17;  // The kind.
  EXPECT_FALSE(decode_node(damaged));
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

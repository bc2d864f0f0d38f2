// What an earlier run adds to a request: who it repeats, the event, and nodes that are taken over.
#include "engine/match/repeated_run.h"

#include <gtest/gtest.h>

#include "engine/status/retry_chain.h"
#include "test/lib/machine_stand.h"
#include "test/lib/run_stand.h"

namespace tripgate {
namespace {

const std::string kStages = stage_yaml("a", step_yaml("one")) + stage_yaml("b", step_yaml("two"));

class RepeatedRun : public testing::Test {
 protected:
  void SetUp() override {
    stand_.catalog.add(7, "custom", "deploy");
    stand_.catalog.pipelines["deploy"] = pipeline_of("deploy", kStages);
    stand_.start();
    request_.account = "acc";
    request_.org = "default";
    request_.project = "demo";
    request_.pipeline = "deploy";
    request_.origin.type = TriggerType::manual;
  }

  /// A run of an event whose second stage ends with that code.
  Execution run_to_the_end(int code) {
    stand_.append(event_id(1), 7, "{}");
    EXPECT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() == 1; }));
    stand_.commands.end(stand_.commands.started[0].id, 0);
    EXPECT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() == 2; }));
    stand_.commands.end(stand_.commands.started[1].id, code);
    EXPECT_TRUE(stand_.run_until([&] { return is_final(stand_.executions().at(0).status); }));
    return stand_.executions().at(0);
  }

  /// Completes a fresh request; the complaint, or nothing.
  std::string repeat(const std::string& id, std::optional<RetryStart> retry) {
    const auto txn = stand_.store->begin_read();
    const RunRecords records{*txn, stand_.store->databases(), stand_.catalog};
    made_ = request_;
    const auto done = repeat_run(made_, {id, std::move(retry)}, records, stand_.clock.now);
    return done ? std::string() : done.error().message;
  }

  /// Plans the completed request.
  RunAnswer plan() {
    auto answer = plan_run(made_, stand_.catalog, stand_.clock, {});
    EXPECT_TRUE(answer);
    return answer ? std::move(*answer) : RunAnswer();
  }

  ErrorCode store(PlannedRun& run) {
    return stand_.store->write_and_wait([&](lmdb::WriteTransaction& txn) {
      return store_run(txn, stand_.store->databases(), run);
    });
  }

  RunStand stand_;
  RunRequest request_;
  RunRequest made_;
};

TEST_F(RepeatedRun, RefusesWhatIsNoRunOfThePipeline) {
  const Execution before = run_to_the_end(1);
  EXPECT_EQ(repeat("nothing", {}), "No Plan Execution exists for id nothing");
  request_.pipeline = "other";
  const std::string& id = before.plan_execution_id;
  EXPECT_EQ(repeat(id, {}), "No Plan Execution exists for id " + id);
  request_.account = "elsewhere";
  EXPECT_EQ(repeat(id, {}), "No Plan Execution exists for id " + id);
}

TEST_F(RepeatedRun, RefusesToRetryWhatHasNotFailed) {
  const Execution before = run_to_the_end(0);
  EXPECT_EQ(repeat(before.plan_execution_id, RetryStart{{"b"}}),
            "This execution has not failed, and hence cannot be retried.");
}

TEST_F(RepeatedRun, RefusesToRetryAfterThirtyDays) {
  const Execution before = run_to_the_end(1);
  stand_.clock.now += kRetryWindowMs + 1000;
  EXPECT_EQ(repeat(before.plan_execution_id, RetryStart{{"b"}}),
            "Execution is more than 30 days old. Cannot retry");
}

TEST_F(RepeatedRun, RefusesToRetryAPipelineOfOtherStages) {
  const Execution before = run_to_the_end(1);
  stand_.catalog.pipelines["deploy"] =
      pipeline_of("deploy", kStages + stage_yaml("c", step_yaml("three")));
  // The fake catalog has one version of a pipeline, so the earlier run brings its own text.
  ASSERT_FALSE(stand_.store->write_and_wait([&](lmdb::WriteTransaction& txn) {
    return put_run_text(txn, stand_.store->databases(), before.number,
                        {pipeline_of("deploy", kStages), {}, {}});
  }));
  ASSERT_EQ(repeat(before.plan_execution_id, RetryStart{{"b"}}), "");
  const RunAnswer answer = plan();
  ASSERT_NE(answer.refusal(), nullptr);
  EXPECT_EQ(answer.refusal()->message,
            "Adding, deleting or changing the name of the stage identifier is not allowed for "
            "retrying");
}

TEST_F(RepeatedRun, ARerunRemembersItsOriginAndTheFirstOfItsChain) {
  const Execution before = run_to_the_end(0);
  ASSERT_EQ(repeat(before.plan_execution_id, {}), "");
  EXPECT_EQ(made_.lineage.rerun_of, before.plan_execution_id);
  EXPECT_EQ(made_.lineage.rerun_root, before.plan_execution_id);
  EXPECT_EQ(made_.lineage.rerun_root_type, TriggerType::webhook_custom);
  EXPECT_EQ(made_.origin.event_sequence, before.origin.event_sequence);
  EXPECT_EQ(made_.origin.type, TriggerType::manual);
  EXPECT_FALSE(made_.retried);
  RunAnswer again = plan();
  ASSERT_NE(again.run(), nullptr);
  ASSERT_FALSE(store(*again.run()));
  const std::string second = again.run()->execution.plan_execution_id;
  ASSERT_EQ(repeat(second, {}), "");
  EXPECT_EQ(made_.lineage.rerun_of, second);
  EXPECT_EQ(made_.lineage.rerun_of_type, TriggerType::manual);
  EXPECT_EQ(made_.lineage.rerun_root, before.plan_execution_id);
  EXPECT_EQ(made_.lineage.rerun_root_type, TriggerType::webhook_custom);
}

TEST_F(RepeatedRun, ARetryTakesOverEarlierStagesAndMayHappenOnce) {
  const Execution before = run_to_the_end(1);
  ASSERT_EQ(repeat(before.plan_execution_id, RetryStart{{"b"}}), "");
  RunAnswer first = plan();
  RunAnswer rival = plan();
  ASSERT_NE(first.run(), nullptr) << first.refusal()->message;
  EXPECT_EQ(store(*first.run()), ErrorCode());
  EXPECT_EQ(store(*rival.run()), make_error_code(Errc::conflict));
  const Execution retry = first.run()->execution;
  EXPECT_EQ(retry.lineage.retry_root, before.plan_execution_id);
  const auto all = stand_.executions();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].lineage.retried_by, retry.plan_execution_id);
  EXPECT_EQ(repeat(before.plan_execution_id, RetryStart{{"b"}}),
            "This execution is not the latest of all retried execution. You can only retry the "
            "latest execution.");
  EXPECT_TRUE(stand_.node(retry.number, "a.spec.execution.steps.one").is_identity);
  stand_.runner->enqueue({retry.number});
  ASSERT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() == 3; }));
  stand_.commands.end(stand_.commands.started[2].id, 0);
  ASSERT_TRUE(stand_.run_until([&] { return is_final(stand_.executions().at(1).status); }));
  EXPECT_EQ(stand_.executions().at(1).status, RunStatus::succeeded);
}

TEST_F(RepeatedRun, TellsWhatARefusedWriteMeans) {
  EXPECT_EQ(retry_refusal(Errc::not_found, "x").message, "No Plan Execution exists for id x");
  EXPECT_EQ(retry_refusal(Errc::conflict, "x").message, kNotLatestToRetry);
}

}  // namespace
}  // namespace tripgate

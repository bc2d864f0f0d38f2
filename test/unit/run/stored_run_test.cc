// Texts against the records of a run: what is refused, what is data, and what is never told.
#include "engine/run/stored_run.h"

#include <gtest/gtest.h>

#include "engine/run/text_evaluation.h"
#include "test/lib/machine_stand.h"
#include "test/lib/run_stand.h"

namespace tripgate {
namespace {

const std::string kBody = "{\"who\":\"<+pipeline.name> $(id)\",\"list\":[1,2]}";
const std::string kBroken = "<+json.select(\"$.a\", \"{}\")>";
constexpr const char* kStep = "s.spec.execution.steps.a";

class StoredRuns : public ::testing::Test {
 protected:
  StoredRuns() {
    stand_.catalog.add(7, "custom", "deploy");
    stand_.catalog.pipelines["deploy"] =
        pipeline_of("deploy", stage_yaml("s", step_yaml("a") + ", " + step_yaml("b")));
    stand_.start();
    stand_.append(event_id(1), 7, kBody);
    EXPECT_TRUE(stand_.run_until([&] { return !stand_.commands.started.empty(); }));
    load();
  }

  void load() {
    auto run = StoredRun::load({*stand_.store, *stand_.journal, stand_.catalog, stand_.clock},
                               stand_.executions().front());
    ASSERT_TRUE(run) << run.error().message;
    run_ = std::move(*run);
  }

  std::string worth(const std::string& text, NodeNumber node = kRootNode) {
    const auto evaluated = evaluate_text(*run_, node, text);
    return evaluated ? evaluated->text : "refused: " + evaluated.error().message;
  }

  RunStand stand_;
  std::unique_ptr<StoredRun> run_;
};

TEST_F(StoredRuns, RefuseWhatIsBeyondTheBounds) {
  EXPECT_EQ(worth(std::string(kEvaluatedTextMax + 1, 'x')),
            "refused: a text larger than 64 KB cannot be evaluated");
  std::string many;
  for (std::size_t i = 0; i <= kEvaluatedBlocksMax; ++i) many += "<+pipeline.name> ";
  EXPECT_EQ(worth(many), "refused: more than 100 expressions cannot be evaluated at once");
}

TEST_F(StoredRuns, SayWhichExpressionFailsAndEvaluateTheOthers) {
  const auto evaluated = evaluate_text(*run_, kRootNode, kBroken + " of <+pipeline.identifier>");
  ASSERT_TRUE(evaluated) << evaluated.error().message;
  EXPECT_EQ(evaluated->text, kBroken + " of deploy");
  ASSERT_EQ(evaluated->blocks.size(), 2U);
  EXPECT_EQ(evaluated->blocks[0].expression, kBroken);
  EXPECT_FALSE(evaluated->blocks[0].value);
  EXPECT_NE(evaluated->blocks[0].complaint, "");
  EXPECT_EQ(evaluated->blocks[1].expression, "<+pipeline.identifier>");
  EXPECT_EQ(evaluated->blocks[1].value, "deploy");
}

TEST_F(StoredRuns, TakeValuesOfSendersAsData) {
  EXPECT_EQ(worth("hi <+trigger.payload.who>"), "hi <+pipeline.name> $(id)");
  EXPECT_EQ(worth("<+trigger.payload.list> <+trigger.payload.none>"), "[1,2] null");
}

TEST_F(StoredRuns, NeverTellSecrets) {
  EXPECT_EQ(worth("<+secrets.getValue(\"account.key\")>"), "<+secrets.getValue(\"account.key\")>");
}

TEST_F(StoredRuns, EvaluateWhereTheTextStands) {
  EXPECT_EQ(worth("<+step.identifier>"), "null");
  const auto step = run_->tree().find(stand_.node(1, kStep).execution_id);
  ASSERT_TRUE(step);
  EXPECT_EQ(worth("<+step.identifier> of <+stage.identifier>", *step), "a of s");
}

TEST_F(StoredRuns, EvaluatePipelinesValueByValue) {
  const auto evaluated = evaluate_text(*run_, kRootNode,
                                       "pipeline:\n  identifier: x\n  variables:\n"
                                       "    - {name: v, value: \"<+trigger.payload.who>\"}\n");
  ASSERT_TRUE(evaluated) << evaluated.error().message;
  ASSERT_EQ(evaluated->blocks.size(), 1U);
  EXPECT_EQ(evaluated->blocks[0].place, "pipeline.variables.v");
  EXPECT_NE(evaluated->text.find("\"<+pipeline.name> $(id)\""), std::string::npos)
      << evaluated->text;
}

TEST_F(StoredRuns, AreThereAfterTheirEnd) {
  stand_.commands.end(stand_.commands.started.back().id, 3);
  ASSERT_TRUE(stand_.run_until([&] { return is_final(stand_.executions().front().status); }));
  load();
  EXPECT_EQ(worth("<+pipeline.stages.s.status>"), "FAILED");
}

TEST_F(StoredRuns, CannotBeReadWithoutTheirPipeline) {
  stand_.catalog.pipelines.clear();
  const auto run = StoredRun::load({*stand_.store, *stand_.journal, stand_.catalog, stand_.clock},
                                   stand_.executions().front());
  ASSERT_FALSE(run);
  EXPECT_NE(run.error().message.find("the run's text cannot be read"), std::string::npos);
}

}  // namespace
}  // namespace tripgate

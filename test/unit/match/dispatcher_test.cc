// What events become: rows and executions, once each, whatever stands in their way.
#include "engine/match/dispatcher.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>

#include "engine/match/verdict_record.h"
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

  static plan::TriggerDocument payload_is(const std::string& value) {
    plan::TriggerDocument trigger;
    trigger.payload_conditions = {{"<+trigger.payload.n>", "Equals", value}};
    return trigger;
  }
  static plan::TriggerDocument header_is(const std::string& value) {
    plan::TriggerDocument trigger;
    trigger.header_conditions = {{"<+trigger.header['X-Team']>", "Equals", value}};
    return trigger;
  }
  static plan::TriggerDocument jexl(const std::string& text) {
    plan::TriggerDocument trigger;
    trigger.jexl_condition = text;
    return trigger;
  }

  void add(std::uint64_t ref, const plan::TriggerDocument& trigger) {
    CatalogTrigger& added = stand_.catalog.add(ref, "t" + std::to_string(ref), "deploy");
    added.has_token = false;
    added.conditions = std::make_shared<const Conditions>(trigger);
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

const char* const kAsking =
    "  variables:\n    - {name: v, type: String, value: '<+input>.allowedValues(a,b)'}\n";

std::string runtime_input(const std::string& value) {
  return "pipeline: {variables: [{name: v, type: String, value: '" + value + "'}]}\n";
}

TEST_F(DispatcherTest, TellsOfAnInputThatIsNotAllowed) {
  stand_.catalog.pipelines["deploy"] += kAsking;
  stand_.catalog.triggers[0].runtime_input = runtime_input("c");
  stand_.start();
  stand_.append(event_id(1), 7, "{}");
  const HistoryRow row = only_row(event_id(1));
  EXPECT_EQ(row.status, FinalStatus::invalid_runtime_input_yaml);
  EXPECT_EQ(row.message,
            "Failed while requesting Pipeline Execution through Trigger: The values provided for "
            "pipeline.variables.v: [\\'c\\'] do not match any of the allowed values [\\'a\\', "
            "\\'b\\']");
  EXPECT_EQ(row.runtime_input, runtime_input("c"));
  EXPECT_TRUE(stand_.executions().empty());
}

TEST_F(DispatcherTest, TellsOfInputSetsThatCannotBeMergedWithoutPrefix) {
  stand_.catalog.triggers[0].input_set_refs = {"one"};
  stand_.start();
  stand_.append(event_id(1), 7, "{}");
  const HistoryRow row = only_row(event_id(1));
  EXPECT_EQ(row.status, FinalStatus::invalid_runtime_input_yaml);
  EXPECT_EQ(row.message,
            "Pipeline deploy does not have any runtime input. All existing input sets are invalid");
  EXPECT_FALSE(row.runtime_input);
}

TEST_F(DispatcherTest, RunsTheStagesThatTheTriggerNamesOrSaysWhyNot) {
  stand_.catalog.triggers[0].stages_to_execute = {"stage0"};
  stand_.start();
  stand_.append(event_id(1), 7, "{}");
  EXPECT_EQ(only_row(event_id(1)).message,
            "Failed while requesting Pipeline Execution through Trigger: Stage executions are not "
            "allowed for pipeline [deploy]");
  stand_.catalog.pipelines["deploy"] =
      pipeline_yaml("deploy", {1, 1}) + "  allowStageExecutions: true\n";
  stand_.append(event_id(2), 7, "{}");
  EXPECT_EQ(only_row(event_id(2)).status, FinalStatus::target_execution_requested);
  EXPECT_EQ(stand_.executions().at(0).selected_stages, (std::vector<std::string>{"stage0"}));
}

TEST_F(DispatcherTest, RunsWithWhatTheTriggerGivesAndShowsItUnresolved) {
  stand_.catalog.pipelines["deploy"] += kAsking;
  stand_.catalog.input_sets["one"] =
      "inputSet: {identifier: one, pipeline: {identifier: deploy, variables: [{name: v, type: "
      "String, value: '<+trigger.payload.v>'}]}}\n";
  stand_.catalog.triggers[0].input_set_refs = {"gone", "one"};
  stand_.start();
  stand_.append(event_id(1), 7, R"({"v":"a"})");
  const HistoryRow row = only_row(event_id(1));
  EXPECT_EQ(row.status, FinalStatus::target_execution_requested);
  ASSERT_TRUE(row.runtime_input);
  EXPECT_NE(row.runtime_input->find("<+trigger.payload.v>"), std::string::npos);
  ASSERT_TRUE(stand_.run_until([&] { return !stand_.commands.started.empty(); }));
}

TEST_F(DispatcherTest, ARunFailsByAValueThatItsEventGave) {
  stand_.catalog.pipelines["deploy"] += kAsking;
  stand_.catalog.triggers[0].runtime_input = runtime_input("<+trigger.payload.v>");
  stand_.start();
  stand_.append(event_id(1), 7, R"({"v":"c"})");
  stand_.append(event_id(2), 7, "{}");
  EXPECT_EQ(only_row(event_id(1)).status, FinalStatus::target_execution_requested);
  ASSERT_TRUE(stand_.run_until([&] {
    const auto runs = stand_.executions();
    return runs.size() == 2 && is_final(runs[0].status) && is_final(runs[1].status);
  }));
  const auto runs = stand_.executions();
  EXPECT_EQ(runs[0].status, RunStatus::failed);
  EXPECT_EQ(runs[0].failure.message, "Current value c is not in allowed values list");
  EXPECT_EQ(runs[1].failure.message, "Current value is null");
  EXPECT_TRUE(stand_.commands.started.empty());
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

/// The life of one engine in a process of its own, which an event may take down; true when it did.
bool dies(RunStand& stand, const std::function<bool()>& is_done) {
  const pid_t child = ::fork();
  if (child == 0) {
    stand.start();
    std::_Exit(stand.run_until(is_done) ? 0 : 1);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) != 1);
  return WEXITSTATUS(status) != 0;
}

TEST_F(DispatcherTest, AnEventThatKillsEnginesCostsThreeOfThem) {
  const pid_t first = ::fork();
  if (first == 0) {  // made progress before the deadly one came, so nothing looked suspicious
    stand_.start(true);
    for (std::uint64_t i = 1; i <= 40; ++i) stand_.append(event_id(i), i == 20 ? 66 : 7, "{}");
    stand_.kill();
    std::_Exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(first, &status, 0), first);
  stand_.catalog.deadly_ref = 66;
  int deaths = 0;
  while (deaths < 10 && dies(stand_, [&] { return !stand_.rows_of(event_id(40)).empty(); })) {
    ++deaths;
  }
  EXPECT_EQ(deaths, 3);
  stand_.start();
  EXPECT_EQ(only_row(event_id(20)).status, FinalStatus::exception_while_processing);
  for (const std::uint64_t i : {1, 19, 21, 40}) {
    EXPECT_EQ(only_row(event_id(i)).status, FinalStatus::target_execution_requested) << i;
  }
}

TEST_F(DispatcherTest, TellsAtWhichFilterTheLastCandidateFell) {
  const struct {
    std::vector<plan::TriggerDocument> triggers;
    FinalStatus status;
    const char* message;
  } cases[] = {
      {{payload_is("1"), payload_is("2")},
       FinalStatus::no_matching_trigger_for_payload_conditions,
       "No Trigger matched conditions for payload event for Account: acc"},
      {{payload_is("1"), header_is("red")},
       FinalStatus::no_matching_trigger_for_header_conditions,
       "No Trigger matched conditions for payload event for Account: acc"},
      {{jexl("1"), header_is("red")},
       FinalStatus::no_matching_trigger_for_jexl_conditions,
       "No Trigger matched jexl conditions for payload event for Project: acc"},
  };
  stand_.start();
  std::uint64_t number = 0;
  for (const auto& [triggers, status, message] : cases) {
    stand_.catalog.triggers.clear();
    for (std::size_t i = 0; i < triggers.size(); ++i) add(20 + i, triggers[i]);
    stand_.append(event_id(++number), 0, R"({"n":5})");
    const HistoryRow row = only_row(event_id(number));
    EXPECT_EQ(row.status, status);
    EXPECT_EQ(row.message, message);
    EXPECT_FALSE(row.trigger);
  }
  EXPECT_TRUE(stand_.executions().empty());
}

TEST_F(DispatcherTest, LetsABrokenConditionHurtItsOwnTriggerOnly) {
  stand_.catalog.triggers.clear();
  add(20, jexl("<+trigger.payload.missing>.contains('x')"));
  add(21, payload_is("5"));
  add(22, payload_is("6"));
  add(23, jexl("<+trigger.payload.n> > 3 && <+trigger.header['X-Team']> == 'blue'"));
  stand_.start();
  stand_.append(event_id(1), 0, R"({"n":5})");
  ASSERT_TRUE(stand_.run_until([&] { return stand_.rows_of(event_id(1)).size() == 2; }));
  EXPECT_EQ(stand_.rows_of(event_id(1))[0].trigger->ref, 21U);
  EXPECT_EQ(stand_.rows_of(event_id(1))[1].trigger->ref, 23U);
  const std::vector<CandidateVerdict> expected = {
      {20, 1, Mismatch{{ConditionList::jexl, 0}, true}},
      {21, 1, std::nullopt},
      {22, 1, Mismatch{{ConditionList::payload, 0}, false}},
      {23, 1, std::nullopt}};
  const auto txn = stand_.store->begin_read();
  ASSERT_TRUE(txn);
  const auto stored = load_candidates(*txn, stand_.store->databases(), 1);
  ASSERT_TRUE(stored) << stored.error().message();
  EXPECT_EQ(*stored, expected);
}

TEST_F(DispatcherTest, ShowsAMismatchInTheActivityOfItsTriggerOnly) {
  stand_.catalog.triggers.clear();
  add(20, payload_is("6"));
  add(21, payload_is("5"));
  stand_.start();
  stand_.append(event_id(1), 0, R"({"n":5})");
  ASSERT_TRUE(stand_.run_until([&] { return stand_.rows_of(event_id(1)).size() == 1; }));
  const auto txn = stand_.store->begin_read();
  ASSERT_TRUE(txn);
  const auto activity = load_trigger_history(*txn, stand_.store->databases(), 20, 0, 10);
  ASSERT_TRUE(activity) << activity.error().message();
  ASSERT_EQ(activity->rows.size(), 1U);
  EXPECT_EQ(activity->rows[0].status, FinalStatus::no_matching_trigger_for_payload_conditions);
  EXPECT_EQ(activity->rows[0].message, "payloadConditions[0] does not hold");
  EXPECT_EQ(activity->rows[0].trigger->identifier, "t20");
  const auto fired = load_trigger_history(*txn, stand_.store->databases(), 21, 0, 10);
  EXPECT_EQ(fired->total, 1U);
}

TEST(VerdictRecord, RefusesDamagedBytes) {
  const std::vector<CandidateVerdict> candidates = {
      {7, 2, Mismatch{{ConditionList::header, 1}, false}},
      {9, 1, std::nullopt},
      {10, 1, Mismatch{{ConditionList::jexl, 0}, true}}};
  const std::string bytes = encode_candidates(candidates);
  EXPECT_EQ(decode_candidates(bytes), candidates);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_candidates(std::string_view(bytes).substr(0, size))) << size;
  }
  std::string damaged = bytes;
  damaged[5 + 16] = 4;
  EXPECT_FALSE(decode_candidates(damaged));
  EXPECT_FALSE(decode_candidates(bytes + "x"));
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

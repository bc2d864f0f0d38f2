// An edited trigger against stored events, and stored events explained by the version they met.
#include "engine/match/what_if.h"

#include <gtest/gtest.h>

#include <map>

#include "engine/base/errc.h"
#include "engine/match/explained_event.h"

namespace tripgate {
namespace {

StoredEvent stored_event(std::uint64_t number, const std::string& body) {
  EventHead head;
  head.id = EventId::make(1'663'276'236, number);
  head.received_at_ms = number;
  head.body_size = body.size();
  head.account = "acc";
  head.org = "default";
  head.project = "demo";
  head.method = "POST";
  std::vector<std::uint8_t> bytes(head.encoded_size());
  ByteWriter writer(bytes);
  encode_event_head(head, 0, writer);
  return {number, std::string(as_text(bytes)), body};
}

plan::TriggerDocument when(const std::string& condition, bool is_enabled = true) {
  plan::TriggerDocument trigger;
  trigger.jexl_condition = condition;
  trigger.is_enabled = is_enabled;
  return trigger;
}

TEST(WhatIf, CountsWhatStaysAndNamesWhatChanges) {
  const plan::TriggerDocument current = when("<+trigger.payload.n> > 2");
  WhatIf what_if(&current, when("<+trigger.payload.n> < 4"));
  for (std::uint64_t n = 5; n > 0; --n) {
    ASSERT_FALSE(what_if.add(stored_event(n, R"({"n":)" + std::to_string(n) + "}")));
  }
  const WhatIfReport& report = what_if.report();
  EXPECT_EQ(report.judged(), 5U);
  EXPECT_EQ(report.stays_firing, 1U);
  EXPECT_EQ(report.stays_silent, 0U);
  ASSERT_EQ(report.newly_fires.size(), 2U);
  EXPECT_EQ(report.newly_fires[0].received_at_ms, 2);
  ASSERT_EQ(report.stops.size(), 2U);
  EXPECT_EQ(report.stops[0].received_at_ms, 5);
  EXPECT_EQ(report.stops[0].mismatch->place.list, ConditionList::jexl);
}

TEST(WhatIf, TakesADisabledTriggerAndANewOneForSilent) {
  WhatIf added(nullptr, when(""));
  ASSERT_FALSE(added.add(stored_event(1, "{}")));
  EXPECT_EQ(added.report().newly_fires.size(), 1U);
  const plan::TriggerDocument current = when("");
  WhatIf disabled(&current, when("", false));
  ASSERT_FALSE(disabled.add(stored_event(1, "{}")));
  ASSERT_EQ(disabled.report().stops.size(), 1U);
  EXPECT_FALSE(disabled.report().stops[0].mismatch);
}

TEST(WhatIf, RefusesADamagedEvent) {
  WhatIf what_if(nullptr, when(""));
  EXPECT_EQ(what_if.add({1, "?", "{}"}), Errc::store_corrupt);
}

const std::string kTrigger =
    "trigger:\n  name: t\n  identifier: t\n  pipelineIdentifier: p\n  source:\n    type: Webhook\n"
    "    spec:\n      type: Custom\n      spec:\n        jexlCondition: <+trigger.payload.n> == ";

TEST(ExplainedEvent, UsesTheVersionThatJudged) {
  const std::vector<CandidateVerdict> candidates = {
      {7, 1, Mismatch{{ConditionList::jexl, 0}, false}}, {8, 3, std::nullopt}};
  const LoadTriggerVersion load = [](std::uint64_t ref, std::uint64_t version) {
    if (ref == 8) return Result<std::string>(make_error_code(Errc::not_found));
    return Result<std::string>(kTrigger + (version == 1 ? "1\n" : "2\n"));
  };
  const auto explained = explain_event(stored_event(1, R"({"n":2})"), candidates, load);
  ASSERT_TRUE(explained);
  JsonWriter json;
  json.begin_array();
  for (const ExplainedTrigger& trigger : *explained) write_explained_trigger(json, trigger);
  json.end_array();
  EXPECT_EQ(json.text(),
            R"([{"triggerIdentifier":"t","pipelineIdentifier":"p","version":1,"matches":false,)"
            R"("firstFailing":"jexlCondition","conditions":[{"condition":"jexlCondition",)"
            R"("source":"<+trigger.payload.n> == 1","operator":null,"expected":null,)"
            R"("found":"false","result":"fails",)"
            R"("blocks":[{"source":"<+trigger.payload.n>","value":"2"}],"error":null}]},)"
            R"({"triggerIdentifier":"","pipelineIdentifier":"","version":3,"matches":true,)"
            R"("firstFailing":null,"conditions":null}])");
}

}  // namespace
}  // namespace tripgate

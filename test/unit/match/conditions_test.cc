// Conditions against the vectors of triggers.md 8.8, what goes wrong in them, and explanations.
#include "engine/match/conditions.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "engine/match/explained_event.h"

namespace tripgate {
namespace {

constexpr const char* kBody =
    R"({"s":"abc","n":5,"d":1.50,"t":true,"e":"","z":null,"o":{"k":1,"q":null},"l":["a","b"]})";
constexpr std::array<EventHeader, 4> kHeaders = {
    {{"X-Team", "Blue"}, {"x-team", "Green"}, {"Authorization", "Bearer s3cret"}, {"X-Empty", ""}}};

JudgedEvent event(std::string_view body = kBody) {
  return {body, kHeaders};
}

plan::TriggerDocument with_payload(std::vector<plan::ConditionText> conditions) {
  plan::TriggerDocument trigger;
  trigger.payload_conditions = std::move(conditions);
  return trigger;
}

plan::TriggerDocument with_header(const std::string& key, const std::string& value) {
  plan::TriggerDocument trigger;
  trigger.header_conditions = {{key, "Equals", value}};
  return trigger;
}

plan::TriggerDocument with_jexl(const std::string& text) {
  plan::TriggerDocument trigger;
  trigger.jexl_condition = text;
  return trigger;
}

std::optional<Mismatch> mismatch(const plan::TriggerDocument& trigger) {
  return Conditions(trigger).find_mismatch(event());
}

/// An explanation as it is printed, for comparing two.
std::string shown(const Explanation& explanation) {
  JsonWriter json;
  write_explanation(json, explanation);
  return json.take();
}

constexpr Mismatch kFirstPayload{{ConditionList::payload, 0}, false};
constexpr Mismatch kBrokenPayload{{ConditionList::payload, 0}, true};
constexpr Mismatch kJexl{{ConditionList::jexl, 0}, false};
constexpr Mismatch kBrokenJexl{{ConditionList::jexl, 0}, true};

TEST(Conditions, CountWhatCannotBeJudgedAsNotMatching) {
  const plan::ConditionText broken[] = {
      {"<+trigger.payload.s>", "Like", "abc"},  // no such operator
      {"<+trigger.payload.s>", "Regex", "[x"},  // no pattern
      {"<+trigger.payload.s>", "In", "x, [x"},  // nor this element
      {"sourceBranch", "Equals", "main"},       // of git events
      {"<+<+trigger.payload.no>.contains('x')>", "Equals", "true"},
  };
  for (const plan::ConditionText& condition : broken) {
    EXPECT_EQ(mismatch(with_payload({condition})), kBrokenPayload) << condition.key;
  }
  for (const char* text :
       {"nope", "<+trigger.payload.no>.contains('x')", "<+trigger.payload.s> > ",
        "<+trigger.payload.n>", "'true'", "null", "<+trigger.payload.s> == 1", "while (true) {}"}) {
    EXPECT_EQ(mismatch(with_jexl(text)), kBrokenJexl) << text;
  }
}

TEST(Conditions, BoundTheStepsOfAPattern) {
  const std::string body = R"({"s":")" + std::string(40, 'a') + "!\"}";
  const Conditions conditions(with_payload({{"<+trigger.payload.s>", "Regex", "(a+)+[xy]"}}));
  EXPECT_EQ(conditions.find_mismatch(event(body)), kBrokenPayload);
}

struct Vector {
  const char* key;
  const char* operation;
  const char* value;
  bool matches;
};

TEST(Conditions, JudgeThePayloadVectorsOfTheSpecification) {
  const Vector vectors[] = {
      {"<+trigger.payload.s>", "Equals", "abc", true},
      {"<+trigger.payload.s>", "Equals", "ABC", false},
      {"<+trigger.payload.n>", "Equals", "5", true},
      {"<+trigger.payload.n>", "Equals", "5.0", false},
      {"<+trigger.payload.d>", "Equals", "1.5", true},
      {"<+trigger.payload.d>", "Equals", "1.50", false},
      {"<+trigger.payload.t>", "Equals", "true", true},
      {"<+trigger.payload.e>", "Equals", "", true},
      {"<+trigger.payload.z>", "Equals", "null", true},
      {"<+trigger.payload.z>", "Equals", "", false},
      {"<+trigger.payload.missing>", "NotEquals", "abc", true},
      {"<+trigger.payload.e>", "DoesNotContain", "x", false},
      {"<+trigger.payload.missing>", "DoesNotContain", "x", true},
      {"<+trigger.payload.o>", "Equals", R"({"k":1})", true},
      {"<+trigger.payload.l>", "Contains", R"("b")", true},
      {"<+trigger.payload.l[1]>", "Equals", "b", true},
      {"<+trigger.payload.s>", "Regex", "a", false},
      {"<+trigger.payload.s>", "Regex", "a.*", true},
      {"<+trigger.payload.s>", "In", "x, a.c", true},
      {"<+trigger.payload.s>", "In", "x,", true},
      {"v-<+trigger.payload.n>", "Equals", "v-5", true},
      {"trigger.payload.s", "Equals", "abc", false},
      {"<+trigger.header['X-Team']>", "Equals", "Blue", false},
      {"<+trigger.header['x-team']>", "Equals", "Blue", true},
      {"<+eventPayload.s>", "Equals", "abc", true},
      {"<+trigger.eventPayload>", "StartsWith", R"({"s")", true},
      {"<+trigger.type>", "Equals", "Custom", true},
      {"<+trigger.sourceRepo>", "Equals", "null", true},
      {"changedFiles", "Equals", "x", true},
      {"ChangedFiles", "Nonsense", "x", true},
  };
  for (const Vector& vector : vectors) {
    const auto found = mismatch(with_payload({{vector.key, vector.operation, vector.value}}));
    EXPECT_EQ(!found, vector.matches)
        << vector.key << ' ' << vector.operation << ' ' << vector.value;
    if (found) {
      EXPECT_EQ(*found, kFirstPayload) << vector.key;
    }
  }
}

TEST(Conditions, SeeTheFirstOfSeveralHeaderLinesUnderAnyCase) {
  for (const char* key : {"<+trigger.header['X-Team']>", "<+trigger.header[\"X-TEAM\"]>"}) {
    EXPECT_FALSE(mismatch(with_header(key, "Blue"))) << key;
  }
  EXPECT_TRUE(mismatch(with_header("X-Team", "Blue")));
  EXPECT_FALSE(mismatch(with_header("<+trigger.payload.s>", "null")));
  EXPECT_FALSE(mismatch(with_header("<+trigger.payload>", "{}")));
  EXPECT_FALSE(mismatch(with_jexl("<+trigger.header['X-Team']> == 'Blue'")));
}

TEST(Conditions, SeeOnlyTheMaskOfASecretHeader) {
  EXPECT_FALSE(mismatch(with_header("<+trigger.header['Authorization']>", "********")));
}

TEST(Conditions, TakeTextThatIsNoJsonAsOneString) {
  const Conditions conditions(with_payload(
      {{"<+trigger.payload>", "Equals", "a=1&b=2"}, {"<+trigger.payload.a>", "Equals", "null"}}));
  EXPECT_FALSE(conditions.find_mismatch(event("a=1&b=2")));
}

TEST(Conditions, NeverEvaluateWhatASenderWrites) {
  const Conditions conditions(
      with_payload({{"<+trigger.payload.s>", "Equals", "<+trigger.header['x-team']>"}}));
  EXPECT_FALSE(conditions.find_mismatch(event(R"({"s":"<+trigger.header['x-team']>"})")));
}

TEST(Conditions, JudgeInTheOrderOfTheFilters) {
  plan::TriggerDocument trigger = with_header("<+trigger.header['X-Team']>", "Red");
  trigger.payload_conditions = {{"<+trigger.payload.n>", "Equals", "5"},
                                {"<+trigger.payload.n>", "Equals", "6"}};
  trigger.jexl_condition = "false";
  EXPECT_EQ(mismatch(trigger), (Mismatch{{ConditionList::payload, 1}, false}));
  trigger.payload_conditions.pop_back();
  EXPECT_EQ(mismatch(trigger), (Mismatch{{ConditionList::header, 0}, false}));
  trigger.header_conditions.clear();
  EXPECT_EQ(mismatch(trigger), kJexl);
  trigger.jexl_condition = " \n";
  EXPECT_FALSE(mismatch(trigger));
  EXPECT_TRUE(Conditions(plan::TriggerDocument()).is_empty());
}

TEST(Explanation, SaysOfEachConditionWhatWasFound) {
  plan::TriggerDocument trigger = with_header("<+trigger.header['Authorization']>", "Bearer x");
  trigger.payload_conditions = {{"<+trigger.payload.n>", "Equals", "6"},
                                {"changedFiles", "Equals", "a"}};
  trigger.jexl_condition = "<+trigger.payload.n> > 3 && <+trigger.payload.s> == 'abc'";
  const Explanation explanation = Conditions(trigger).explain(event());
  ASSERT_EQ(explanation.conditions.size(), 4U);
  const ExplainedCondition& first = explanation.conditions[0];
  EXPECT_EQ(first.place.to_string(), "payloadConditions[0]");
  EXPECT_EQ(first.outcome, ConditionOutcome::fails);
  EXPECT_EQ(first.found, "5");
  EXPECT_EQ(first.expected, "6");
  EXPECT_EQ(explanation.first_failing(), &first);
  EXPECT_EQ(explanation.conditions[1].outcome, ConditionOutcome::ignored);
  EXPECT_EQ(explanation.conditions[2].found, "********");
  const ExplainedCondition& script = explanation.conditions[3];
  EXPECT_EQ(script.place.to_string(), "jexlCondition");
  EXPECT_EQ(script.outcome, ConditionOutcome::holds);
  ASSERT_EQ(script.blocks.size(), 2U);
  EXPECT_EQ(script.blocks[1].source, "<+trigger.payload.s>");
  EXPECT_EQ(script.blocks[1].value, "abc");
}

TEST(Explanation, SaysWhereAnErrorStands) {
  const struct {
    const char* text;
    std::uint32_t line, column;
    const char* message;
  } cases[] = {
      {"<+trigger.payload.n> == 5 &&\n  <+trigger.payload.n> > 'x'", 2, 24, "no number"},
      {"true && nope", 1, 9, "nope"},
      {"<+<+trigger.payload.n> == 'x'> == 1", 1, 24, "no number"},
      {"<+trigger.payload.s> == )", 1, 25, "expected"},
  };
  for (const auto& [text, line, column, message] : cases) {
    const Explanation explanation = Conditions(with_jexl(text)).explain(event());
    const auto& error = explanation.conditions.at(0).error;
    ASSERT_TRUE(error) << text;
    EXPECT_EQ(error->line, line) << text << error->message;
    EXPECT_EQ(error->column, column) << text << error->message;
    EXPECT_NE(error->message.find(message), std::string::npos) << error->message;
  }
}

TEST(Conditions, JudgeWithWhatIsSharedAsAlone) {
  std::vector<plan::TriggerDocument> triggers;
  for (const char* key :
       {"<+trigger.payload.s>", "<+trigger.header['X-Team']>", "<+trigger.payload>"}) {
    for (const char* operation : {"Equals", "Regex", "In", "Like"}) {
      for (const char* value : {"abc", "Blue", "{}", "[x", ""}) {
        triggers.push_back(with_payload({{key, operation, value}}));
        triggers.push_back(plan::TriggerDocument());
        triggers.back().header_conditions = {{key, operation, value}};
      }
    }
  }
  for (const char* text : {"<+trigger.payload.s> == 'abc'", "<+trigger.payload.s> == 'abd'",
                           "<+trigger.payload.s> == ", "<+trigger.payload.no>.x()"}) {
    triggers.push_back(with_jexl(text));
  }
  std::vector<Conditions> shared;
  {
    ConditionPool pool;
    // Twice, so that the second of each has nothing of its own.
    for (int turn = 0; turn < 2; ++turn) {
      for (const plan::TriggerDocument& trigger : triggers) shared.emplace_back(trigger, pool);
    }
  }
  const JudgedEvent judged = event();
  for (std::size_t i = 0; i < shared.size(); ++i) {
    const plan::TriggerDocument& trigger = triggers[i % triggers.size()];
    EXPECT_EQ(shared[i].find_mismatch(judged), mismatch(trigger)) << i;
    const Explanation together = shared[i].explain(judged);
    const Explanation alone = Conditions(trigger).explain(event());
    EXPECT_EQ(shown(together), shown(alone)) << i;
  }
}

TEST(Explanation, ShowsNoMoreThanAPageOfAValue) {
  const std::string body = R"({"s":")" + std::string(1023, 'a') + "\xC3\xA9\xC3\xA9\"}";
  const Conditions conditions(with_payload({{"<+trigger.payload.s>", "Equals", "b"}}));
  const auto found = conditions.explain(event(body)).conditions.at(0).found;
  EXPECT_EQ(found, std::string(1023, 'a') + "...");
}

}  // namespace
}  // namespace tripgate

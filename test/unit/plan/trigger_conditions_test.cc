// Conditions in a trigger's document: what refuses it, and where the complaint points.
#include "engine/plan/trigger_conditions.h"

#include <gtest/gtest.h>

#include "engine/plan/documents.h"

namespace tripgate::plan {
namespace {

using Lines = std::vector<std::string>;

// Line 10 is the first of the conditions.
std::string with_spec(const std::string& spec) {
  return "trigger:\n  name: t\n  identifier: t\n  pipelineIdentifier: p\n  source:\n"
         "    type: Webhook\n    spec:\n      type: Custom\n      spec:\n" +
         spec;
}

std::string payload(const std::string& condition) {
  return with_spec("        payloadConditions:\n          - " + condition + "\n");
}

std::string header(const std::string& condition) {
  return with_spec("        headerConditions:\n          - " + condition + "\n");
}

std::string jexl(const std::string& text) {
  return with_spec("        jexlCondition: " + text + "\n");
}

Lines printed(const std::vector<Diagnostic>& diagnostics) {
  Lines lines;
  for (const Diagnostic& diagnostic : diagnostics) lines.push_back(diagnostic.to_string());
  return lines;
}

yaml::Findings read(const std::string& text) {
  yaml::Findings findings("f");
  static_cast<void>(read_documents(text, {}, findings));
  return findings;
}

TEST(TriggerConditions, RefuseTheTriggerWithTextAndCaret) {
  const std::pair<std::string, Lines> cases[] = {
      {payload("{key: <+trigger.payload.a>, operator: Like, value: b}"),
       {"f:11:51: unknown operator \"Like\""}},
      {payload("{operator: Equals, value: b}"),
       {"f:11:13: key is missing in a condition of payloadConditions"}},
      {header("{key: \"<+trigger.header['X-A']>\"}"),
       {"f:11:13: operator is missing in a condition of headerConditions"}},
      {payload("{key: '<+trigger.payload.size>', operator: Equals, value: b}"),
       {"f:11:38: 'size' is a keyword here: write ['size'] or .size()\n"
        "<+trigger.payload.size>\n"
        "                  ^"}},
      {payload("{key: <+trigger.payload.a>, operator: Regex, value: '[x'}"),
       {"f:11:68: bad pattern: ']' expected\n[x\n  ^"}},
      {payload("{key: <+trigger.payload.a>, operator: NotIn, value: 'ok, [x'}"),
       {"f:11:65: bad pattern: ']' expected in the element [x"}},
      {jexl("<+trigger.payload.n> > )"),
       {"f:10:47: a value was expected instead of ')'\n"
        "<+trigger.payload.n> > )\n"
        "                       ^"}},
      {jexl("|\n          <+trigger.payload.n> > 3 &&\n          <+trigger.payload.if> == 1"),
       {"f:12:29: 'if' is a keyword: write ['if']\n"
        "<+trigger.payload.if> == 1\n"
        "                  ^"}},
      {jexl("\"\\u00e4 == 'a\\tb'\""),
       {"f:10:24: "
        "this character has no meaning here\n"
        "\xC3\xA4 == 'a\tb'\n"
        "^"}},
      {jexl("<+trigger.payload.a> =="),
       {"f:10:47: a value was expected, but the text ends here\n"
        "<+trigger.payload.a> ==\n"
        "                       ^"}},
  };
  for (const auto& [text, errors] : cases) EXPECT_EQ(printed(read(text).errors), errors) << text;
}

TEST(TriggerConditions, WarnOfWhatCannotMatch) {
  const std::pair<std::string, Lines> cases[] = {
      {payload("{key: trigger.payload.a, operator: Equals, value: b}"),
       {"f:11:19: a key without <+...> is compared as the text that it is"}},
      {payload("{key: sourceBranch, operator: Equals, value: b}"),
       {"f:11:19: sourceBranch exists for git events only: this never matches"}},
      {payload("{key: ChangedFiles, operator: Equals, value: b}"),
       {"f:11:19: changedFiles filters git events only: the condition is ignored"}},
      {payload("{key: \"<+trigger.header['X-Team']>\", operator: Equals, value: b}"),
       {"f:11:19: header names are lower case in payload conditions: this is null"}},
      {payload("{key: <+trigger.payload.a, operator: Equals, value: b}"),
       {"f:11:19: a <+ without its > is plain text"}},
      {header("{key: \"<+trigger.header['X-Team']>\", operator: Equals, value: b}"), {}},
      {payload("{key: \"<+trigger.header['x-team']>\", operator: Equals, value: b}"), {}},
      {payload("{key: \"<+trigger.header[\\\"x-team\\\"]>\", operator: Equals}"), {}},
  };
  for (const auto& [text, warnings] : cases) {
    const yaml::Findings findings = read(text);
    EXPECT_EQ(printed(findings.errors), Lines{}) << text;
    EXPECT_EQ(printed(findings.warnings), warnings) << text;
  }
}

TEST(TriggerConditions, AreKeptAsWritten) {
  const auto trigger = read_stored_trigger(
      with_spec("        payloadConditions:\n"
                "          - {key: <+trigger.payload.n>, operator: Equals, value: 5}\n"
                "          - {key: <+trigger.payload.n>, operator: Like}\n"
                "        jexlCondition: <+trigger.payload.n> > 3\n"));
  ASSERT_TRUE(trigger) << trigger.error().to_string();
  ASSERT_EQ(trigger->payload_conditions.size(), 2U);
  EXPECT_EQ(trigger->payload_conditions[0].value, "5");
  EXPECT_EQ(trigger->payload_conditions[1].op, "Like");
  EXPECT_EQ(trigger->jexl_condition, "<+trigger.payload.n> > 3");
  EXPECT_EQ(read_stored_trigger("a: [").error().line, 1U);
  EXPECT_FALSE(read_stored_trigger("pipeline: {}"));
}

}  // namespace
}  // namespace tripgate::plan

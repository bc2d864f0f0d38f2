// `tripgate match`: events as files, what is printed, and real payloads against the triggers that
// people write for them.
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "engine/cli/commands.h"
#include "engine/cli/event_file.h"
#include "engine/match/conditions.h"
#include "engine/plan/documents.h"

namespace tripgate::cli {
namespace {

const std::string kFolder = "test/data/payloads/";

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

// --- the forms of an event ---

TEST(EventFile, IsTheBareBodyUnlessItHasHeadersAndABody) {
  const char* const texts[] = {
      "",
      "a=1&b=2\n",
      "{\"a\": 1.50}\n",
      "[1]",
      "{\"body\": \"x\"}",
      "{\"headers\": {}}",
      "{\"headers\": 5, \"body\": 1}",
  };
  for (const char* const text : texts) {
    const auto event = read_event_file(text);
    ASSERT_TRUE(event) << text;
    EXPECT_EQ(event->body, text);
    EXPECT_TRUE(event->headers.empty());
  }
}

TEST(EventFile, TakesABodyAsTextOrAsJson) {
  EXPECT_EQ(read_event_file(R"({"headers":{},"body":"a=1"})")->body, "a=1");
  EXPECT_EQ(read_event_file(R"({"headers":{},"body":{"a": [1, null]}})")->body,
            R"({"a":[1,null]})");
  EXPECT_EQ(read_event_file(R"({"headers":[],"payload":"p","eventId":"e"})")->body, "p");
}

TEST(EventFile, TakesHeadersAsObjectOrAsLines) {
  const auto named = read_event_file(R"({"headers":{"A":"1","B":["2","3"],"N":4},"body":""})");
  const auto lines = read_event_file(R"({"headers":[{"name":"A","value":"1"},
      {"name":"B","value":["2","3"]},{"name":"N","value":4}],"body":""})");
  const decltype(EventFile::headers) expected = {{"A", "1"}, {"B", "2"}, {"B", "3"}, {"N", "4"}};
  EXPECT_EQ(named->headers, expected);
  EXPECT_EQ(lines->headers, expected);
}

TEST(EventFile, RefusesHeadersOfAnotherForm) {
  for (const char* const headers : {R"({"A":{}})", R"({"A":null})", R"({"A":[[]]})", R"(["A: 1"])",
                                    R"([{"name":"A"}])", R"([{"name":1,"value":"v"}])"}) {
    EXPECT_FALSE(read_event_file("{\"headers\":" + std::string(headers) + ",\"body\":1}"))
        << headers;
  }
  EventFile event;
  EXPECT_TRUE(add_header_line(event, "no colon"));
  EXPECT_TRUE(add_header_line(event, " : no name"));
  EXPECT_FALSE(add_header_line(event, "X-A:  b: c "));
  EXPECT_EQ(event.headers.back().second, "b: c");
}

// --- the command ---

struct Ran {
  int exit_code;
  std::string out;
  std::string complaint;
};

Ran run(const std::vector<std::string>& words) {
  std::ostringstream out;
  std::ostringstream complain;
  const Environment environment = [](std::string_view) { return std::nullopt; };
  const int exit_code = run_command(words, environment, out, complain);
  return {exit_code, out.str(), complain.str()};
}

/// Runs `match` on a trigger with these conditions and the event given as standard input.
Ran match(const std::string& conditions, const std::string& event,
          const std::vector<std::string>& options = {}) {
  const std::string trigger = testing::TempDir() + "match_trigger.yaml";
  std::ofstream(trigger) << "trigger:\n  name: t\n  identifier: t\n  pipelineIdentifier: p\n"
                            "  source:\n    type: Webhook\n    spec:\n      type: Custom\n"
                            "      spec:\n"
                         << conditions;
  std::istringstream in(event);
  std::streambuf* const standard = std::cin.rdbuf(in.rdbuf());
  std::vector<std::string> words = {"match", "-", trigger};
  words.insert(words.end(), options.begin(), options.end());
  Ran ran = run(words);
  std::cin.rdbuf(standard);
  return ran;
}

TEST(Match, WrongInputIsTwo) {
  EXPECT_EQ(run({"match"}).exit_code, exit_usage);
  EXPECT_EQ(run({"match", "a"}).exit_code, exit_usage);
  EXPECT_EQ(run({"match", "/nowhere", kFolder + "triggers/github_push_main.yaml"}).exit_code,
            exit_usage);
  EXPECT_EQ(run({"match", kFolder + "github_push.json", "/nowhere"}).exit_code, exit_usage);
  EXPECT_EQ(run({"match", kFolder + "github_push.json", "conf/demo/publish.yaml"}).complaint,
            "tripgate match: conf/demo/publish.yaml: exactly one trigger was expected\n");
  EXPECT_EQ(match("        payloadConditions: 5\n", "{}").exit_code, exit_usage);
  EXPECT_EQ(match("        jexlCondition: true\n", "{}", {"-H", "nothing"}).exit_code, exit_usage);
}

constexpr const char* kThreeConditions =
    "        payloadConditions:\n"
    "          - {key: <+trigger.payload.ref>, operator: Equals, value: main}\n"
    "          - {key: <+trigger.payload.n>, operator: In, value: '1, 2'}\n"
    "        headerConditions:\n"
    "          - {key: \"<+trigger.header['X-Team']>\", operator: Equals, value: blue}\n"
    "        jexlCondition: <+trigger.payload.n> > 1 && <+trigger.payload.ref>.nope()\n";

TEST(Match, PrintsEveryConditionAndTheFirstThatFails) {
  const Ran ran = match(kThreeConditions, R"({"ref":"main","n":3})", {"-H", "x-team: blue"});
  EXPECT_EQ(ran.exit_code, exit_refused);
  EXPECT_EQ(ran.out,
            "t does not match, see payloadConditions[1]\n"
            "  ok     payloadConditions[0]\n"
            "         <+trigger.payload.ref>\n"
            "         Equals \"main\"\n"
            "         found \"main\"\n"
            "  FAILS  payloadConditions[1]\n"
            "         <+trigger.payload.n>\n"
            "         In \"1, 2\"\n"
            "         found \"3\"\n"
            "  ok     headerConditions[0]\n"
            "         <+trigger.header['X-Team']>\n"
            "         Equals \"blue\"\n"
            "         found \"blue\"\n"
            "  ERROR  jexlCondition\n"
            "         <+trigger.payload.n> > 1 && <+trigger.payload.ref>.nope()\n"
            "         <+trigger.payload.n> is \"3\"\n"
            "         <+trigger.payload.ref> is \"main\"\n"
            "         error: 1:52: there is no method nope for these arguments\n"
            "             <+trigger.payload.n> > 1 && <+trigger.payload.ref>.nope()\n"
            "                                                                ^\n");
}

TEST(Match, MatchIsZero) {
  const Ran ran = match("        jexlCondition: <+trigger.payload.a> == 1\n", "{\"a\":1}");
  EXPECT_EQ(ran.exit_code, exit_done);
  EXPECT_EQ(ran.out.substr(0, ran.out.find('\n')), "t matches");
  EXPECT_EQ(match("        {}\n", "").out, "t matches\n");
}

TEST(Match, GivesProgramsTheSameAsJson) {
  const Ran ran = match(kThreeConditions, R"({"ref":"dev","n":3})", {"-o", "json"});
  EXPECT_EQ(ran.exit_code, exit_refused);
  const auto document = JsonDocument::parse(ran.out);
  ASSERT_TRUE(document);
  const JsonView root = document->root();
  EXPECT_EQ(root.find("firstFailing").text(), "payloadConditions[0]");
  const auto conditions = root.find("conditions").elements();
  ASSERT_EQ(conditions.size(), 4U);
  EXPECT_EQ(conditions[0].find("found").text(), "dev");
  EXPECT_EQ(conditions[2].find("found").text(), "null");
  EXPECT_FALSE(conditions[3].find("operator"));
  EXPECT_EQ(conditions[3].find("error").find("column").text(), "52");
}

TEST(Match, ShowsNoSecretAndNothingThatATerminalObeys) {
  const Ran ran = match(
      "        headerConditions:\n"
      "          - {key: \"<+trigger.header['Cookie']>\", operator: Contains, value: session}\n"
      "        payloadConditions:\n"
      "          - {key: <+trigger.payload.a>, operator: Equals, value: b}\n",
      R"({"headers":{"Cookie":"session=s3cret"},"body":{"a":"\u001b[2J\n"}})");
  EXPECT_EQ(ran.out.find("s3cret"), std::string::npos);
  EXPECT_NE(ran.out.find("found \"********\"\n"), std::string::npos);
  EXPECT_NE(ran.out.find("found \"?[2J?\"\n"), std::string::npos);
}

// --- real payloads ---

/// Line breaks and indentation become one blank, so that edits fit on a line of the table.
std::string on_one_line(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    out += text[at] == '\n' ? ' ' : text[at];
    if (text[at] != '\n') continue;
    while (at + 1 < text.size() && text[at + 1] == ' ') ++at;
  }
  return out;
}

std::vector<std::string> split(const std::string& line, const std::string& separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = line.find(separator, begin);
    parts.push_back(line.substr(begin, end - begin));
    if (end == std::string::npos) return parts;
    begin = end + separator.size();
  }
}

void apply_edit(const std::string& edit, std::string& text) {
  const std::size_t arrow = edit.find(" =>");
  ASSERT_NE(arrow, std::string::npos) << edit;
  const std::string old = edit.substr(0, arrow);
  const std::size_t at = text.find(old);
  ASSERT_NE(at, std::string::npos) << "not in the payload: " << old;
  const bool is_removal = arrow + 4 >= edit.size();
  text.replace(at, old.size(), is_removal ? "" : edit.substr(arrow + 4));
}

plan::TriggerDocument read_trigger(const std::string& name) {
  yaml::Findings findings(name);
  const auto documents =
      plan::read_documents(read_file(kFolder + "triggers/" + name + ".yaml"), {}, findings);
  for (const Diagnostic& error : findings.errors) ADD_FAILURE() << error.to_string();
  if (documents.size() != 1 || !findings.is_clean()) return {};
  return std::get<plan::TriggerDocument>(documents.front().content);
}

std::string verdict_of(const std::string& event_text, const Conditions& conditions) {
  const auto event = read_event_file(event_text);
  EXPECT_TRUE(event);
  const JudgedEvent judged(event->body, event->header_lines());
  const auto mismatch = conditions.find_mismatch(judged);
  const Explanation explanation = conditions.explain(judged);
  const ExplainedCondition* const failing = explanation.first_failing();
  // The short judgement and the long one are two ways through the same conditions.
  EXPECT_EQ(mismatch.has_value(), failing != nullptr);
  if (!mismatch || failing == nullptr) return "matches";
  EXPECT_EQ(mismatch->place, failing->place);
  EXPECT_EQ(mismatch->is_error, failing->outcome == ConditionOutcome::error);
  return mismatch->place.to_string() + (mismatch->is_error ? "!" : "");
}

TEST(Payloads, AreJudgedAsTheTableSays) {
  std::ifstream table(kFolder + "verdicts.txt");
  std::size_t cases = 0;
  for (std::string line; std::getline(table, line);) {
    if (line.empty() || line[0] == '#') continue;
    SCOPED_TRACE(line);
    const std::vector<std::string> fields = split(line, " | ");
    ASSERT_GE(fields.size(), 3U);
    std::string event = on_one_line(read_file(kFolder + fields[0] + ".json"));
    if (fields.size() == 4) apply_edit(fields[3], event);
    EXPECT_EQ(verdict_of(event, Conditions(read_trigger(fields[1]))), fields[2]);
    ++cases;
  }
  EXPECT_GE(cases, 100U);
}

TEST(Payloads, FireNoTriggerOfAnotherSender) {
  std::vector<std::string> matches;
  for (const char* const event :
       {"alertmanager", "bitbucket_pull_request", "bitbucket_push", "bitbucket_server_pull_request",
        "bitbucket_server_push", "docker_registry", "github_pull_request", "github_push",
        "github_release", "gitlab_merge_request", "gitlab_push", "harbor_push", "harbor_scan",
        "jira_issue_updated", "slack_event", "slack_slash_command"}) {
    const std::string text = read_file(kFolder + event + ".json");
    for (const char* const trigger :
         {"github_push_main", "github_push_paths", "github_pr_preview", "github_release_stable",
          "gitlab_push_release_branch", "gitlab_merged", "bitbucket_push_main",
          "bitbucket_pr_approved", "bitbucket_server_tag", "bitbucket_server_merged",
          "jira_approved", "slack_command", "slack_mention", "alertmanager_rollback",
          "registry_version", "harbor_candidate", "harbor_scan_clean"}) {
      if (verdict_of(text, Conditions(read_trigger(trigger))) == "matches") {
        matches.push_back(trigger);
      }
    }
  }
  EXPECT_EQ(matches.size(), 17U) << testing::PrintToString(matches);
}

}  // namespace
}  // namespace tripgate::cli

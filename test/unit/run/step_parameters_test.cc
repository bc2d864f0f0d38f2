// What nodes were told, as their records keep it for `stepParameters`.
#include "engine/run/step_parameters.h"

#include "engine/base/json_document.h"
#include "test/lib/machine_stand.h"

namespace tripgate {
namespace {

class StepParameters : public MachineStand {
 protected:
  /// Begins a stage of one script step with these members of its spec.
  void begin_script(const std::string& script, const std::string& more = {}) {
    begin(
        stage_yaml("s", typed_step_yaml("a", "ShellScript",
                                        "shell: Bash, source: {type: Inline, spec: {script: \"" +
                                            script + "\"}}" + (more.empty() ? "" : ", " + more))));
  }

  [[nodiscard]] std::string spec_of(const std::string& identifier) const {
    const std::string& all = node(identifier).parameters;
    const std::size_t spec = all.find("\"spec\":");
    return spec == std::string::npos ? all : all.substr(spec + 7, all.size() - spec - 8);
  }

  [[nodiscard]] std::string id_of(const std::string& identifier) const {
    return node(identifier).setup_id;
  }
};

TEST_F(StepParameters, TextThatCannotBeRenderedStaysAsItIsWritten) {
  begin_script("echo <+json.select(\\\"a\\\", 3)>");
  EXPECT_EQ(spec_of("a"), R"({"shell":"Bash","source":{"type":"Inline","spec":{"script":)"
                          R"("echo <+json.select(\"a\", 3)>"}}})");
}

TEST_F(StepParameters, WhatDoesNotResolveIsNullToAScriptAndLeftAloneForAResponse) {
  begin(stage_yaml("s", "{parallel: [" +
                            typed_step_yaml("a", "Wait", "duration: 1h",
                                            "when: {stageStatus: "
                                            "All}") +
                            ", " +
                            typed_step_yaml("h", "Http",
                                            "url: \"http://x/<+nothing.here>\", method: GET, "
                                            "assertion: <+httpResponseCode> == 200") +
                            ", " +
                            typed_step_yaml("q", "Queue",
                                            "key: \"k-<+nothing.here>\", scope: "
                                            "Stage") +
                            "]}"));
  EXPECT_EQ(spec_of("h"), R"({"url":"http://x/<+nothing.here>","method":"GET",)"
                          R"("assertion":"<+httpResponseCode> == 200"})");
  EXPECT_EQ(spec_of("q"), R"({"key":"k-null","scope":"Stage"})");
}

TEST_F(StepParameters, LongTextIsCutToTheBoundAndSaysSo) {
  begin_script("echo " + std::string(100'000, 'x'));
  const std::string& parameters = node("a").parameters;
  EXPECT_LE(parameters.size(), kParametersMax);
  EXPECT_GT(parameters.size(), kParametersMax / 4);
  EXPECT_NE(parameters.find("xxx... (100005 bytes)"), std::string::npos);
  EXPECT_TRUE(JsonDocument::parse(parameters));
}

TEST_F(StepParameters, CharactersAreNotCutInTwo) {
  std::string script;
  for (int i = 0; i < 5000; ++i) script += "\xe2\x82\xac";  // a euro sign
  begin_script("echo  " + script);
  EXPECT_EQ(node("a").parameters.find("\xef\xbf\xbd"), std::string::npos);
  EXPECT_NE(node("a").parameters.find("\xe2\x82\xac... (15006 bytes)"), std::string::npos);
}

TEST_F(StepParameters, ShortTextsStayWholeBesideALongOne) {
  begin_script("echo " + std::string(100'000, 'x'),
               "environmentVariables: [{name: A, type: String, value: short}]");
  EXPECT_NE(node("a").parameters.find(R"({"name":"A","type":"String","value":"short"})"),
            std::string::npos);
}

TEST_F(StepParameters, SpecOfTooManyNamesIsLeftOut) {
  std::string variables;
  for (int i = 0; i < 1000; ++i) {
    variables += (i == 0 ? "" : ", ") + std::string("{name: V") + std::to_string(i) +
                 ", type: String, value: \"\"}";
  }
  begin_script("true", "environmentVariables: [" + variables + "]");
  EXPECT_EQ(node("a").parameters, R"({"uuid":")" + id_of("a") +
                                      R"(","identifier":"a","name":"a","timeout":"10m",)"
                                      R"("type":"ShellScript"})");
}

TEST_F(StepParameters, SecretsStayExpressions) {
  begin_script("true",
               "environmentVariables: [{name: T, type: String, value: "
               "'<+secrets.getValue(\"account.token\")>'}]");
  EXPECT_NE(node("a").parameters.find(R"("value":"<+secrets.getValue(\"account.token\")>")"),
            std::string::npos)
      << node("a").parameters;
}

TEST_F(StepParameters, StepHasItsHeadItsTimeAndItsResolvedSpec) {
  begin(stage_yaml("s", typed_step_yaml("a", "ShellScript",
                                        "shell: Bash, onDelegate: true, source: {type: Inline, "
                                        "spec: {script: echo <+step.identifier>-<+stage.name>}}",
                                        "timeout: 1h 30m")));
  EXPECT_EQ(node("a").parameters,
            R"({"uuid":")" + id_of("a") +
                R"(","identifier":"a","name":"a","timeout":"1h 30m","type":"ShellScript",)"
                R"("spec":{"shell":"Bash","onDelegate":true,)"
                R"("source":{"type":"Inline","spec":{"script":"echo a-s"}}}})");
}

TEST_F(StepParameters, StageHasVariablesTagsAndItsChild) {
  begin(stage_yaml("s", step_yaml("a"),
                   "timeout: 2d, tags: {team: blue}, variables: [{name: n, type: Number, value: "
                   "3}, {name: t, type: String, value: of <+stage.name>}, {name: k, type: "
                   "Secret, value: account.key}]"));
  EXPECT_EQ(node("s").parameters,
            R"({"uuid":")" + id_of("s") +
                R"(","identifier":"s","name":"s","timeout":"2d","type":"Custom",)"
                R"("variables":{"n":3,"t":"of s","k":"<+secrets.getValue(\"account.key\")>"},)"
                R"("tags":{"team":"blue"},"specConfig":{"childNodeID":")" +
                id_of("execution") + R"("}})");
}

TEST_F(StepParameters, IterationAndAttemptAreToldTheirOwn) {
  begin(stage_yaml(
      "s", typed_step_yaml("a", "ShellScript",
                           "shell: Bash, source: {type: Inline, spec: {script: echo "
                           "<+matrix.x>-<+step.retryCount>}}",
                           "strategy: {matrix: {x: [p, q]}}, " +
                               on_error("AllErrors",
                                        "type: Retry, spec: {retryCount: 1, retryIntervals: [10s], "
                                        "onRetryFailure: {action: {type: MarkAsFailure}}}"))));
  EXPECT_NE(spec_of("a_1").find("echo q-0"), std::string::npos) << spec_of("a_1");
  fail("a_1");
  advance(std::chrono::seconds(10));
  EXPECT_NE(spec_of("a_1").find("echo q-1"), std::string::npos) << spec_of("a_1");
  EXPECT_EQ(node("a_1").interrupts.size(), 1U);
  EXPECT_EQ(node("a_1").interrupts.at(0).type, "RETRY");
}

TEST_F(StepParameters, SkippedStepHasThemTooAndARestartLeavesThemAsTheyWere) {
  begin(stage_yaml("s", step_yaml("a") + ", " +
                            step_yaml("b", "when: {stageStatus: All, condition: '1 == 2'}")));
  const std::string before = node("a").parameters;
  restart();
  EXPECT_EQ(node("a").parameters, before);
  end("a");
  EXPECT_EQ(status("b"), "Skipped");
  EXPECT_NE(spec_of("b").find("echo b"), std::string::npos);
}

TEST_F(StepParameters, VariablesOfAStepAreSeenByItsOtherFields) {
  begin(stage_yaml(
      "s", typed_step_yaml("h", "Http",
                           "url: \"http://<+spec.inputVariables.host>/<+spec.inputVariables.none>"
                           "\", method: GET, inputVariables: [{name: host, type: String, value: "
                           "of-<+stage.name>}]")));
  EXPECT_NE(spec_of("h").find("http://of-s/<+spec.inputVariables.none>"), std::string::npos)
      << spec_of("h");
}

TEST_F(StepParameters, NodesBetweenHaveNone) {
  begin(stage_yaml("s", group_yaml("g", step_yaml("a"))));
  EXPECT_EQ(node("stages").parameters, "");
  EXPECT_EQ(node("execution").parameters, "");
  EXPECT_EQ(node("g").parameters, R"({"uuid":")" + id_of("g") +
                                      R"(","identifier":"g","name":"g","type":"STEP_GROUP",)"
                                      R"("variables":{},"childNodeID":")" +
                                      id_of("a") + R"("})");
}

}  // namespace
}  // namespace tripgate

// The Http step without a call: what it asks for, and what an answer means. Failures first.
#include "engine/call/http_step.h"

#include <gtest/gtest.h>

#include "engine/jexl/json.h"

namespace tripgate {
namespace {

using Kinds = std::vector<CallFailureKind>;

CallSettings settings() {
  CallSettings settings;
  settings.program = "/usr/lib/tripgate/tripgate-call";
  settings.http.allowed_addresses = {"10.0.0.0/8"};
  settings.http.ca_file = "/etc/ca.pem";
  settings.http.connect_timeout = std::chrono::milliseconds(1500);
  return settings;
}

plan::HttpSpec spec() {
  plan::HttpSpec spec;
  spec.method = "get";
  spec.url = "https://example.com/";
  return spec;
}

plan::HttpSpec asserting(const std::string& assertion) {
  plan::HttpSpec asserting = spec();
  asserting.assertion = assertion;
  return asserting;
}

StepResult ended(const CallResult& result) {
  StepResult step;
  step.exit_code = 0;
  step.result_text = write_call_result(result);
  return step;
}

StepResult answered(int code, const std::string& body) {
  CallResult result;
  result.response_code = code;
  result.response_body = body;
  return ended(result);
}

CallEnd judge(const plan::HttpSpec& spec, const StepResult& result) {
  const jexl::MapContext roots(
      *jexl::parse_json(R"({"pipeline":{"name":"Deploy","variables":{"want":200}}})"));
  return judge_http_result(spec, result, roots, {});
}

// The member of the outcome as JSON.
std::string output_member(const CallEnd& end, std::string_view name) {
  const auto output = jexl::parse_json(end.output);
  const jexl::Value* const member = output ? output->get(name) : nullptr;
  return member == nullptr ? "absent" : jexl::to_full_json(*member);
}

TEST(HttpStep, RefusesAHeaderThatIsGivenTwice) {
  plan::HttpSpec twice = spec();
  twice.headers = {{"A", "hunter2"}, {"B", "2"}, {"A", "3"}};
  const auto command = make_http_command(twice, settings());
  ASSERT_FALSE(command);
  EXPECT_EQ(command.error().message, "Duplicate key A");
  twice.headers = {{"A", "1"}, {"a", "2"}};
  EXPECT_TRUE(make_http_command(twice, settings()));
}

TEST(HttpStep, RefusesARequestBeyondTheBound) {
  plan::HttpSpec large = spec();
  large.body = std::string(kCallRequestMaxBytes, 'x');
  EXPECT_FALSE(make_http_command(large, settings()));
}

TEST(HttpStep, RendersEverythingButWhatWaitsForTheAnswer) {
  plan::HttpSpec written = spec();
  written.headers = {{"K", "V"}};
  written.body = "B";
  written.certificate = "C";
  written.certificate_key = "CK";
  written.assertion = "A";
  written.outputs = {{.name = "o", .text = "O"}};
  const auto rendered = render_http_step(written, [](std::string_view text) {
    return Result<std::string, Diagnostic>(boost::system::in_place_value,
                                           "<" + std::string(text) + ">");
  });
  ASSERT_TRUE(rendered);
  EXPECT_EQ(rendered->method, "<get>");
  EXPECT_EQ(rendered->url, "<https://example.com/>");
  EXPECT_EQ(rendered->headers, (HttpHeaders{{"<K>", "<V>"}}));
  EXPECT_EQ(rendered->body + rendered->certificate + rendered->certificate_key, "<B><C><CK>");
  EXPECT_EQ(rendered->assertion + rendered->outputs[0].text, "AO");

  const auto failed = render_http_step(written, [](std::string_view text) {
    return text == "V" ? Result<std::string, Diagnostic>(Diagnostic("no V"))
                       : Result<std::string, Diagnostic>(boost::system::in_place_value, text);
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "no V");
}

TEST(HttpStep, AsksTheProgramWithWhatTheOperatorPermits) {
  plan::HttpSpec full = spec();
  full.headers = {{"A", "1"}};
  full.body = "b";
  full.certificate = "c";
  full.certificate_key = "k";
  const auto command = make_http_command(full, settings());
  ASSERT_TRUE(command);
  EXPECT_EQ(command->shell, StepShell::program);
  EXPECT_EQ(command->program, std::vector<std::string>{"/usr/lib/tripgate/tripgate-call"});
  EXPECT_TRUE(command->environment.empty());
  const auto request = parse_call_request(command->script);
  ASSERT_TRUE(request);
  const auto& call = std::get<HttpCall>(*request);
  EXPECT_EQ(call.method + call.url + call.body + call.certificate + call.certificate_key,
            "gethttps://example.com/bck");
  EXPECT_EQ(call.headers, full.headers);
  EXPECT_EQ(call.allowed_addresses, settings().http.allowed_addresses);
  EXPECT_EQ(call.ca_file, "/etc/ca.pem");
  EXPECT_TRUE(call.verifies_tls);
  EXPECT_EQ(call.connect_timeout.count(), 1500);
}

TEST(HttpStep, ACallWithoutAReadableResultFails) {
  StepResult died;
  died.signal = 11;
  StepResult refused;
  refused.exit_code = 2;
  StepResult lost;
  lost.exit_code = 0;
  lost.result_text = "{\"version\":1";
  StepResult full;
  full.exit_code = 0;
  full.output_error = "the disk is full";
  StepResult absent;
  absent.start_error = "No such file or directory";
  for (const auto& [result, part] :
       {std::pair{died, "signal 11"}, std::pair{refused, "status 2"}, std::pair{lost, "unreadable"},
        std::pair{full, "the disk is full"}, std::pair{absent, "could not start: No such file"}}) {
    const CallEnd end = judge(spec(), result);
    EXPECT_FALSE(end.is_success);
    EXPECT_NE(end.message.find(part), std::string::npos) << end.message;
    EXPECT_EQ(end.failure_kinds, Kinds{CallFailureKind::application});
    EXPECT_TRUE(end.output.empty());
  }
}

TEST(HttpStep, ConnectionTroubleHasItsFailureTypes) {
  for (const auto& [kind, kinds] :
       {std::pair{CallFailureKind::connectivity, Kinds{CallFailureKind::connectivity}},
        std::pair{CallFailureKind::timeout,
                  Kinds{CallFailureKind::connectivity, CallFailureKind::timeout}},
        std::pair{CallFailureKind::application, Kinds{CallFailureKind::application}}}) {
    const CallEnd end = judge(asserting("true"), ended(failed_call(kind, "why")));
    EXPECT_FALSE(end.is_success);
    EXPECT_EQ(end.message, "why");
    EXPECT_EQ(end.failure_kinds, kinds);
    EXPECT_TRUE(end.output.empty());
    EXPECT_TRUE(end.log.empty());
  }
}

TEST(HttpStep, AnUnknownCallerHasNoOutcomeWhateverTheAssertionSays) {
  const CallEnd unknown = judge(asserting("httpResponseCode == 401"), answered(401, "body"));
  EXPECT_FALSE(unknown.is_success);
  EXPECT_EQ(unknown.failure_kinds, Kinds{CallFailureKind::authentication});
  EXPECT_TRUE(unknown.output.empty());
  const CallEnd forbidden = judge(spec(), answered(403, "body"));
  EXPECT_EQ(forbidden.failure_kinds, Kinds{CallFailureKind::authorization});
  EXPECT_TRUE(forbidden.output.empty());
}

TEST(HttpStep, AFalseAssertionFailsWithoutATypeAndPublishesItsOutcome) {
  const CallEnd end = judge(asserting("<+httpResponseCode> == 200"), answered(404, "gone"));
  EXPECT_FALSE(end.is_success);
  EXPECT_EQ(end.message, "assertion failed");
  EXPECT_TRUE(end.failure_kinds.empty());
  EXPECT_EQ(output_member(end, "httpResponseCode"), "404");
  EXPECT_EQ(end.log, (std::vector<CallLogLine>{{"Validating the assertions...", false},
                                               {"Assertions failed", true}}));
}

TEST(HttpStep, AnAssertionThatIsNoBooleanFails) {
  for (const auto& [assertion, got] :
       {std::pair{"httpResponseBody", "String"}, std::pair{"httpResponseCode", "Integer"},
        std::pair{"<+nothing.here>", "null"}, std::pair{"[1]", "ArrayList"}}) {
    const CallEnd end = judge(asserting(assertion), answered(200, "true"));
    EXPECT_FALSE(end.is_success);
    EXPECT_EQ(end.message,
              "Assertion provided is not a valid expression: Expected boolean assertion, got " +
                  std::string(got) + " value");
    EXPECT_EQ(end.failure_kinds, Kinds{CallFailureKind::application});
    EXPECT_TRUE(end.output.empty());
  }
  const CallEnd broken = judge(asserting("httpResponseCode =="), answered(200, ""));
  EXPECT_TRUE(broken.message.starts_with("Assertion provided is not a valid expression: "));
}

TEST(HttpStep, AssertionsSeeTheCodeAsANumberAndTheNodesNames) {
  for (const char* assertion :
       {"", "httpResponseCode == 200", "<+httpResponseCode> == 200", "httpResponseCode + 1 == 201",
        "httpResponseBody == \"ok\"", "<+httpResponseBody>.length() == 2",
        "<+httpResponseCode> == <+pipeline.variables.want>", "<+<+httpResponseCode> == 200>",
        "httpResponseCode >= 200 && httpResponseCode < 300"}) {
    const CallEnd end = judge(asserting(assertion), answered(200, "ok"));
    EXPECT_TRUE(end.is_success) << assertion << ": " << end.message;
    EXPECT_TRUE(end.message.empty());
    EXPECT_EQ(end.log.back(), (CallLogLine{"Assertions passed", false}));
  }
}

TEST(HttpStep, TheAnswerIsNeverEvaluated) {
  for (const std::string body :
       {"<+pipeline.name>", "\" || true || \"", "x\\\"", "<+<+pipeline.name>>", "`${pipeline}`"}) {
    plan::HttpSpec curious = asserting("\"<+httpResponseBody>\" == \"Deploy\"");
    curious.outputs = {{.name = "body", .text = "<+httpResponseBody>"}};
    const CallEnd end = judge(curious, answered(200, body));
    EXPECT_FALSE(end.is_success) << body;
    const auto output = jexl::parse_json(end.output);
    if (!output) continue;
    EXPECT_EQ(output->get("outputVariables")->get("body")->as_string(), body);
    EXPECT_EQ(output->get("httpResponseBody")->as_string(), body);
  }
}

TEST(HttpStep, OutputsSeeTheCodeAsATextAndNullsAreDropped) {
  plan::HttpSpec reading = spec();
  reading.outputs = {{.name = "sum", .text = "<+httpResponseCode + 1>"},
                     {.name = "none", .text = "<+nothing.here>"},
                     {.name = "length", .text = "<+httpResponseBody.length()>"},
                     {.name = "list", .text = "<+[1,\"a\"]>"},
                     {.name = "name", .text = "<+pipeline.name>"}};
  const CallEnd end = judge(reading, answered(201, "four"));
  EXPECT_TRUE(end.is_success) << end.message;
  EXPECT_EQ(output_member(end, "outputVariables"),
            R"({"sum":"2011","length":"4","list":"[1, a]","name":"Deploy"})");
}

TEST(HttpStep, AnOutputThatCannotBeEvaluatedFailsTheStepBeforeTheAssertion) {
  plan::HttpSpec reading = asserting("false");
  reading.outputs = {{.name = "bad", .text = "<+httpResponseBody.nosuch()> + "}};
  const CallEnd end = judge(reading, answered(200, "x"));
  EXPECT_FALSE(end.is_success);
  EXPECT_NE(end.message.find("Expression evaluation failed"), std::string::npos) << end.message;
  EXPECT_EQ(end.failure_kinds, Kinds{CallFailureKind::application});
  EXPECT_TRUE(end.output.empty());
}

TEST(HttpStep, PublishesItsOutcomeInTheOrderOfTheOriginal) {
  plan::HttpSpec odd = spec();
  odd.method = "options";
  EXPECT_EQ(judge(odd, answered(500, "{\"a\":1}")).output,
            "{\"httpUrl\":\"https://example.com/\",\"httpMethod\":\"OPTIONS\","
            "\"httpResponseCode\":500,\"httpResponseBody\":\"{\\\"a\\\":1}\","
            "\"status\":\"SUCCESS\",\"errorMsg\":null,\"outputVariables\":{}}");
}

}  // namespace
}  // namespace tripgate

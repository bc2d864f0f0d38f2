// Which rule wants which event, and what is sent: refusals first.
#include "engine/notify/notification.h"

#include <gtest/gtest.h>

#include "engine/jexl/json.h"

namespace tripgate {
namespace {

using Outcome = DeliveryTry::Outcome;

plan::NotificationRule rule(std::vector<plan::NotificationRule::Event> events) {
  plan::NotificationRule rule;
  rule.identifier = "tell_ops";
  rule.events = std::move(events);
  rule.url = "https://ops.example/hook";
  return rule;
}

RunEvent run_event(RunEventType type) {
  RunEvent event;
  event.type = type;
  event.node_id = "n0de";
  event.at_ms = 1700000001234;
  event.account = "acc";
  event.org = "o";
  event.project = "p";
  event.pipeline = "deploy";
  event.pipeline_name = "De\"ploy<b>";
  event.execution_id = "_iodHvEhT2y";
  event.status = "Running";
  event.url = "http://localhost/ng/?a=1&b=2";
  event.trigger_type = "WEBHOOK_CUSTOM";
  event.triggered_by = "ci";
  event.run_sequence = 12;
  event.start_ms = 1700000000000;
  return event;
}

RunEvent failed_step() {
  RunEvent event = run_event(RunEventType::step_failed);
  event.stage = EventNode{"build", "Build", "Running", "", 1, 0};
  event.step = EventNode{"compile", "Compile", "Failed", "exit\n<3>", 2, 3};
  return event;
}

StepResult ended(const CallResult& result) {
  StepResult step;
  step.exit_code = 0;
  step.result_text = write_call_result(result);
  return step;
}

StepResult answered(int code) {
  CallResult result;
  result.response_code = code;
  return ended(result);
}

TEST(NotificationRule, WantsNothingThatItDoesNotName) {
  const RunEvent start = run_event(RunEventType::pipeline_start);
  EXPECT_FALSE(wants(rule({}), start));
  EXPECT_FALSE(wants(rule({{"PipelineEnd", {}, {}}, {"StageStart", {}, {}}}), start));
  plan::NotificationRule off = rule({{"AllEvents", {}, {}}});
  off.is_enabled = false;
  EXPECT_FALSE(wants(off, start));
  EXPECT_FALSE(wants(rule({{"StepFailed", {"deploy"}, {}}}), failed_step()));
  EXPECT_FALSE(wants(rule({{"StepFailed", {}, {"test"}}}), failed_step()));
  EXPECT_FALSE(wants(rule({{"AllEvents", {"deploy"}, {}}}), failed_step()));
}

TEST(NotificationRule, WantsWhatItNamesAndAllEventsWantsAll) {
  EXPECT_TRUE(wants(rule({{"StepFailed", {}, {}}}), failed_step()));
  EXPECT_TRUE(wants(rule({{"StepFailed", {"a", "build"}, {"compile"}}}), failed_step()));
  EXPECT_TRUE(wants(rule({{"PipelineEnd", {}, {}}, {"StepFailed", {}, {}}}), failed_step()));
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(RunEventType::waiting_for_user_action);
       ++i) {
    const RunEvent event = run_event(static_cast<RunEventType>(i));
    EXPECT_TRUE(wants(rule({{"AllEvents", {"build"}, {}}}), event));
    EXPECT_TRUE(wants(rule({{std::string(name_of(event.type)), {}, {}}}), event));
  }
}

TEST(Notification, TheWebhooksBodyTellsRunStageAndStep) {
  const Notification told = make_notification(rule({}), failed_step());
  const auto body = jexl::parse_json(told.body);
  ASSERT_TRUE(body);
  const jexl::Value* const event = body->get("eventData");
  ASSERT_NE(event, nullptr);
  EXPECT_EQ(event->get("eventType")->as_string(), "StepFailed");
  EXPECT_EQ(event->get("eventTs")->as_int64(), 1700000001234);
  EXPECT_EQ(event->get("pipelineName")->as_string(), "De\"ploy<b>");
  EXPECT_EQ(event->get("runSequence")->as_int64(), 12);
  EXPECT_EQ(jexl::to_full_json(*event->get("step")),
            R"({"identifier":"compile","name":"Compile","status":"Failed",)"
            R"("errorMessage":"exit\n<3>","startTs":2,"endTs":3})");
  EXPECT_EQ(event->get("stage")->get("endTs"), nullptr);
  EXPECT_EQ(event->get("endTs"), nullptr);
}

TEST(Notification, CutsLongFailures) {
  RunEvent event = failed_step();
  event.step->failure = std::string(1 << 20, 'x');
  EXPECT_LT(make_notification(rule({}), event).body.size(), 4000U);
}

TEST(Notification, ItsKeyIsTheSameForTheSameEventAndFitForAPath) {
  const std::string key = make_notification(rule({}), failed_step()).key;
  EXPECT_EQ(key, make_notification(rule({}), failed_step()).key);
  EXPECT_EQ(key, "notify-StepFailed-n0de-1700000001234-tell_ops");
  plan::NotificationRule longest = rule({});
  longest.identifier = std::string(128, 'r');
  RunEvent event = run_event(RunEventType::waiting_for_user_action);
  event.node_id = std::string(22, 'n');
  EXPECT_LE(make_notification(longest, event).key.size(), 200U);
}

TEST(Notification, TheMailEscapesWhatOthersWrote) {
  plan::NotificationRule mail = rule({});
  mail.method = plan::NotificationRule::Method::email;
  const Notification told = make_notification(mail, failed_step());
  EXPECT_EQ(told.subject, "StepFailed Compile: De\"ploy<b> #12");
  EXPECT_EQ(told.body,
            "Event: StepFailed\nPipeline: De&quot;ploy&lt;b&gt; (deploy)\nProject: o/p\n"
            "Run: 12 (Running)\nStage: Build (Running)\nStep: Compile (Failed)\n"
            "Failure: exit &lt;3&gt;\nStarted by: ci\nPage: http://localhost/ng/?a=1&amp;b=2\n");
}

TEST(Notification, PostsWithTheRulesHeaders) {
  plan::NotificationRule hook = rule({});
  hook.headers = {{"X-A", "1"}};
  CallSettings settings;
  settings.program = "/call";
  auto command = make_delivery_command(make_notification(hook, failed_step()), settings, "");
  ASSERT_TRUE(command);
  auto request = parse_call_request(command->script);
  ASSERT_TRUE(request);
  EXPECT_EQ(std::get<HttpCall>(*request).method, "POST");
  EXPECT_EQ(std::get<HttpCall>(*request).url, hook.url);
  EXPECT_EQ(std::get<HttpCall>(*request).headers,
            (HttpHeaders{{"X-A", "1"}, {"Content-Type", "application/json"}}));
  hook.headers = {{"content-type", "application/cloudevents+json"}};
  command = make_delivery_command(make_notification(hook, failed_step()), settings, "");
  request = parse_call_request(command->script);
  EXPECT_EQ(std::get<HttpCall>(*request).headers, hook.headers);
}

TEST(Notification, MailsToEveryRecipientWithOneMessageId) {
  plan::NotificationRule mail = rule({});
  mail.method = plan::NotificationRule::Method::email;
  mail.recipients = {"a@b", "c@d"};
  CallSettings settings;
  const Notification told = make_notification(mail, failed_step());
  EXPECT_EQ(make_delivery_command(told, settings, "").error().message, "SMTP is not configured");
  settings.smtp.emplace();
  settings.smtp->from = "ci@b";
  const auto command = make_delivery_command(told, settings, "hunter2");
  ASSERT_TRUE(command) << command.error().message;
  const auto request = parse_call_request(command->script);
  ASSERT_TRUE(request);
  EXPECT_EQ(std::get<EmailCall>(*request).to, (std::vector<std::string>{"a@b", "c@d"}));
  EXPECT_EQ(std::get<EmailCall>(*request).message_id,
            "_iodHvEhT2y-notify-StepFailed-n0de-1700000001234-tell_ops");
}

TEST(Notification, RendersWhereItGoesAndNothingElse) {
  plan::NotificationRule hook = rule({});
  hook.headers = {{"K", "V"}};
  hook.recipients = {"R"};
  const auto rendered = render_rule(hook, [](std::string_view text) {
    return Result<std::string, Diagnostic>(boost::system::in_place_value,
                                           "<" + std::string(text) + ">");
  });
  ASSERT_TRUE(rendered);
  EXPECT_EQ(rendered->url, "<https://ops.example/hook>");
  EXPECT_EQ(rendered->headers, (HttpHeaders{{"K", "<V>"}}));
  EXPECT_EQ(rendered->recipients, std::vector<std::string>{"<R>"});
  EXPECT_EQ(rendered->identifier, "tell_ops");
}

TEST(Delivery, TellsWhatIsWorthAnotherTry) {
  const Notification hook = make_notification(rule({}), failed_step());
  const auto outcome = [&](const StepResult& result) {
    return judge_delivery(hook, result).outcome;
  };
  for (const int code : {301, 400, 401, 403, 404, 410}) {
    EXPECT_EQ(outcome(answered(code)), Outcome::is_hopeless) << code;
  }
  for (const int code : {408, 429, 500, 502, 503}) {
    EXPECT_EQ(outcome(answered(code)), Outcome::may_succeed_later) << code;
  }
  for (const int code : {200, 202, 204}) {
    EXPECT_EQ(outcome(answered(code)), Outcome::delivered) << code;
  }
  EXPECT_EQ(outcome(ended(failed_call(CallFailureKind::application, "no"))), Outcome::is_hopeless);
  EXPECT_EQ(outcome(ended(failed_call(CallFailureKind::connectivity, "no"))),
            Outcome::may_succeed_later);
  StepResult late;
  late.timed_out = true;
  EXPECT_EQ(outcome(late), Outcome::may_succeed_later);
  StepResult torn;
  torn.interrupted = "interrupted";
  EXPECT_EQ(outcome(torn), Outcome::may_succeed_later);
}

}  // namespace
}  // namespace tripgate

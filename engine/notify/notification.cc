// The receiver of a webhook reads the same names as in the execution's REST answers; people read
// lines. Both show names and messages that somebody else may have written.
#include "engine/notify/notification.h"

#include <algorithm>
#include <boost/algorithm/string/predicate.hpp>

#include "engine/base/json_writer.h"
#include "engine/call/email_step.h"

namespace tripgate {
namespace {

/// What a message of a failure adds to a notification at most.
constexpr std::size_t kFailureShownMax = 2000;

void write_node(JsonWriter& json, std::string_view name, const EventNode& node) {
  json.key(name).begin_object();
  json.member("identifier", node.identifier).member("name", node.name);
  json.member("status", node.status);
  json.member("errorMessage", std::string_view(node.failure).substr(0, kFailureShownMax));
  json.member("startTs", node.start_ms);
  if (node.end_ms != 0) json.member("endTs", node.end_ms);
  json.end_object();
}

std::string webhook_body(const plan::NotificationRule& rule, const RunEvent& event) {
  JsonWriter json;
  json.begin_object().key("eventData").begin_object();
  json.member("eventType", name_of(event.type)).member("eventTs", event.at_ms);
  json.member("notificationRule", rule.identifier);
  json.member("accountIdentifier", event.account).member("orgIdentifier", event.org);
  json.member("projectIdentifier", event.project).member("pipelineIdentifier", event.pipeline);
  json.member("pipelineName", event.pipeline_name);
  json.member("planExecutionId", event.execution_id).member("runSequence", event.run_sequence);
  json.member("status", event.status).member("executionUrl", event.url);
  json.key("triggeredBy").begin_object();
  json.member("triggerType", event.trigger_type).member("name", event.triggered_by).end_object();
  json.member("startTs", event.start_ms);
  if (event.end_ms != 0) json.member("endTs", event.end_ms);
  if (event.stage) write_node(json, "stage", *event.stage);
  if (event.step) write_node(json, "step", *event.step);
  return json.end_object().end_object().take();
}

std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '&':
        html += "&amp;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\n':
        html += ' ';
        break;
      default:
        html += c;
    }
  }
  return html;
}

std::string line(std::string_view what, std::string_view value) {
  return std::string(what) + ": " + escaped(value) + "\n";
}

std::string node_lines(std::string_view what, const EventNode& node) {
  std::string lines = line(what, node.name + " (" + node.status + ")");
  if (!node.failure.empty()) {
    lines += line("Failure", std::string_view(node.failure).substr(0, kFailureShownMax));
  }
  return lines;
}

std::string mail_body(const RunEvent& event) {
  std::string lines = line("Event", name_of(event.type));
  lines += line("Pipeline", event.pipeline_name + " (" + event.pipeline + ")");
  lines += line("Project", event.org + "/" + event.project);
  lines += line("Run", std::to_string(event.run_sequence) + " (" + event.status + ")");
  if (event.stage) lines += node_lines("Stage", *event.stage);
  if (event.step) lines += node_lines("Step", *event.step);
  lines += line("Started by", event.triggered_by);
  return lines + line("Page", event.url);
}

bool names_content_type(const HttpHeaders& headers) {
  return std::ranges::any_of(headers, [](const auto& header) {
    return boost::algorithm::iequals(header.first, "content-type");
  });
}

bool is_worth_another_try(int code) {
  return code == 408 || code == 429 || code >= 500;
}

DeliveryTry failed(const CallFailure& failure) {
  const bool is_final = failure.kind == CallFailureKind::application;
  return {is_final ? DeliveryTry::Outcome::is_hopeless : DeliveryTry::Outcome::may_succeed_later,
          failure.message};
}

}  // namespace

Result<plan::NotificationRule, Diagnostic> render_rule(const plan::NotificationRule& rule,
                                                       const RenderText& render) {
  plan::NotificationRule rendered = rule;
  std::vector<std::string*> texts{&rendered.url};
  for (auto& [key, value] : rendered.headers) texts.push_back(&value);
  for (std::string& recipient : rendered.recipients) texts.push_back(&recipient);
  for (std::string* const text : texts) {
    Result<std::string, Diagnostic> value = render(*text);
    if (!value) return value.error();
    *text = std::move(*value);
  }
  return rendered;
}

Notification make_notification(const plan::NotificationRule& rule, const RunEvent& event,
                               std::vector<std::string> secrets) {
  Notification notification;
  notification.key = notification_key(event, rule.identifier);
  notification.execution_id = event.execution_id;
  notification.rule = rule;
  notification.secrets = std::move(secrets);
  if (rule.method == plan::NotificationRule::Method::webhook) {
    notification.body = webhook_body(rule, event);
    return notification;
  }
  const std::string about =
      event.step ? " " + event.step->name : (event.stage ? " " + event.stage->name : std::string());
  notification.subject = std::string(name_of(event.type)) + about + ": " + event.pipeline_name +
                         " #" + std::to_string(event.run_sequence);
  notification.body = mail_body(event);
  return notification;
}

Result<StepCommand, Diagnostic> make_delivery_command(const Notification& notification,
                                                      const CallSettings& settings,
                                                      std::string_view password) {
  const plan::NotificationRule& rule = notification.rule;
  if (rule.method == plan::NotificationRule::Method::webhook) {
    plan::HttpSpec post;
    post.method = "POST";
    post.url = rule.url;
    post.body = notification.body;
    post.headers = rule.headers;
    if (!names_content_type(rule.headers)) {
      post.headers.emplace_back("Content-Type", "application/json");
    }
    return make_http_command(post, settings);
  }
  plan::EmailSpec mail{
      .to = {}, .cc = {}, .subject = notification.subject, .body = notification.body};
  for (const std::string& recipient : rule.recipients) mail.to += recipient + ",";
  // The same for every try, so that a mailbox shows a message once that arrived twice.
  return make_email_command(mail, settings, password,
                            notification.execution_id + "-" + notification.key);
}

DeliveryTry judge_delivery(const Notification& notification, const StepResult& result) {
  using Outcome = DeliveryTry::Outcome;
  if (result.timed_out) return {Outcome::may_succeed_later, "no answer in time"};
  if (result.aborted) return {Outcome::may_succeed_later, "aborted"};
  if (!result.interrupted.empty()) return {Outcome::may_succeed_later, result.interrupted};
  const CallResult call = read_call_result(result);
  if (call.failure) return failed(*call.failure);
  const bool is_mail = notification.rule.method == plan::NotificationRule::Method::email;
  if (is_mail || (call.response_code >= 200 && call.response_code < 300)) return {};
  return {
      is_worth_another_try(call.response_code) ? Outcome::may_succeed_later : Outcome::is_hopeless,
      "the receiver answered " + std::to_string(call.response_code)};
}

}  // namespace tripgate

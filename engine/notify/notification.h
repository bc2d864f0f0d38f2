// One delivery: what is sent to whom, built from a rule and an event (notification.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/call/call_end.h"
#include "engine/call/http_step.h"
#include "engine/status/run_event.h"

namespace tripgate {

struct Notification {
  std::string key;  ///< Names the delivery within its execution: notification_key().
  std::string execution_id;
  plan::NotificationRule rule;       ///< Rendered, with the plain text of secrets.
  std::string subject;               ///< Of an e-mail.
  std::string body;                  ///< JSON for a webhook, HTML for an e-mail.
  std::vector<std::string> secrets;  ///< Masked in the delivery's log.
};

/// The rule with its URL, headers and recipients rendered. Errors: those of `render`.
[[nodiscard]] Result<plan::NotificationRule, Diagnostic> render_rule(
    const plan::NotificationRule& rule, const RenderText& render);

/// rule: rendered. secrets: those that rendering used.
[[nodiscard]] Notification make_notification(const plan::NotificationRule& rule,
                                             const RunEvent& event,
                                             std::vector<std::string> secrets = {});

/// The command that delivers it. password: of settings.smtp, empty without a login. Errors: as
/// make_http_command and make_email_command.
[[nodiscard]] Result<StepCommand, Diagnostic> make_delivery_command(
    const Notification& notification, const CallSettings& settings, std::string_view password);

/// How one try to deliver ended.
struct DeliveryTry {
  enum class Outcome { delivered, may_succeed_later, is_hopeless };
  Outcome outcome = Outcome::delivered;
  std::string reason;  ///< Empty once it is delivered.
};

/// A webhook that answered with 2xx is delivered, and an e-mail that the server took. Worth another
/// try: no connection, a timeout, an interruption, 408, 429 and 5xx.
[[nodiscard]] DeliveryTry judge_delivery(const Notification& notification,
                                         const StepResult& result);

}  // namespace tripgate

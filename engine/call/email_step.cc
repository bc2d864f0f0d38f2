// Everything that can be wrong with an e-mail is found before a process starts, save what only the
// server knows.
#include "engine/call/email_step.h"

#include <array>

#include "engine/base/json_writer.h"
#include "engine/call/email_message.h"

namespace tripgate {
namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

Result<plan::EmailSpec, Diagnostic> render_email_step(const plan::EmailSpec& spec,
                                                      const RenderText& render) {
  plan::EmailSpec rendered = spec;
  for (std::string* text :
       std::array{&rendered.to, &rendered.cc, &rendered.subject, &rendered.body}) {
    Result<std::string, Diagnostic> value = render(*text);
    if (!value) return value.error();
    *text = std::move(*value);
  }
  return rendered;
}

Result<StepCommand, Diagnostic> make_email_command(const plan::EmailSpec& spec,
                                                   const CallSettings& settings,
                                                   std::string_view password,
                                                   const std::string& notification_id) {
  if (is_blank(spec.subject)) return Diagnostic("Email subject cannot be blank");
  if (is_blank(spec.body)) return Diagnostic("Email body cannot be blank");
  if (!settings.smtp) return Diagnostic("SMTP is not configured");
  auto to = parse_recipients(spec.to);
  if (!to) return to.error();
  auto cc = parse_recipients(spec.cc);
  if (!cc) return cc.error();
  EmailCall call;
  call.server = settings.smtp->server;
  call.user = settings.smtp->user;
  call.password = std::string(password);
  call.tls = settings.smtp->tls;
  call.ca_file = settings.smtp->ca_file;
  call.from = settings.smtp->from;
  call.to = std::move(*to);
  call.cc = std::move(*cc);
  call.subject = spec.subject;
  call.body = spec.body;
  call.message_id = notification_id;
  if (std::string complaint = complaint_about_mail(call); !complaint.empty()) {
    return Diagnostic(std::move(complaint));
  }
  return make_call_command(call, settings);
}

CallEnd judge_email_result(const StepResult& result, const std::string& notification_id) {
  const CallResult sent = read_call_result(result);
  CallEnd end;
  if (sent.failure) {
    end.message = sent.failure->message;
    end.failure_kinds = {CallFailureKind::application};
    return end;
  }
  end.is_success = true;
  end.output =
      JsonWriter().begin_object().member("notificationId", notification_id).end_object().take();
  return end;
}

}  // namespace tripgate

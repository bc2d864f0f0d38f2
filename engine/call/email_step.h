// The Email step, before and after its call. Source: pipelines.md 2.7.
#pragma once

#include <string>
#include <string_view>

#include "engine/call/call_end.h"
#include "engine/call/call_settings.h"
#include "engine/call/http_step.h"
#include "engine/plan/step_specs.h"

namespace tripgate {

/// The step with its four texts rendered. Errors: those of `render`.
[[nodiscard]] Result<plan::EmailSpec, Diagnostic> render_email_step(const plan::EmailSpec& spec,
                                                                    const RenderText& render);

/// The command that sends the e-mail.
///
/// password: of settings.smtp, empty without a login. notification_id: letters, digits, `-` and
/// `_`; the same for every look at the same attempt, such as the id of its node.
/// Errors, in the original's words: a blank subject or body, no SMTP server; also no or too many
/// recipients, and what is no address. Such a step fails with CallFailureKind::application.
[[nodiscard]] Result<StepCommand, Diagnostic> make_email_command(
    const plan::EmailSpec& spec, const CallSettings& settings, std::string_view password,
    const std::string& notification_id);

/// What the call's end means. result: as in judge_http_result.
[[nodiscard]] CallEnd judge_email_result(const StepResult& result,
                                         const std::string& notification_id);

}  // namespace tripgate

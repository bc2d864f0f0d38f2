// E-mail as it travels: addresses and the message's text (RFC 5322, RFC 2045 to 2047).
#pragma once

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/call/call_request.h"

namespace tripgate {

/// Whether a text is a plain address, `local@domain` of printable ASCII without blanks, brackets
/// and what else has a meaning in headers or SMTP; at most 254 characters.
[[nodiscard]] bool is_mail_address(std::string_view text);

/// The addresses of a comma-separated text, each `local@domain` or `Name <local@domain>`, of which
/// the name is dropped. Blank parts are skipped. Errors: a part that is neither.
[[nodiscard]] Result<std::vector<std::string>, Diagnostic> parse_recipients(std::string_view text);

/// Why a message cannot be sent: no recipients or more than kRecipientsMax, something that is no
/// address, a message id of other characters than letters, digits, `-` and `_`. Empty if it can.
[[nodiscard]] std::string complaint_about_mail(const EmailCall& call);

/// The whole message with CRLF lines of at most 78 characters: every text that a person wrote is
/// encoded, so that none can add a header or end the message. The body is one HTML part in which
/// each line is wrapped as `<br>line</br>` (pipelines.md 2.7).
///
/// The message must have passed complaint_about_mail.
[[nodiscard]] std::string make_mail_text(const EmailCall& call, std::time_t now);

}  // namespace tripgate

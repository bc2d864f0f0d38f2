// Hands one e-mail to a mail server.
#pragma once

#include "engine/call/call_request.h"
#include "engine/call/call_result.h"

namespace tripgate {

/// Sends the message over SMTP; success means that the server took it for every recipient.
///
/// One recipient that the server refuses is a failure before anything is sent. A failure is of kind
/// application if it would come again (a reply of 5xx, an address that is none). Messages name the
/// server's reply code, never the password.
[[nodiscard]] CallResult perform_email(const EmailCall& call);

}  // namespace tripgate

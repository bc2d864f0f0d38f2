// One HTTP exchange as a step makes it.
#pragma once

#include "engine/call/call_request.h"
#include "engine/call/call_result.h"

namespace tripgate {

/// Sends the request and waits for its answer, however long the server takes: the step's own
/// timeout ends it. Every status is an answer; a failure is that there is none.
///
/// Connects only to addresses that AddressPolicy permits. Redirects are followed for GET and HEAD,
/// at most kRedirectsMax; to another origin go neither certificate nor headers that may hold
/// credentials. Body and headers of the answer are bounded (call_limits.h).
/// Source: pipelines.md 2.3.
[[nodiscard]] CallResult perform_http(const HttpCall& call);

/// The method that is sent: upper case, and HEAD for everything unknown (pipelines.md 2.3).
[[nodiscard]] std::string effective_method(std::string_view method);

}  // namespace tripgate

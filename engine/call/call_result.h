// What `tripgate-call` has to tell when it ends (call_protocol.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"

namespace tripgate {

/// Why a call failed, as far as failure strategies tell it apart (pipelines.md 2.12). The program
/// tells the first three; the engine adds the others.
enum class CallFailureKind : std::uint8_t {
  connectivity,    // No connection, or it broke.
  timeout,         // No connection in time.
  application,     // The call itself: refused, too large, malformed, not accepted by the server.
  authentication,  // The answer is 401.
  authorization,   // The answer is 403.
};

struct CallFailure {
  CallFailureKind kind = CallFailureKind::application;
  std::string message;
};

/// An answer, or the failure.
struct CallResult {
  int response_code = 0;      ///< Of HTTP or SMTP.
  std::string response_body;  ///< UTF-8 once it was read back; empty for e-mail.
  std::optional<CallFailure> failure;
};

[[nodiscard]] CallResult failed_call(CallFailureKind kind, std::string message);

/// The document of call_protocol.md, at most kCallResultMaxBytes: an answer that is longer once it
/// is escaped becomes a failure that says so.
[[nodiscard]] std::string write_call_result(const CallResult& result);

/// Reads such a document. Errors: as parse_call_request.
[[nodiscard]] Result<CallResult, Diagnostic> parse_call_result(std::string_view text);

}  // namespace tripgate

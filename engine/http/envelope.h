// The envelopes of every answer (triggers.md 1.9, 1.11, 4.6), field order included.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/http/api.h"
#include "engine/http/message.h"

namespace tripgate::http {

/// The request's X-requestId, cut to kEchoMaxSize, else a random UUID.
[[nodiscard]] std::string correlation_id(const Request& request);

/// 200 SUCCESS around JSON.
[[nodiscard]] Response success(std::string_view json, std::string_view correlation_id);

/// 200 with nothing around the JSON: the newer API has no envelope for what it shows.
[[nodiscard]] Response bare(std::string json);

/// What an ERROR says; `metadata` is JSON.
struct ErrorText {
  int status = 400;
  std::string_view code = "INVALID_REQUEST";
  std::string message;
  std::string metadata = "null";
};
[[nodiscard]] Response error(const ErrorText& text, std::string_view correlation_id);

/// 400 INVALID_REQUEST, "Invalid request: " in front of the text.
[[nodiscard]] Response invalid_request(std::string_view text, std::string_view correlation_id);

/// 401 "Token is not valid."
[[nodiscard]] Response invalid_token(std::string_view correlation_id);

/// 404 ENTITY_NOT_FOUND.
[[nodiscard]] Response not_found(std::string text, std::string_view correlation_id);

/// 503 with Retry-After where a later call may succeed, else 500 UNKNOWN_ERROR.
[[nodiscard]] Response store_failure(const ErrorCode& error, std::string_view correlation_id);

/// 400 INVALID_REQUEST; with a cause that is no mistake of the caller's, the status of
/// store_failure with its text.
[[nodiscard]] Response refuse(const Diagnostic& why, std::string_view correlation_id);

/// 504: the request may take effect, and has not when its time was up.
[[nodiscard]] Response outcome_unknown(std::string_view correlation_id);

/// 400 FAILURE that names the parameters which are absent or empty.
[[nodiscard]] Response missing_parameters(const std::vector<std::string_view>& names,
                                          std::string_view correlation_id);

/// FAILURE with RESOURCE_NOT_FOUND_EXCEPTION: 400 for a path, 405 for a method.
[[nodiscard]] Response unknown_path(std::string_view correlation_id);
[[nodiscard]] Response wrong_method(std::string_view correlation_id);

/// 403 NG_ACCESS_DENIED; permissions holds one bit of edge::Permission.
[[nodiscard]] Response access_denied(const Caller& caller, std::uint8_t permission,
                                     const Scope& scope,
                                     const std::optional<std::string>& pipeline);

}  // namespace tripgate::http

// Writes the three envelopes; success says metaData, an error says metadata.
#include "engine/http/envelope.h"

#include <sys/random.h>

#include <array>

#include "engine/base/errc.h"
#include "engine/base/json_writer.h"
#include "shared/ids.h"
#include "shared/limits.h"

namespace tripgate::http {
namespace {

Response json_response(int status, JsonWriter& json) {
  Response response;
  response.status = status;
  response.body = json.take();
  return response;
}

Response failure(int status, std::string_view code, std::string_view message,
                 std::string_view errors_json, std::string_view correlation_id) {
  JsonWriter json;
  json.begin_object()
      .member("status", "FAILURE")
      .member("code", code)
      .member("message", message)
      .member("correlationId", correlation_id)
      .key("errors")
      .raw(errors_json)
      .end_object();
  return json_response(status, json);
}

std::string_view permission_name(std::uint8_t permission) {
  switch (permission) {
    case edge::permission_execute:
      return "core_pipeline_execute";
    case edge::permission_edit:
      return "core_pipeline_edit";
    default:
      return "core_pipeline_view";
  }
}

void append_resource_scope(JsonWriter& json, const Scope& scope) {
  const auto member = [&](std::string_view name, const std::string& value) {
    json.member(name, value.empty() ? std::optional<std::string>() : value);
  };
  json.key("resourceScope").begin_object();
  member("accountIdentifier", scope.account);
  member("orgIdentifier", scope.org);
  member("projectIdentifier", scope.project);
  json.end_object();
}

bool may_pass(const ErrorCode& cause) {
  return cause == Errc::overloaded || cause == Errc::cancelled || cause == Errc::store_full ||
         cause == Errc::readers_full;
}

/// What the caller asked for cannot be; all else is trouble of ours, or of the disk's.
bool is_mistake(const ErrorCode& cause) {
  return cause == Errc::not_found || cause == Errc::already_exists || cause == Errc::conflict ||
         cause == Errc::invalid_argument || cause == Errc::invalid_transition ||
         cause == Errc::too_large;
}

Response unable(const ErrorCode& cause, std::string message, std::string_view correlation_id) {
  if (!may_pass(cause)) {
    return error({.status = 500, .code = "UNKNOWN_ERROR", .message = std::move(message)},
                 correlation_id);
  }
  Response response =
      error({.status = 503, .code = "SERVICE_UNAVAILABLE", .message = std::move(message)},
            correlation_id);
  response.headers.emplace_back("Retry-After", std::to_string(limits::kRetryAfterSeconds));
  return response;
}

}  // namespace

std::string correlation_id(const Request& request) {
  const std::optional<std::string> given = request.header("X-requestId");
  if (given && !given->empty()) return given->substr(0, limits::kEchoMaxSize);
  std::array<std::uint8_t, Uuid::kSize> random{};
  // Sixteen bytes never come short once the kernel's generator is seeded; before that it waits.
  while (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
  }
  std::string text(Uuid::kDashedTextSize, '\0');
  Uuid::from_random(random).print_dashed(
      std::span<char, Uuid::kDashedTextSize>(text.data(), text.size()));
  return text;
}

Response success(std::string_view data, std::string_view correlation_id) {
  JsonWriter json;
  json.begin_object()
      .member("status", "SUCCESS")
      .key("data")
      .raw(data)
      .null_member("metaData")
      .member("correlationId", correlation_id)
      .end_object();
  return json_response(200, json);
}

Response bare(std::string json) {
  Response response;
  response.body = std::move(json);
  return response;
}

Response error(const ErrorText& text, std::string_view correlation_id) {
  JsonWriter json;
  json.begin_object()
      .member("status", "ERROR")
      .member("code", text.code)
      .member("message", text.message)
      .member("correlationId", correlation_id)
      .null_member("detailedMessage");
  json.key("responseMessages").begin_array().begin_object();
  json.member("code", text.code).member("level", "ERROR").member("message", text.message);
  json.null_member("exception").key("failureTypes").begin_array().end_array();
  json.end_object().end_array();
  json.key("metadata").raw(text.metadata).end_object();
  return json_response(text.status, json);
}

Response invalid_request(std::string_view text, std::string_view correlation_id) {
  return error({.message = "Invalid request: " + std::string(text)}, correlation_id);
}

Response invalid_token(std::string_view correlation_id) {
  return error({.status = 401, .code = "INVALID_TOKEN", .message = "Token is not valid."},
               correlation_id);
}

Response not_found(std::string text, std::string_view correlation_id) {
  return error({.status = 404, .code = "ENTITY_NOT_FOUND", .message = std::move(text)},
               correlation_id);
}

Response store_failure(const ErrorCode& cause, std::string_view correlation_id) {
  return unable(cause,
                may_pass(cause) ? cause.message()
                                : "Oops, something went wrong on our end. Please contact Harness "
                                  "Support.",
                correlation_id);
}

Response refuse(const Diagnostic& why, std::string_view correlation_id) {
  if (why.cause && !is_mistake(why.cause)) return unable(why.cause, why.message, correlation_id);
  return invalid_request(why.message, correlation_id);
}

Response outcome_unknown(std::string_view correlation_id) {
  return error({.status = 504,
                .code = "GATEWAY_TIMEOUT",
                .message = "The change is not on disk yet. Whether it comes to that shows in the "
                           "state of the execution."},
               correlation_id);
}

Response missing_parameters(const std::vector<std::string_view>& names,
                            std::string_view correlation_id) {
  constexpr std::string_view kText = "must not be null";
  std::string message;
  JsonWriter errors;
  errors.begin_array();
  for (const std::string_view name : names) {
    if (!message.empty()) message += ", ";
    message.append(name).append(": ").append(kText);
    errors.begin_object().member("fieldId", name).member("error", kText).end_object();
  }
  errors.end_array();
  return failure(400, "INVALID_REQUEST", message, errors.text(), correlation_id);
}

Response unknown_path(std::string_view correlation_id) {
  return failure(400, "RESOURCE_NOT_FOUND_EXCEPTION", "HTTP 404 Not Found", "null", correlation_id);
}

Response wrong_method(std::string_view correlation_id) {
  return failure(405, "RESOURCE_NOT_FOUND_EXCEPTION", "HTTP 405 Method Not Allowed", "null",
                 correlation_id);
}

Response access_denied(const Caller& caller, std::uint8_t permission, const Scope& scope,
                       const std::optional<std::string>& pipeline) {
  const std::string name(permission_name(permission));
  std::string message = "Principal of type " + std::string(principal_type_word(caller.type)) +
                        " with identifier " + caller.identifier + " : Missing permission " + name +
                        " on pipeline";
  if (pipeline) message += " with identifier " + *pipeline;
  JsonWriter json;
  json.begin_object()
      .member("status", "ERROR")
      .member("code", "NG_ACCESS_DENIED")
      .member("message", message)
      .null_member("correlationId")
      .null_member("detailedMessage")
      .null_member("responseMessages")
      .null_member("metadata");
  json.key("failedPermissionChecks").begin_array().begin_object();
  append_resource_scope(json, scope);
  json.member("resourceType", "PIPELINE")
      .null_member("resourceAttributes")
      .member("resourceIdentifier", pipeline)
      .member("permission", name);
  json.end_object().end_array().end_object();
  return json_response(403, json);
}

}  // namespace tripgate::http

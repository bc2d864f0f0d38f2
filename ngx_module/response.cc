// Envelopes are written field by field in the original's order (triggers.md 1.9, 1.11, 4.4 to 4.6).
#include "ngx_module/response.h"

#include <array>

#include "shared/limits.h"

namespace tripgate {
namespace {

constexpr std::size_t kEcho = limits::kEchoMaxSize;
constexpr std::string_view kAccessDenied = "NG_ACCESS_DENIED";

/// A message of up to eleven pieces, our words and the caller's in turn.
struct Message {
  struct Piece {
    std::string_view text;
    std::size_t limit = kEcho;
  };

  std::array<Piece, 12> pieces{};

  void write(JsonText& out) const noexcept {
    for (const Piece& piece : pieces) {
      if (!piece.text.empty()) out.text(piece.text, piece.limit);
    }
  }
};

Message message_of(std::string_view text, std::size_t limit = kMessageMaxSize) noexcept {
  Message message;
  message.pieces[0] = {text, limit};
  return message;
}

void write_error(std::string_view code, const Message& message, std::string_view correlation_id,
                 JsonText& out) noexcept {
  out.raw(R"({"status":"ERROR","code":")").text(code, kEcho).raw(R"(","message":")");
  const std::size_t start = out.view().size();
  message.write(out);
  const std::string_view written(out.view().data() + start, out.view().size() - start);
  out.raw(R"(","correlationId":")").text(correlation_id, kEcho);
  out.raw(R"(","detailedMessage":null,"responseMessages":[{"code":")").text(code, kEcho);
  out.raw(R"(","level":"ERROR","message":")");
  out.raw(written);  // escaping once is enough
  out.raw(R"(","exception":null,"failureTypes":[]}],"metadata":null})");
}

Answer write_invalid_request(const Message& message, std::string_view correlation_id,
                             JsonText& out) noexcept {
  write_error("INVALID_REQUEST", message, correlation_id, out);
  return {.status = 400};
}

void write_failure_start(std::string_view code, JsonText& out) noexcept {
  out.raw(R"({"status":"FAILURE","code":")").raw(code).raw(R"(","message":")");
}

Answer write_no_such_resource(std::uint16_t status, std::string_view text,
                              std::string_view correlation_id, JsonText& out) noexcept {
  write_failure_start("RESOURCE_NOT_FOUND_EXCEPTION", out);
  out.raw(text).raw(R"(","correlationId":")").text(correlation_id, kEcho);
  out.raw(R"(","errors":null})");
  return {.status = status};
}

Answer write_missing(const CallParameters& given, std::string_view correlation_id,
                     JsonText& out) noexcept {
  const struct {
    std::string_view name;
    const std::optional<std::string_view>& value;
  } required[] = {{"accountIdentifier", given.account},
                  {"orgIdentifier", given.org},
                  {"projectIdentifier", given.project}};
  write_failure_start("INVALID_REQUEST", out);
  std::string_view separator;
  for (const auto& [name, value] : required) {
    if (value && !value->empty()) continue;
    out.raw(separator).raw(name).raw(": must not be null");
    separator = ", ";
  }
  out.raw(R"(","correlationId":")").text(correlation_id, kEcho).raw(R"(","errors":[)");
  separator = {};
  for (const auto& [name, value] : required) {
    if (value && !value->empty()) continue;
    out.raw(separator).raw(R"({"fieldId":")").raw(name).raw(R"(","error":"must not be null"})");
    separator = ",";
  }
  out.raw("]}");
  return {.status = 400};
}

void write_optional(const std::optional<std::string_view>& value, JsonText& out) noexcept {
  if (!value) {
    out.raw("null");
  } else {
    out.raw("\"").text(*value, kEcho).raw("\"");
  }
}

Answer write_access_denied(const CallParameters& given, const Message& message,
                           JsonText& out) noexcept {
  out.raw(R"({"status":"ERROR","code":")").raw(kAccessDenied).raw(R"(","message":")");
  message.write(out);
  out.raw(R"(","correlationId":null,"detailedMessage":null,"responseMessages":null,)");
  out.raw(R"("metadata":null,"failedPermissionChecks":[{"resourceScope":{"accountIdentifier":)");
  write_optional(given.account, out);
  out.raw(R"(,"orgIdentifier":)");
  write_optional(given.org, out);
  out.raw(R"(,"projectIdentifier":)");
  write_optional(given.project, out);
  out.raw(R"(},"resourceType":"PIPELINE","resourceAttributes":null,"resourceIdentifier":)");
  write_optional(given.pipeline, out);
  out.raw(R"(,"permission":"core_pipeline_execute"}]})");
  return {.status = 403};
}

Message no_permission_message(const CallParameters& given, const Principal& principal) noexcept {
  Message message{{{{"Principal of type "},
                    {principal_type_word(principal.type)},
                    {" with identifier "},
                    {principal.identifier},
                    {" : Missing permission core_pipeline_execute on pipeline"}}}};
  if (given.pipeline) {
    message.pieces[5] = {" with identifier "};
    message.pieces[6] = {*given.pipeline};
  }
  return message;
}

Message no_trigger_message(const CallParameters& given) noexcept {
  Message message{{{{"Invalid request: No enabled custom trigger found for Account:"},
                    {*given.account},
                    {", Org: "},
                    {*given.org},
                    {", Project: "},
                    {*given.project}}}};
  std::size_t count = 6;
  const auto add = [&](std::string_view label, const std::optional<std::string_view>& value) {
    if (!value || value->find_first_not_of(" \t\r\n") == std::string_view::npos) return;
    message.pieces[count++] = {label};
    message.pieces[count++] = {*value};
  };
  add(", Pipeline: ", given.pipeline);
  add(", Trigger: ", given.trigger);
  return message;
}

Message mandatory_message(const CallParameters& given) noexcept {
  return {{{{"Invalid request: Authorization is mandatory for custom triggers in "},
            {*given.account},
            {":"},
            {*given.org},
            {":"},
            {*given.project},
            {". Please add X-Api-Key header in the request"}}}};
}

constexpr std::string_view kTokenNeeded =
    "Invalid request: This webhook url is no longer supported for newly created custom webhook "
    "triggers. We are migrating to new webhook urls using custom webhook tokens in the url.";

void write_link(const PublicAddress& address, JsonText& out) noexcept {
  out.raw("\"").text(address.scheme, kEcho).text(address.host, kEcho).raw("/");
}

void write_ui_start(const CallParameters& given, JsonText& out) noexcept {
  out.raw("ng/#/account/").text(*given.account, kEcho).raw("/cd/orgs/").text(*given.org, kEcho);
  out.raw("/projects/").text(*given.project, kEcho);
}

void write_links(const CallParameters& given, std::string_view id, const PublicAddress& address,
                 JsonText& out) noexcept {
  const std::string_view pipeline = given.pipeline.value_or("null");
  out.raw(R"({"eventCorrelationId":")").raw(id).raw(R"(","apiUrl":)");
  write_link(address, out);
  out.raw("gateway/pipeline/api/webhook/triggerExecutionDetails/").raw(id);
  out.raw("?accountIdentifier=").text(*given.account, kEcho).raw(R"(","uiUrl":)");
  write_link(address, out);
  write_ui_start(given, out);
  out.raw("/deployments?pipelineIdentifier=")
      .text(pipeline, kEcho)
      .raw(R"(&page=0","uiSetupUrl":)");
  write_link(address, out);
  write_ui_start(given, out);
  out.raw("/pipelines/").text(pipeline, kEcho).raw("/pipeline-studio/\"}");
}

struct NginxError {
  std::uint16_t from;
  std::uint16_t status;
  std::string_view code;
  std::string_view message;
};

// 494, 495, 496 and 497 are nginx's own numbers; clients get the registered ones.
constexpr std::array<NginxError, 17> kNginxErrors = {{
    {400, 400, "INVALID_REQUEST", "Invalid request: The request is malformed"},
    {401, 401, "INVALID_TOKEN", "Token is not valid."},
    {403, 403, "NG_ACCESS_DENIED", "Access to this address is not allowed"},
    {404, 404, "ENTITY_NOT_FOUND", "Nothing is at this address"},
    {405, 405, "INVALID_REQUEST", "Invalid request: The method is not allowed at this address"},
    {408, 408, "INVALID_REQUEST", "Invalid request: The request did not arrive in time"},
    {413, 413, "INVALID_REQUEST", "Invalid request: The body is too large"},
    {414, 414, "INVALID_REQUEST", "Invalid request: The address is too long"},
    {429, 429, "TOO_MANY_REQUESTS", "Too many requests"},
    {431, 431, "INVALID_REQUEST", "Invalid request: The headers are too large"},
    {494, 431, "INVALID_REQUEST", "Invalid request: The headers are too large"},
    {495, 400, "INVALID_REQUEST", "Invalid request: The client certificate is not valid"},
    {496, 400, "INVALID_REQUEST", "Invalid request: A client certificate is required"},
    {497, 400, "INVALID_REQUEST", "Invalid request: Plain HTTP was sent to an HTTPS port"},
    {502, 503, "SERVICE_UNAVAILABLE", "The engine is not available"},
    {503, 503, "SERVICE_UNAVAILABLE", "The service is not available"},
    {504, 503, "SERVICE_UNAVAILABLE", "The engine did not answer in time"},
}};

}  // namespace

Answer write_success(const WebhookCall& call, const EventId& id, const PublicAddress& address,
                     std::string_view correlation_id, JsonText& out) noexcept {
  std::array<char, EventId::kTextSize> id_text;
  id.print(id_text);
  const std::string_view id_view(id_text.data(), id_text.size());
  out.raw(R"({"status":"SUCCESS","data":)");
  if (call.address.version == WebhookVersion::v1) {
    out.raw("\"").raw(id_view).raw("\"");
  } else {
    write_links(call.parameters, id_view, address, out);
  }
  out.raw(R"(,"metaData":null,"correlationId":")").text(correlation_id, kEcho).raw("\"}");
  return {.status = 200};
}

Answer write_refusal(const WebhookCall& call, const Admission& admission,
                     std::string_view correlation_id, JsonText& out) noexcept {
  const CallParameters& given = call.parameters;
  constexpr std::string_view kNoToken =
      "Invalid request: No custom trigger found for the used custom webhook token: ";
  constexpr std::string_view kDisabled =
      "Invalid request: No enabled custom trigger found for the used custom webhook token: ";
  const auto invalid = [&](const Message& message) {
    return write_invalid_request(message, correlation_id, out);
  };
  switch (admission.refusal) {
    case Refusal::bad_key:
      write_error("INVALID_TOKEN", message_of("Token is not valid."), correlation_id, out);
      return {.status = 401};
    case Refusal::missing_parameter:
      return write_missing(given, correlation_id, out);
    case Refusal::key_mandatory:
      return invalid(mandatory_message(given));
    case Refusal::no_permission:
      return write_access_denied(given, no_permission_message(given, admission.principal), out);
    case Refusal::disabled_trigger:
      return invalid({{{{kDisabled}, {call.address.token}}}});
    case Refusal::unknown_token:
    case Refusal::ids_select_other:
      return invalid({{{{kNoToken}, {call.address.token}}}});
    case Refusal::no_trigger:
      return invalid(no_trigger_message(given));
    case Refusal::token_needed:
      return invalid(message_of(kTokenNeeded));
    case Refusal::none:
      break;
  }
  return write_nginx_error(500, correlation_id, out);
}

Answer write_nack(const WebhookCall& call, const NackPayload& nack, std::string_view correlation_id,
                  JsonText& out) noexcept {
  // A permission that went while the event was on its way is told as at the edge.
  if (nack.code == kAccessDenied) {
    return write_access_denied(call.parameters, message_of(nack.message), out);
  }
  write_error(nack.code, message_of(nack.message), correlation_id, out);
  return {.status = nack.http_status, .retry_after_s = nack.retry_after_s};
}

Answer write_not_stored(std::string_view correlation_id, JsonText& out) noexcept {
  write_error("SERVICE_UNAVAILABLE", message_of("The event was not stored. Please send it again."),
              correlation_id, out);
  return {.status = 503, .retry_after_s = limits::kRetryAfterSeconds};
}

Answer write_outcome_unknown(const EventId& id, std::string_view correlation_id,
                             JsonText& out) noexcept {
  std::array<char, EventId::kTextSize> text;
  id.print(text);
  const Message message{
      {{{"It is not known whether the event was stored. Its eventCorrelationId is "},
        {{text.data(), text.size()}}}}};
  write_error("GATEWAY_TIMEOUT", message, correlation_id, out);
  return {.status = 504};
}

Answer write_store_unavailable(std::string_view correlation_id, JsonText& out) noexcept {
  write_error("SERVICE_UNAVAILABLE", message_of("Triggers cannot be looked up. Please try again."),
              correlation_id, out);
  return {.status = 503, .retry_after_s = limits::kRetryAfterSeconds};
}

Answer write_unknown_path(std::string_view correlation_id, JsonText& out) noexcept {
  return write_no_such_resource(400, "HTTP 404 Not Found", correlation_id, out);
}

Answer write_wrong_method(std::string_view correlation_id, JsonText& out) noexcept {
  return write_no_such_resource(405, "HTTP 405 Method Not Allowed", correlation_id, out);
}

Answer write_change_unknown(std::string_view correlation_id, JsonText& out) noexcept {
  write_error("GATEWAY_TIMEOUT",
              message_of("It is not known whether the engine did what it was told"), correlation_id,
              out);
  return {.status = 504};
}

Answer write_nginx_error(std::uint16_t status, std::string_view correlation_id,
                         JsonText& out) noexcept {
  for (const NginxError& error : kNginxErrors) {
    if (error.from != status) continue;
    write_error(error.code, message_of(error.message), correlation_id, out);
    const bool may_retry = error.status == 503;
    return {
        .status = error.status,
        .retry_after_s = static_cast<std::uint16_t>(may_retry ? limits::kRetryAfterSeconds : 0)};
  }
  if (status >= 400 && status < 500) {
    write_error("INVALID_REQUEST", message_of("Invalid request: The request was refused"),
                correlation_id, out);
    return {.status = status};
  }
  write_error("UNKNOWN_ERROR",
              message_of("Oops, something went wrong on our end. Please contact Harness Support."),
              correlation_id, out);
  return {.status = 500};
}

}  // namespace tripgate

// API keys (triggers.md 6.3). A secret leaves the engine once, in the answer that made it.
#include <charconv>

#include "engine/base/json_document.h"
#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"

namespace tripgate::http {
namespace {

/// Keys belong to the account, so that their upkeep takes the permission there.
std::optional<Response> refuse_other_than_account_editors(const Context& context) {
  const Scope account = {.account = context.scope.account, .org = {}, .project = {}};
  return refuse_without(edge::permission_edit, context, account);
}

std::string json_text(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

Response secret_or_complaint(const Result<std::string, Diagnostic>& secret,
                             const Context& context) {
  if (!secret) return refuse(secret.error(), context.correlation_id);
  Response response = success(json_text(*secret), context.correlation_id);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

Response create_token(const Context& context) {
  const Result<JsonDocument, Diagnostic> body = JsonDocument::parse(context.request.body);
  if (!body) return refuse(body.error(), context.correlation_id);
  const JsonView root = body->root();
  TokenRequest request;
  request.scope = context.scope;
  request.name = root.find("name").text();
  if (request.name.empty()) request.name = root.find("identifier").text();
  if (const auto role = root.find("role").string()) request.role = *role;
  if (root.find("apiKeyType").text() == "USER") request.type = PrincipalType::user;
  request.expires_at_ms = root.find("validTo").integer();
  return secret_or_complaint(context.api.create_token(request), context);
}

Response rotate_token(const Context& context) {
  if (auto refused = refuse_other_than_account_editors(context)) return *std::move(refused);
  UnixMs old_expires_at_ms = context.api.now_ms();
  const std::string text = context.request.parameter_or_empty("rotateTimestamp");
  if (!text.empty()) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), old_expires_at_ms);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
      return invalid_request("rotateTimestamp is no time in milliseconds", context.correlation_id);
    }
  }
  return secret_or_complaint(
      context.api.rotate_token(context.scope.account, context.path.values[0], old_expires_at_ms),
      context);
}

Response revoke_token(const Context& context) {
  if (auto refused = refuse_other_than_account_editors(context)) return *std::move(refused);
  const std::string& name = context.path.values[0];
  const Result<bool, Diagnostic> revoked = context.api.revoke_token(context.scope.account, name);
  if (!revoked) return refuse(revoked.error(), context.correlation_id);
  if (!*revoked) {
    return not_found("No token present with identifier: " + name, context.correlation_id);
  }
  return success("true", context.correlation_id);
}

Response list_tokens(const Context& context) {
  if (auto refused = refuse_other_than_account_editors(context)) return *std::move(refused);
  const Result<std::vector<TokenView>> tokens = context.api.tokens(context.scope.account);
  if (!tokens) return store_failure(tokens.error(), context.correlation_id);
  JsonWriter json;
  json.begin_object().key("content").begin_array();
  for (const TokenView& token : *tokens) {
    json.begin_object().key("token").begin_object();
    json.member("identifier", token.name)
        .member("name", token.name)
        .member("validFrom", token.valid_from_ms)
        .key("validTo");
    token.expires_at_ms ? json.number(*token.expires_at_ms) : json.null();
    json.member("valid", token.is_valid)
        .member("accountIdentifier", token.scope.account)
        .member("orgIdentifier", token.scope.org)
        .member("projectIdentifier", token.scope.project)
        .member("role", token.role)
        .member("uuid", token.uuid);
    json.end_object().end_object();
  }
  json.end_array().member("totalItems", static_cast<std::int64_t>(tokens->size())).end_object();
  return success(json.text(), context.correlation_id);
}

}  // namespace tripgate::http

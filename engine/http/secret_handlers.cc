// Secrets in the shape of the original's API. A value goes in and never comes out.
#include "engine/base/errc.h"
#include "engine/base/json_document.h"
#include "engine/base/json_writer.h"
#include "engine/base/secret_text.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"

namespace tripgate::http {
namespace {

std::optional<std::string> null_if_empty(const std::string& text) {
  return text.empty() ? std::optional<std::string>() : text;
}

void append_secret(JsonWriter& json, const SecretView& secret, const Scope& scope) {
  json.begin_object().key("secret").begin_object();
  json.member("type", "SecretText")
      .member("name", secret.identifier)
      .member("identifier", secret.identifier)
      .member("orgIdentifier", null_if_empty(scope.org))
      .member("projectIdentifier", null_if_empty(scope.project));
  json.key("spec").begin_object().member("valueType", "Inline").null_member("value").end_object();
  json.end_object().member("updatedAt", secret.updated_at_ms).end_object();
}

/// Whether the body's own scope is the one whose permission was asked for.
bool is_of_scope(const JsonView& secret, const Scope& scope) {
  const std::string org = secret.find("orgIdentifier").text();
  const std::string project = secret.find("projectIdentifier").text();
  return (org.empty() || org == scope.org) && (project.empty() || project == scope.project);
}

Response write_secret(const Context& context, std::string identifier, bool must_be_new) {
  const Result<JsonDocument, Diagnostic> body = JsonDocument::parse(context.request.body);
  // The parser's complaint may quote the body.
  if (!body) return invalid_request("the body is not JSON", context.correlation_id);
  const JsonView secret = body->root().find("secret");
  if (!is_of_scope(secret, context.scope)) {
    return invalid_request("the secret's scope is not that of the query", context.correlation_id);
  }
  if (identifier.empty()) identifier = secret.find("identifier").text();
  std::string value = secret.find("spec").find("value").text();
  const Result<SecretView, Diagnostic> written =
      context.api.set_secret(context.scope, {identifier, value, must_be_new});
  wipe(value);
  if (!written) return refuse(written.error(), context.correlation_id);
  JsonWriter json;
  append_secret(json, *written, context.scope);
  return success(json.text(), context.correlation_id);
}

}  // namespace

Response create_secret(const Context& context) {
  return write_secret(context, {}, true);
}

Response put_secret(const Context& context) {
  return write_secret(context, context.path.values[0], false);
}

Response list_secrets(const Context& context) {
  const Result<std::vector<SecretView>> secrets = context.api.secrets(context.scope);
  if (!secrets) return store_failure(secrets.error(), context.correlation_id);
  JsonWriter json;
  json.begin_object().key("content").begin_array();
  for (const SecretView& secret : *secrets) append_secret(json, secret, context.scope);
  json.end_array().member("totalItems", static_cast<std::int64_t>(secrets->size())).end_object();
  return success(json.text(), context.correlation_id);
}

Response erase_secret(const Context& context) {
  const std::string& identifier = context.path.values[0];
  const Result<bool> erased = context.api.erase_secret(context.scope, identifier);
  if (!erased) return store_failure(erased.error(), context.correlation_id);
  if (!*erased) {
    return not_found("There is no secret " + identifier + " in this scope", context.correlation_id);
  }
  return success("true", context.correlation_id);
}

Response reseal_secrets(const Context& context) {
  // The key is the engine's, not a project's.
  const Scope account = {.account = context.scope.account, .org = {}, .project = {}};
  if (auto refused = refuse_without(edge::permission_edit, context, account)) {
    return *std::move(refused);
  }
  const Result<std::size_t, Diagnostic> count = context.api.reseal_secrets();
  if (!count) return refuse(count.error(), context.correlation_id);
  return success(std::to_string(*count), context.correlation_id);
}

}  // namespace tripgate::http

// Settings as in triggers.md 5.3; errors of a PUT are told per setting, under a 200.
#include "engine/base/json_document.h"
#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"

namespace tripgate::http {
namespace {

std::optional<std::string> null_if_empty(const std::string& text) {
  return text.empty() ? std::optional<std::string>() : text;
}

void append_setting(JsonWriter& json, const SettingView& setting, const Scope& scope) {
  json.begin_object()
      .member("identifier", setting.identifier)
      .member("name", "Mandate Authorization for Custom Webhook Triggers")
      .member("orgIdentifier", null_if_empty(scope.org))
      .member("projectIdentifier", null_if_empty(scope.project))
      .member("category", "PMS")
      .null_member("groupIdentifier")
      .member("valueType", "Boolean");
  json.key("allowedValues").begin_array().end_array();
  json.member("allowOverrides", setting.allow_overrides)
      .member("value", setting.value)
      .member("defaultValue", setting.inherited_value)
      .member("settingSource", setting.source)
      .member("isSettingEditable", setting.is_editable);
  json.key("allowedScopes").begin_array();
  json.string("ACCOUNT").string("ORGANIZATION").string("PROJECT");
  json.end_array().end_object();
}

/// null for a value that nobody has written: the factory's.
void append_last_modified(JsonWriter& json, const std::optional<UnixMs>& time_ms) {
  time_ms ? json.member("lastModifiedAt", *time_ms) : json.null_member("lastModifiedAt");
}

/// One element of a PUT's list, and its outcome.
void write_setting(JsonWriter& json, const JsonView& wanted, const Context& context) {
  const SettingWrite write = {
      .identifier = wanted.find("identifier").text(),
      .value = wanted.find("value").text(),
      .allow_overrides = wanted.find("allowOverrides").boolean().value_or(true),
      .is_restore = wanted.find("updateType").text() == "RESTORE"};
  const Result<SettingView, Diagnostic> written = context.api.set_setting(context.scope, write);
  json.begin_object().member("identifier", write.identifier).key("setting");
  if (written) {
    append_setting(json, *written, context.scope);
  } else {
    json.null();
  }
  append_last_modified(json, written ? written->updated_at_ms : std::nullopt);
  json.member("updateStatus", written.has_value());
  if (written) {
    json.null_member("errorMessage");
  } else {
    json.member("errorMessage", written.error().message);
  }
  json.end_object();
}

}  // namespace

Response list_settings(const Context& context) {
  const Result<std::vector<SettingView>> settings = context.api.settings(context.scope);
  if (!settings) return store_failure(settings.error(), context.correlation_id);
  JsonWriter json;
  json.begin_array();
  for (const SettingView& setting : *settings) {
    json.begin_object().key("setting");
    append_setting(json, setting, context.scope);
    append_last_modified(json, setting.updated_at_ms);
    json.end_object();
  }
  json.end_array();
  return success(json.text(), context.correlation_id);
}

Response get_setting(const Context& context) {
  const Result<SettingView, Diagnostic> setting =
      context.api.setting(context.scope, context.path.values[0]);
  if (!setting && setting.error().cause) return refuse(setting.error(), context.correlation_id);
  if (!setting) return not_found(setting.error().message, context.correlation_id);
  JsonWriter json;
  json.begin_object().member("valueType", "Boolean").member("value", setting->value).end_object();
  return success(json.text(), context.correlation_id);
}

Response put_settings(const Context& context) {
  const Result<JsonDocument, Diagnostic> body = JsonDocument::parse(context.request.body);
  if (!body) return refuse(body.error(), context.correlation_id);
  if (!body->root().is_array()) {
    return invalid_request("a list of settings is expected", context.correlation_id);
  }
  JsonWriter json;
  json.begin_array();
  for (const JsonView wanted : body->root().elements()) write_setting(json, wanted, context);
  json.end_array();
  return success(json.text(), context.correlation_id);
}

}  // namespace tripgate::http

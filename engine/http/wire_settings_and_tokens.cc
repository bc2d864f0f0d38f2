// The one setting, and API keys.
#include "engine/base/errc.h"
#include "engine/http/api_wiring.h"
#include "engine/plan/setting_document.h"

namespace tripgate::http {
namespace {

entities::Scope to_store(const Scope& scope) {
  return {scope.account, scope.org, scope.project};
}

std::string text_of(bool value) {
  return value ? "true" : "false";
}

std::string_view source_word(entities::SettingView::Source source) {
  using enum entities::SettingView::Source;
  switch (source) {
    case account:
      return "ACCOUNT";
    case org:
      return "ORG";
    case project:
      return "PROJECT";
    case factory:
      break;
  }
  return "DEFAULT";
}

SettingView to_view(const std::string& identifier, const entities::SettingView& setting) {
  return {.identifier = identifier,
          .value = text_of(setting.value),
          .inherited_value = text_of(setting.inherited_value),
          .source = std::string(source_word(setting.source)),
          .allow_overrides = setting.allows_overrides,
          .is_editable = setting.is_editable,
          .updated_at_ms = setting.updated_at_ms};
}

Result<SettingView, Diagnostic> setting(const ApiParts& parts, const Scope& scope,
                                        const std::string& identifier) {
  const auto found = parts.entities.setting(identifier, to_store(scope));
  if (!found) return found.error();
  return to_view(identifier, *found);
}

Result<SettingView, Diagnostic> set_setting(const ApiParts& parts, const Scope& scope,
                                            const SettingWrite& write) {
  const entities::Scope place = to_store(scope);
  const auto written =
      write.is_restore ? parts.entities.restore_setting(write.identifier, place)
                       : parts.entities.set_setting(write.identifier, place, write.value,
                                                    write.allow_overrides, parts.clock.now_ms());
  if (!written) return written.error();
  return to_view(write.identifier, *written);
}

Result<std::string, Diagnostic> create_token(const ApiParts& parts, const TokenRequest& request) {
  const std::optional<entities::Role> role = entities::parse_role(request.role);
  if (!role) return Diagnostic("role is one of admin, executor and viewer");
  return parts.entities.create_token(
      {.type = request.type,
       .name = request.name,
       .role = *role,
       .scope = to_store(request.scope),
       .expires_ms = request.expires_at_ms.value_or(entities::kNever)},
      parts.clock.now_ms());
}

Result<Caller> authenticate(const ApiParts& parts, const std::string& key,
                            const std::string& account) {
  const Result<entities::Token> token =
      parts.entities.authenticate(key, account, parts.clock.now_ms());
  if (!token) return token.error();
  Caller caller;
  caller.type = token->type;
  caller.identifier = token->identifier;
  caller.name = token->username;
  caller.email = token->email;
  caller.account = token->scope.account;
  caller.grants.push_back(
      {entities::permissions_of(token->role), token->scope.org, token->scope.project});
  return caller;
}

TokenView to_view(const entities::Token& token, UnixMs now_ms) {
  std::string uuid(TokenUuid::kTextSize, '\0');
  token.uuid.print(std::span<char, TokenUuid::kTextSize>(uuid.data(), uuid.size()));
  TokenView view = {.name = token.name,
                    .uuid = std::move(uuid),
                    .role = std::string(entities::role_name(token.role)),
                    .scope = {token.scope.account, token.scope.org, token.scope.project},
                    .valid_from_ms = token.valid_from_ms,
                    .expires_at_ms = {},
                    .is_valid = token.is_valid_at(now_ms)};
  if (token.expires_ms != entities::kNever) view.expires_at_ms = token.expires_ms;
  return view;
}

Result<std::vector<TokenView>> tokens(const ApiParts& parts, const std::string& account) {
  const Result<std::vector<entities::Token>> all = parts.entities.list_tokens(account);
  if (!all) return all.error();
  std::vector<TokenView> views;
  for (const entities::Token& token : *all) views.push_back(to_view(token, parts.clock.now_ms()));
  return views;
}

Result<bool, Diagnostic> revoke(const ApiParts& parts, const std::string& account,
                                const std::string& name) {
  const ErrorCode failed = parts.entities.revoke_token(account, name);
  if (failed == Errc::not_found) return false;
  if (failed) return Diagnostic(failed.message(), failed);
  return true;
}

}  // namespace

void wire_settings_and_tokens(Api& api, const ApiParts& parts) {
  api.setting = [parts](const Scope& scope, const std::string& identifier) {
    return setting(parts, scope, identifier);
  };
  api.settings = [parts](const Scope& scope) -> Result<std::vector<SettingView>> {
    const auto only = setting(parts, scope, plan::kMandateSetting);
    if (!only) return Errc::io;
    return std::vector<SettingView>{*only};
  };
  api.set_setting = [parts](const Scope& scope, const SettingWrite& write) {
    return set_setting(parts, scope, write);
  };
  api.authenticate = [parts](const std::string& key, const std::string& account) {
    return authenticate(parts, key, account);
  };
  api.create_token = [parts](const TokenRequest& request) { return create_token(parts, request); };
  api.rotate_token = [parts](const std::string& account, const std::string& name,
                             UnixMs old_expires_at_ms) {
    return parts.entities.rotate_token(account, name, old_expires_at_ms, parts.clock.now_ms());
  };
  api.revoke_token = [parts](const std::string& account, const std::string& name) {
    return revoke(parts, account, name);
  };
  api.tokens = [parts](const std::string& account) { return tokens(parts, account); };
}

}  // namespace tripgate::http

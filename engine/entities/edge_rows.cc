// Encodes edge rows with the coders that workers decode them with.
#include "engine/entities/edge_rows.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "shared/bytes.h"

namespace tripgate::entities {
namespace {

template <class Record>
std::string encode(const Record& record) {
  std::array<std::uint8_t, Record::kMaxSize> bytes{};
  return std::string(as_text({bytes.data(), record.encode(bytes)}));
}

std::string encode_trigger(const Entity& trigger) {
  return encode(edge::TriggerRecord{.trigger_ref = trigger.ref,
                                    .is_enabled = trigger.is_enabled,
                                    .has_token = !trigger.webhook_token.empty(),
                                    .account = trigger.key.scope.account,
                                    .org = trigger.key.scope.org,
                                    .project = trigger.key.scope.project,
                                    .pipeline = trigger.key.pipeline,
                                    .trigger = trigger.key.identifier});
}

}  // namespace

std::string edge_token_key(std::string_view webhook_token) {
  return std::string(as_text(key_hasher().hash(webhook_token)));
}

std::string edge_trigger_key(const EntityName& name) {
  ScopeKey scope{};
  const std::string hash = scope_hash(name.scope);
  std::memcpy(scope.data(), hash.data(), scope.size());
  const auto key = edge::trigger_key(scope, name.pipeline, name.identifier);
  return key ? std::string(key->view()) : std::string();
}

void add_trigger_rows(const Entity& trigger, std::vector<EdgeWrite>& writes) {
  std::string record = encode_trigger(trigger);
  if (!trigger.webhook_token.empty()) {
    writes.push_back({EdgeDatabase::token, edge_token_key(trigger.webhook_token), record});
  }
  writes.push_back({EdgeDatabase::trigger, edge_trigger_key(trigger.key), std::move(record)});
}

void remove_trigger_rows(const Entity& trigger, std::vector<EdgeWrite>& writes) {
  if (!trigger.webhook_token.empty()) {
    writes.push_back({EdgeDatabase::token, edge_token_key(trigger.webhook_token), std::nullopt});
  }
  writes.push_back({EdgeDatabase::trigger, edge_trigger_key(trigger.key), std::nullopt});
}

EdgeWrite token_row(const TokenRow& row) {
  const Token& token = row.token;
  edge::ApiKeyRecord record;
  record.type = token.type;
  record.secret_hash = row.secret_hash;
  record.valid_from_ms = static_cast<std::uint64_t>(std::max<UnixMs>(token.valid_from_ms, 0));
  record.expires_ms = static_cast<std::uint64_t>(std::max<UnixMs>(token.expires_ms, 0));
  record.account = token.scope.account;
  record.identifier = token.identifier;
  record.username = token.username;
  record.email = token.email;
  record.grant_count = 1;
  record.grants[0] = {.permissions = permissions_of(token.role),
                      .org = token.scope.org,
                      .project = token.scope.project};
  return {EdgeDatabase::api_key, token_key(token.uuid), encode(record)};
}

EdgeWrite scope_row(const Scope& scope, bool is_key_mandatory) {
  return {EdgeDatabase::scope, scope_hash(scope),
          encode(edge::ScopeRecord{.is_key_mandatory = is_key_mandatory,
                                   .account = scope.account,
                                   .org = scope.org,
                                   .project = scope.project})};
}

}  // namespace tripgate::entities

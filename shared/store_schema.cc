// Records of the edge store. Each starts with a version byte; readers refuse what they do not know.
#include "shared/store_schema.h"

#include <cstring>

#include "shared/bytes.h"

namespace tripgate::edge {
namespace {

constexpr std::uint8_t kTriggerVersion = 1;
constexpr std::uint8_t kApiKeyVersion = 1;
constexpr std::uint8_t kScopeVersion = 1;

constexpr std::uint8_t kTriggerEnabled = 1;
constexpr std::uint8_t kTriggerHasToken = 2;

std::size_t written(const ByteWriter& writer) noexcept {
  return writer.ok() ? writer.size() : 0;
}

}  // namespace

std::size_t TriggerRecord::encode(std::span<std::uint8_t> out) const noexcept {
  ByteWriter writer(out);
  writer.put(kTriggerVersion);
  writer.put(static_cast<std::uint8_t>((is_enabled ? kTriggerEnabled : 0) |
                                       (has_token ? kTriggerHasToken : 0)));
  writer.put(trigger_ref);
  for (const std::string_view text : {account, org, project, pipeline, trigger}) {
    writer.put_text<std::uint8_t>(text);
  }
  return written(writer);
}

std::optional<TriggerRecord> TriggerRecord::decode(std::string_view bytes) noexcept {
  ByteReader reader(bytes);
  if (reader.get<std::uint8_t>() != kTriggerVersion) return std::nullopt;
  const auto flags = reader.get<std::uint8_t>();
  TriggerRecord record;
  record.is_enabled = (flags & kTriggerEnabled) != 0;
  record.has_token = (flags & kTriggerHasToken) != 0;
  record.trigger_ref = reader.get<std::uint64_t>();
  for (std::string_view* text :
       {&record.account, &record.org, &record.project, &record.pipeline, &record.trigger}) {
    *text = reader.get_text<std::uint8_t>();
  }
  if (!reader.done() || record.trigger_ref == 0) return std::nullopt;
  return record;
}

bool Grant::covers(std::string_view wanted_org, std::string_view wanted_project) const noexcept {
  return (org.empty() || is_equal_text(org, wanted_org)) &&
         (project.empty() || is_equal_text(project, wanted_project));
}

bool ApiKeyRecord::allows(std::uint8_t permissions, std::string_view org,
                          std::string_view project) const noexcept {
  for (std::size_t i = 0; i < grant_count; ++i) {
    const Grant& grant = grants[i];
    if ((grant.permissions & permissions) == permissions && grant.covers(org, project)) return true;
  }
  return false;
}

std::size_t ApiKeyRecord::encode(std::span<std::uint8_t> out) const noexcept {
  ByteWriter writer(out);
  writer.put(kApiKeyVersion);
  writer.put(static_cast<std::uint8_t>(type));
  writer.put_bytes(secret_hash.data(), secret_hash.size());
  writer.put(valid_from_ms);
  writer.put(expires_ms);
  for (const std::string_view text : {account, identifier, username, email}) {
    writer.put_text<std::uint16_t>(text);
  }
  writer.put(grant_count);
  for (std::size_t i = 0; i < grant_count; ++i) {
    writer.put(grants[i].permissions);
    writer.put_text<std::uint8_t>(grants[i].org);
    writer.put_text<std::uint8_t>(grants[i].project);
  }
  return written(writer);
}

std::optional<ApiKeyRecord> ApiKeyRecord::decode(std::string_view bytes) noexcept {
  ByteReader reader(bytes);
  if (reader.get<std::uint8_t>() != kApiKeyVersion) return std::nullopt;
  const auto type = reader.get<std::uint8_t>();
  if (type != static_cast<std::uint8_t>(PrincipalType::user) &&
      type != static_cast<std::uint8_t>(PrincipalType::service_account)) {
    return std::nullopt;
  }
  ApiKeyRecord record;
  record.type = static_cast<PrincipalType>(type);
  const std::string_view hash = reader.get_bytes(record.secret_hash.size());
  if (!hash.empty()) std::memcpy(record.secret_hash.data(), hash.data(), hash.size());
  record.valid_from_ms = reader.get<std::uint64_t>();
  record.expires_ms = reader.get<std::uint64_t>();
  for (std::string_view* text :
       {&record.account, &record.identifier, &record.username, &record.email}) {
    *text = reader.get_text<std::uint16_t>();
  }
  record.grant_count = reader.get<std::uint8_t>();
  if (record.grant_count > record.grants.size()) return std::nullopt;
  for (std::size_t i = 0; i < record.grant_count; ++i) {
    record.grants[i].permissions = reader.get<std::uint8_t>();
    record.grants[i].org = reader.get_text<std::uint8_t>();
    record.grants[i].project = reader.get_text<std::uint8_t>();
  }
  if (!reader.done()) return std::nullopt;
  return record;
}

std::size_t ScopeRecord::encode(std::span<std::uint8_t> out) const noexcept {
  ByteWriter writer(out);
  writer.put(kScopeVersion);
  writer.put(static_cast<std::uint8_t>(is_key_mandatory ? 1 : 0));
  for (const std::string_view text : {account, org, project}) writer.put_text<std::uint8_t>(text);
  return written(writer);
}

std::optional<ScopeRecord> ScopeRecord::decode(std::string_view bytes) noexcept {
  ByteReader reader(bytes);
  if (reader.get<std::uint8_t>() != kScopeVersion) return std::nullopt;
  ScopeRecord record;
  record.is_key_mandatory = reader.get<std::uint8_t>() != 0;
  for (std::string_view* text : {&record.account, &record.org, &record.project}) {
    *text = reader.get_text<std::uint8_t>();
  }
  if (!reader.done()) return std::nullopt;
  return record;
}

std::optional<TriggerKey> trigger_key(const ScopeKey& scope,
                                      std::optional<std::string_view> pipeline,
                                      std::optional<std::string_view> trigger) noexcept {
  if ((pipeline && !is_identifier(*pipeline)) || (trigger && !is_identifier(*trigger))) {
    return std::nullopt;
  }
  TriggerKey key;
  ByteWriter writer(key.bytes);
  writer.put_bytes(scope.data(), scope.size());
  if (pipeline) {
    writer.put_bytes(pipeline->data(), pipeline->size());
    writer.put(std::uint8_t{0});
    if (trigger) writer.put_bytes(trigger->data(), trigger->size());
  }
  key.size = writer.size();
  return key;
}

}  // namespace tripgate::edge

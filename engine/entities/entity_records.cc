// Layouts: numbers little-endian in values and big-endian in keys, texts behind their sizes.
#include "engine/entities/entity_records.h"

#include <cstring>
#include <span>

#include "engine/journal/state_schema.h"
#include "shared/bytes.h"

namespace tripgate::entities {
namespace {

constexpr std::uint8_t kRecordVersion = 1;
constexpr std::uint8_t kVersionRowVersion = 2;  // of entity_version

constexpr std::uint8_t kEnabled = 1;
constexpr std::uint8_t kDeleted = 2;
constexpr std::uint8_t kValueTrue = 1;
constexpr std::uint8_t kAllowsOverrides = 2;
constexpr std::uint8_t kRotated = 1;

std::uint8_t bit(bool is_set, std::uint8_t mask) {
  return is_set ? mask : std::uint8_t{0};
}

/// ByteWriter on a string that has room for the texts and 256 bytes of numbers and sizes.
class RecordWriter {
 public:
  explicit RecordWriter(std::size_t text_size)
      : bytes_(text_size + 256, '\0'),
        writer_({reinterpret_cast<std::uint8_t*>(bytes_.data()), bytes_.size()}) {
    writer_.put(kRecordVersion);
  }
  ByteWriter& operator*() { return writer_; }
  ByteWriter* operator->() { return &writer_; }

  void put_scope(const Scope& scope) {
    for (const std::string* text : {&scope.account, &scope.org, &scope.project}) put_text(*text);
  }
  void put_text(std::string_view text) { writer_.put_text<std::uint32_t>(text); }
  void put_time(UnixMs time) { writer_.put(static_cast<std::uint64_t>(time)); }

  std::string take() {
    bytes_.resize(writer_.ok() ? writer_.size() : 0);
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
  ByteWriter writer_;
};

std::size_t size_of(const Scope& scope) {
  return scope.account.size() + scope.org.size() + scope.project.size();
}

std::string get_text(ByteReader& reader) {
  return std::string(reader.get_text<std::uint32_t>());
}

UnixMs get_time(ByteReader& reader) {
  return static_cast<UnixMs>(reader.get<std::uint64_t>());
}

Scope get_scope(ByteReader& reader) {
  Scope scope;
  for (std::string* text : {&scope.account, &scope.org, &scope.project}) *text = get_text(reader);
  return scope;
}

bool is_kind(std::uint8_t kind) {
  return kind == 'p' || kind == 't' || kind == 'i';
}

}  // namespace

KeyHasher& key_hasher() {
  thread_local KeyHasher hasher;
  return hasher;
}

std::string scope_hash(const Scope& scope) {
  return std::string(as_text(key_hasher().hash_scope(scope.account, scope.org, scope.project)));
}

std::string entity_prefix(EntityKind kind, const Scope& scope,
                          std::optional<std::string_view> pipeline) {
  std::string key(1, static_cast<char>(kind));
  key += scope_hash(scope);
  if (pipeline) key.append(*pipeline).push_back('\0');
  return key;
}

std::string entity_key(const EntityName& name) {
  if (name.kind == EntityKind::pipeline) {
    return entity_prefix(name.kind, name.scope, name.identifier);
  }
  return entity_prefix(name.kind, name.scope, name.pipeline) + name.identifier;
}

std::string scope_key(const Scope& scope) {
  return kScopeKeyKind + scope_hash(scope);
}

std::string ref_key(char kind, std::uint64_t ref) {
  return kind + std::string(state::NumberKey(ref).view());
}

std::string version_key(std::uint64_t ref, std::uint64_t version) {
  return std::string(state::NumberKey(ref).view()).append(state::NumberKey(version).view());
}

std::string setting_key(const Scope& scope, std::string_view identifier) {
  return scope_hash(scope).append(identifier);
}

std::string token_key(const TokenUuid& uuid) {
  return std::string(as_text(uuid.bytes));
}

std::string encode_entity(const Entity& entity) {
  const EntityName& key = entity.key;
  RecordWriter out(size_of(key.scope) + key.pipeline.size() + key.identifier.size() +
                   entity.name.size() + entity.webhook_token.size() + entity.input_yaml.size());
  out->put(static_cast<std::uint8_t>(key.kind));
  out->put(static_cast<std::uint8_t>(bit(entity.is_enabled, kEnabled) |
                                     bit(entity.is_deleted, kDeleted)));
  out->put(entity.ref);
  out->put(entity.version);
  out.put_time(entity.created_at_ms);
  out.put_time(entity.updated_at_ms);
  out.put_scope(key.scope);
  for (const std::string* text :
       {&key.pipeline, &key.identifier, &entity.name, &entity.webhook_token, &entity.input_yaml}) {
    out.put_text(*text);
  }
  return out.take();
}

std::optional<Entity> decode_entity(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.get<std::uint8_t>() != kRecordVersion) return std::nullopt;
  Entity entity;
  const auto kind = reader.get<std::uint8_t>();
  const auto flags = reader.get<std::uint8_t>();
  entity.key.kind = static_cast<EntityKind>(kind);
  entity.is_enabled = (flags & kEnabled) != 0;
  entity.is_deleted = (flags & kDeleted) != 0;
  entity.ref = reader.get<std::uint64_t>();
  entity.version = reader.get<std::uint64_t>();
  entity.created_at_ms = get_time(reader);
  entity.updated_at_ms = get_time(reader);
  entity.key.scope = get_scope(reader);
  for (std::string* text : {&entity.key.pipeline, &entity.key.identifier, &entity.name,
                            &entity.webhook_token, &entity.input_yaml}) {
    *text = get_text(reader);
  }
  if (!reader.done() || !is_kind(kind) || entity.ref == 0) return std::nullopt;
  return entity;
}

std::string encode_scope(const Scope& scope) {
  RecordWriter out(size_of(scope));
  out.put_scope(scope);
  return out.take();
}

std::optional<Scope> decode_scope(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.get<std::uint8_t>() != kRecordVersion) return std::nullopt;
  Scope scope = get_scope(reader);
  if (!reader.done() || scope.account.empty()) return std::nullopt;
  return scope;
}

std::string encode_setting(const SettingRow& row) {
  RecordWriter out(size_of(row.scope) + row.identifier.size());
  out->put(static_cast<std::uint8_t>(bit(row.value, kValueTrue) |
                                     bit(row.allows_overrides, kAllowsOverrides)));
  out.put_time(row.updated_at_ms);
  out.put_scope(row.scope);
  out.put_text(row.identifier);
  return out.take();
}

std::optional<SettingRow> decode_setting(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.get<std::uint8_t>() != kRecordVersion) return std::nullopt;
  const auto flags = reader.get<std::uint8_t>();
  SettingRow row;
  row.value = (flags & kValueTrue) != 0;
  row.allows_overrides = (flags & kAllowsOverrides) != 0;
  row.updated_at_ms = get_time(reader);
  row.scope = get_scope(reader);
  row.identifier = get_text(reader);
  if (!reader.done() || row.identifier.empty()) return std::nullopt;
  return row;
}

std::string encode_token(const TokenRow& row) {
  const Token& token = row.token;
  RecordWriter out(size_of(token.scope) + token.name.size() + token.identifier.size() +
                   token.username.size() + token.email.size());
  out->put(static_cast<std::uint8_t>(token.type));
  out->put(static_cast<std::uint8_t>(token.role));
  out->put(bit(token.is_rotated, kRotated));
  out->put_bytes(token.uuid.bytes.data(), token.uuid.bytes.size());
  out->put_bytes(row.secret_hash.data(), row.secret_hash.size());
  out.put_time(token.created_at_ms);
  out.put_time(token.valid_from_ms);
  out.put_time(token.expires_ms);
  out.put_scope(token.scope);
  for (const std::string* text : {&token.name, &token.identifier, &token.username, &token.email}) {
    out.put_text(*text);
  }
  return out.take();
}

std::optional<TokenRow> decode_token(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.get<std::uint8_t>() != kRecordVersion) return std::nullopt;
  TokenRow row;
  Token& token = row.token;
  token.type = static_cast<PrincipalType>(reader.get<std::uint8_t>());
  token.role = static_cast<Role>(reader.get<std::uint8_t>());
  token.is_rotated = (reader.get<std::uint8_t>() & kRotated) != 0;
  const std::string_view uuid = reader.get_bytes(token.uuid.bytes.size());
  const std::string_view hash = reader.get_bytes(row.secret_hash.size());
  if (!reader.ok()) return std::nullopt;
  std::memcpy(token.uuid.bytes.data(), uuid.data(), uuid.size());
  std::memcpy(row.secret_hash.data(), hash.data(), hash.size());
  token.created_at_ms = get_time(reader);
  token.valid_from_ms = get_time(reader);
  token.expires_ms = get_time(reader);
  token.scope = get_scope(reader);
  for (std::string* text : {&token.name, &token.identifier, &token.username, &token.email}) {
    *text = get_text(reader);
  }
  if (!reader.done() || role_name(token.role).empty()) return std::nullopt;
  return row;
}

std::string encode_version(std::string_view text, std::uint64_t settled) {
  std::string bytes(1, static_cast<char>(kVersionRowVersion));
  return bytes.append(state::NumberKey(settled).view()).append(text);
}

std::optional<VersionRow> decode_version(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  const auto version = static_cast<std::uint8_t>(bytes.front());
  bytes.remove_prefix(1);
  if (version == kRecordVersion) return VersionRow{bytes, std::nullopt};
  if (version != kVersionRowVersion || bytes.size() < sizeof(std::uint64_t)) return std::nullopt;
  const std::uint64_t settled = state::parse_number(bytes.substr(0, sizeof(std::uint64_t)));
  return VersionRow{bytes.substr(sizeof(std::uint64_t)), settled};
}

}  // namespace tripgate::entities

// Every record repeats the identifiers that its key hashes, and is checked against them on read.
#include <algorithm>

#include "engine/base/errc.h"
#include "engine/entities/entity_tables.h"
#include "engine/plan/setting_document.h"
#include "shared/limits.h"

namespace tripgate::entities {
namespace {

template <class T>
Result<std::optional<T>> nothing() {
  return std::optional<T>();
}

}  // namespace

Result<std::optional<Entity>> EntityReader::find_any(const EntityName& name) const {
  const auto bytes = txn_.find(databases_.entity, entity_key(name));
  if (!bytes) return bytes.error();
  if (!*bytes) return nothing<Entity>();
  std::optional<Entity> entity = decode_entity(**bytes);
  if (!entity || entity->key != name) return ErrorCode(Errc::store_corrupt);
  return entity;
}

Result<std::optional<Entity>> EntityReader::find(const EntityName& name) const {
  Result<std::optional<Entity>> entity = find_any(name);
  if (entity && *entity && (*entity)->is_deleted) return nothing<Entity>();
  return entity;
}

Result<std::optional<Entity>> EntityReader::find_trigger(std::uint64_t ref) const {
  const auto key = txn_.find(databases_.entity, ref_key(kRefKeyKind, ref));
  if (!key) return key.error();
  if (!*key || !(*key)->starts_with(static_cast<char>(EntityKind::trigger))) {
    return nothing<Entity>();
  }
  const Result<std::string_view> bytes = txn_.load(databases_.entity, **key);
  if (!bytes) return bytes.error();
  std::optional<Entity> entity = decode_entity(*bytes);
  if (!entity || entity->ref != ref) return ErrorCode(Errc::store_corrupt);
  return entity;
}

ErrorCode EntityReader::for_each(EntityKind kind, const Scope& scope,
                                 std::optional<std::string_view> pipeline,
                                 const std::function<bool(Entity)>& visit,
                                 const std::optional<EntityName>& after) const {
  const std::string prefix = entity_prefix(kind, scope, pipeline);
  // No key holds a byte 1 behind a whole key: the first key that is not below this one is the next.
  const std::string from = after ? entity_key(*after) + '\1' : prefix;
  Result<lmdb::Cursor> cursor = lmdb::Cursor::open(txn_, databases_.entity);
  if (!cursor) return cursor.error();
  auto entry = cursor->seek(std::max(from, prefix));
  while (entry && *entry && (*entry)->key.starts_with(prefix)) {
    std::optional<Entity> entity = decode_entity((*entry)->value);
    if (!entity || entity->key.scope != scope) return Errc::store_corrupt;
    if (!entity->is_deleted && !visit(*std::move(entity))) return {};
    entry = cursor->next();
  }
  return entry ? ErrorCode() : entry.error();
}

Result<std::vector<Entity>> EntityReader::find_in_pipelines(EntityKind kind, const Scope& scope,
                                                            std::string_view identifier) const {
  std::vector<Entity> found;
  if (identifier.size() > limits::kIdentifierMaxSize) return found;
  const std::string prefix = entity_prefix(kind, scope, std::nullopt);
  Result<lmdb::Cursor> cursor = lmdb::Cursor::open(txn_, databases_.entity);
  if (!cursor) return cursor.error();
  auto entry = cursor->seek(prefix);
  while (entry && *entry && (*entry)->key.starts_with(prefix)) {
    const std::string_view rest = (*entry)->key.substr(prefix.size());
    const std::string pipeline(rest.substr(0, rest.find('\0')));
    Result<std::optional<Entity>> entity = find({kind, scope, pipeline, std::string(identifier)});
    if (!entity) return entity.error();
    if (*entity) found.push_back(**std::move(entity));
    // Behind all keys of this pipeline, which go on with a byte 0.
    entry = cursor->seek(prefix + pipeline + '\1');
  }
  if (!entry) return entry.error();
  return found;
}

Result<std::optional<Entity>> EntityReader::find_deleted(std::uint64_t ref) const {
  const auto bytes = txn_.find(databases_.entity, ref_key(kDeletedKeyKind, ref));
  if (!bytes) return bytes.error();
  if (!*bytes) return nothing<Entity>();
  return decode_entity(**bytes);
}

Result<std::optional<std::string>> EntityReader::find_version(std::uint64_t ref,
                                                              std::uint64_t version) const {
  const auto bytes = txn_.find(databases_.entity_version, version_key(ref, version));
  if (!bytes) return bytes.error();
  if (!*bytes) return nothing<std::string>();
  const std::optional<VersionRow> row = decode_version(**bytes);
  if (!row) return ErrorCode(Errc::store_corrupt);
  return std::optional(std::string(row->text));
}

Result<bool> EntityReader::knows_scope(const Scope& scope) const {
  const auto bytes = txn_.find(databases_.entity, scope_key(scope));
  if (!bytes) return {boost::system::in_place_error, bytes.error()};
  return bytes->has_value();
}

Result<std::vector<Scope>> EntityReader::scopes(const Scope& top) const {
  std::vector<Scope> found;
  bool is_damaged = false;
  const ErrorCode failed =
      lmdb::for_each_with_prefix(txn_, databases_.entity, std::string_view(&kScopeKeyKind, 1),
                                 [&](std::string_view, std::string_view value) {
                                   std::optional<Scope> scope = decode_scope(value);
                                   is_damaged = !scope.has_value();
                                   if (scope && top.contains(*scope))
                                     found.push_back(*std::move(scope));
                                   return !is_damaged;
                                 });
  if (failed) return failed;
  if (is_damaged) return ErrorCode(Errc::store_corrupt);
  return found;
}

Result<std::optional<TokenRow>> EntityReader::find_token(const TokenUuid& uuid) const {
  const auto bytes = txn_.find(databases_.api_key, token_key(uuid));
  if (!bytes) return bytes.error();
  if (!*bytes) return nothing<TokenRow>();
  std::optional<TokenRow> row = decode_token(**bytes);
  if (!row || row->token.uuid != uuid) return ErrorCode(Errc::store_corrupt);
  return row;
}

Result<std::vector<TokenRow>> EntityReader::tokens(std::string_view account) const {
  std::vector<TokenRow> found;
  bool is_damaged = false;
  const ErrorCode failed = lmdb::for_each_with_prefix(
      txn_, databases_.api_key, {}, [&](std::string_view, std::string_view value) {
        std::optional<TokenRow> row = decode_token(value);
        is_damaged = !row.has_value();
        if (row && row->token.scope.account == account) found.push_back(*std::move(row));
        return !is_damaged;
      });
  if (failed) return failed;
  if (is_damaged) return ErrorCode(Errc::store_corrupt);
  return found;
}

Result<std::optional<TokenRow>> EntityReader::find_token_named(std::string_view account,
                                                               std::string_view name) const {
  Result<std::vector<TokenRow>> rows = tokens(account);
  if (!rows) return rows.error();
  for (TokenRow& row : *rows) {
    if (row.token.name == name) return std::optional(std::move(row));
  }
  return nothing<TokenRow>();
}

Result<std::optional<SettingRow>> EntityReader::find_setting(const Scope& scope,
                                                             std::string_view identifier) const {
  const auto bytes = txn_.find(databases_.setting, setting_key(scope, identifier));
  if (!bytes) return bytes.error();
  if (!*bytes) return nothing<SettingRow>();
  std::optional<SettingRow> row = decode_setting(**bytes);
  if (!row || row->scope != scope) return ErrorCode(Errc::store_corrupt);
  return row;
}

Result<std::optional<SettingRow>> EntityReader::resolve_setting(Scope scope,
                                                                std::string_view identifier) const {
  for (std::optional<Scope> at = std::move(scope); at; at = at->parent()) {
    Result<std::optional<SettingRow>> row = find_setting(*at, identifier);
    if (!row || *row) return row;
  }
  return nothing<SettingRow>();
}

Result<bool> EntityReader::is_key_mandatory(const Scope& scope) const {
  const Result<std::optional<SettingRow>> row = resolve_setting(scope, plan::kMandateSetting);
  if (!row) return {boost::system::in_place_error, row.error()};
  return *row && (*row)->value;
}

}  // namespace tripgate::entities

// Writes of one transaction. Each leaves ref index, version and edge rows as the entity says.
#include "engine/entities/entity_tables.h"
#include "engine/journal/state_schema.h"

namespace tripgate::entities {

Result<std::uint64_t> EntityWriter::next_ref() {
  const lmdb::Database meta = databases().meta;
  const Result<std::uint64_t> last = state::load_number(writable_, meta, state::kNextRefKey);
  if (!last) return last.error();
  const std::uint64_t ref = *last == 0 ? 1 : *last;
  if (const ErrorCode failed = state::put_number(writable_, meta, state::kNextRefKey, ref + 1)) {
    return failed;
  }
  return ref;
}

ErrorCode EntityWriter::put(Entity& entity, std::string_view text) {
  const std::string key = entity_key(entity.key);
  if (entity.ref == 0) {
    const Result<std::uint64_t> ref = next_ref();
    if (!ref) return ref.error();
    entity.ref = *ref;
    if (const ErrorCode failed =
            writable_.put(databases().entity, ref_key(kRefKeyKind, entity.ref), key)) {
      return failed;
    }
  }
  if (const ErrorCode failed = writable_.put(databases().entity, key, encode_entity(entity))) {
    return failed;
  }
  const auto settled = state::load_number(writable_, databases().meta, state::kSettledKey);
  if (!settled) return settled.error();
  if (entity.key.kind == EntityKind::trigger) {
    add_trigger_rows(entity, edge_);
    if (const ErrorCode failed = drop_unused_version(entity.ref, entity.version - 1)) return failed;
  }
  return writable_.put(databases().entity_version, version_key(entity.ref, entity.version),
                       encode_version(text, *settled));
}

ErrorCode EntityWriter::drop_unused_version(std::uint64_t ref, std::uint64_t version) {
  const std::string key = version_key(ref, version);
  const auto bytes = writable_.find(databases().entity_version, key);
  if (!bytes) return bytes.error();
  const std::optional<VersionRow> row = *bytes ? decode_version(**bytes) : std::nullopt;
  if (!row || !row->settled) return {};
  Result<lmdb::Cursor> events = lmdb::Cursor::open(writable_, databases().event);
  if (!events) return events.error();
  const auto last = events->last();
  if (!last) return last.error();
  if (*last && state::parse_number((*last)->key) > *row->settled) return {};
  const Result<bool> erased = writable_.erase(databases().entity_version, key);
  return erased ? ErrorCode() : erased.error();
}

ErrorCode EntityWriter::erase(Entity entity) {
  const lmdb::Database database = databases().entity;
  entity.is_deleted = true;
  // A pipeline's name keeps its ref, so that executions find the version they were started with.
  if (entity.key.kind == EntityKind::pipeline) {
    return writable_.put(database, entity_key(entity.key), encode_entity(entity));
  }
  for (const std::string& key : {entity_key(entity.key), ref_key(kRefKeyKind, entity.ref)}) {
    if (const Result<bool> erased = writable_.erase(database, key); !erased) return erased.error();
  }
  if (entity.key.kind != EntityKind::trigger) return {};
  remove_trigger_rows(entity, edge_);
  if (const ErrorCode failed = drop_unused_version(entity.ref, entity.version)) return failed;
  return writable_.put(database, ref_key(kDeletedKeyKind, entity.ref), encode_entity(entity));
}

ErrorCode EntityWriter::ensure_scope(const Scope& scope) {
  for (std::optional<Scope> at = scope; at; at = at->parent()) {
    const Result<bool> is_known = knows_scope(*at);
    if (!is_known) return is_known.error();
    if (*is_known) return {};
    if (const ErrorCode failed =
            writable_.put(databases().entity, scope_key(*at), encode_scope(*at))) {
      return failed;
    }
    const Result<bool> is_mandatory = is_key_mandatory(*at);
    if (!is_mandatory) return is_mandatory.error();
    edge_.push_back(scope_row(*at, *is_mandatory));
  }
  return {};
}

ErrorCode EntityWriter::put_token(const TokenRow& row) {
  edge_.push_back(token_row(row));
  return writable_.put(databases().api_key, token_key(row.token.uuid), encode_token(row));
}

ErrorCode EntityWriter::erase_token(const TokenUuid& uuid) {
  edge_.push_back({EdgeDatabase::api_key, token_key(uuid), std::nullopt});
  const Result<bool> erased = writable_.erase(databases().api_key, token_key(uuid));
  return erased ? ErrorCode() : erased.error();
}

ErrorCode EntityWriter::put_setting(const SettingRow& row) {
  return writable_.put(databases().setting, setting_key(row.scope, row.identifier),
                       encode_setting(row));
}

ErrorCode EntityWriter::erase_setting(const Scope& scope, std::string_view identifier) {
  const Result<bool> erased = writable_.erase(databases().setting, setting_key(scope, identifier));
  return erased ? ErrorCode() : erased.error();
}

ErrorCode EntityWriter::erase_settings_below(const Scope& scope, std::string_view identifier) {
  std::vector<Scope> below;
  const ErrorCode failed = lmdb::for_each_with_prefix(
      writable_, databases().setting, {}, [&](std::string_view, std::string_view value) {
        const std::optional<SettingRow> row = decode_setting(value);
        const bool is_below = row && row->identifier == identifier && row->scope != scope &&
                              scope.contains(row->scope);
        if (is_below) below.push_back(row->scope);
        return true;
      });
  if (failed) return failed;
  for (const Scope& at : below) {
    if (const ErrorCode erase_failed = erase_setting(at, identifier)) return erase_failed;
  }
  return {};
}

ErrorCode EntityWriter::project_scopes(const Scope& top) {
  const Result<std::vector<Scope>> known = scopes(top);
  if (!known) return known.error();
  for (const Scope& scope : *known) {
    const Result<bool> is_mandatory = is_key_mandatory(scope);
    if (!is_mandatory) return is_mandatory.error();
    edge_.push_back(scope_row(scope, *is_mandatory));
  }
  return {};
}

}  // namespace tripgate::entities

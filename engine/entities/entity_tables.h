// Entities inside one transaction: look-ups, and the writes that keep indexes and edge rows in
// step.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/entities/edge_rows.h"
#include "engine/entities/entity_records.h"
#include "engine/journal/state_store.h"

namespace tripgate::entities {

/// Reads through one snapshot, which must outlive it. Errors: Errc::store_corrupt for a record that
/// does not decode or stands under another's key.
class EntityReader {
 public:
  EntityReader(const lmdb::Transaction& txn, const StateDatabases& databases)
      : txn_(txn), databases_(databases) {}

  /// Deleted pipelines included.
  [[nodiscard]] Result<std::optional<Entity>> find_any(const EntityName& name) const;
  /// Living entities only; so are the following.
  [[nodiscard]] Result<std::optional<Entity>> find(const EntityName& name) const;
  [[nodiscard]] Result<std::optional<Entity>> find_trigger(std::uint64_t ref) const;
  /// In key order, from the one behind `after` if given, until `visit` says false.
  [[nodiscard]] ErrorCode for_each(EntityKind kind, const Scope& scope,
                                   std::optional<std::string_view> pipeline,
                                   const std::function<bool(Entity)>& visit,
                                   const std::optional<EntityName>& after = {}) const;
  /// Triggers or input sets of that identifier, one of each pipeline that has one. Costs a look-up
  /// for each pipeline, however many entities these have.
  [[nodiscard]] Result<std::vector<Entity>> find_in_pipelines(EntityKind kind, const Scope& scope,
                                                              std::string_view identifier) const;

  /// A trigger that was deleted, for the messages that name its token.
  [[nodiscard]] Result<std::optional<Entity>> find_deleted(std::uint64_t ref) const;
  [[nodiscard]] Result<std::optional<std::string>> find_version(std::uint64_t ref,
                                                                std::uint64_t version) const;
  [[nodiscard]] Result<bool> knows_scope(const Scope& scope) const;
  /// Known scopes at and below one.
  [[nodiscard]] Result<std::vector<Scope>> scopes(const Scope& top) const;

  [[nodiscard]] Result<std::optional<TokenRow>> find_token(const TokenUuid& uuid) const;
  [[nodiscard]] Result<std::vector<TokenRow>> tokens(std::string_view account) const;
  [[nodiscard]] Result<std::optional<TokenRow>> find_token_named(std::string_view account,
                                                                 std::string_view name) const;

  [[nodiscard]] Result<std::optional<SettingRow>> find_setting(const Scope& scope,
                                                               std::string_view identifier) const;
  /// The row of the scope or of its nearest ancestor that has one (triggers.md 5.2).
  [[nodiscard]] Result<std::optional<SettingRow>> resolve_setting(
      Scope scope, std::string_view identifier) const;
  [[nodiscard]] Result<bool> is_key_mandatory(const Scope& scope) const;

  [[nodiscard]] const lmdb::Transaction& transaction() const noexcept { return txn_; }
  [[nodiscard]] const StateDatabases& databases() const noexcept { return databases_; }

 private:
  const lmdb::Transaction& txn_;
  const StateDatabases& databases_;
};

/// Writes, and collects the edge rows that follow.
class EntityWriter : public EntityReader {
 public:
  EntityWriter(lmdb::WriteTransaction& txn, const StateDatabases& databases,
               std::vector<EdgeWrite>& edge)
      : EntityReader(txn, databases), writable_(txn), edge_(edge) {}

  /// Stores an entity and the text of its version; a ref of 0 is given the next one.
  [[nodiscard]] ErrorCode put(Entity& entity, std::string_view text);
  [[nodiscard]] ErrorCode erase(Entity entity);

  /// Makes the scope and those above it known.
  [[nodiscard]] ErrorCode ensure_scope(const Scope& scope);

  [[nodiscard]] ErrorCode put_token(const TokenRow& row);
  [[nodiscard]] ErrorCode erase_token(const TokenUuid& uuid);

  [[nodiscard]] ErrorCode put_setting(const SettingRow& row);
  [[nodiscard]] ErrorCode erase_setting(const Scope& scope, std::string_view identifier);
  /// Removes the setting's rows below the scope.
  [[nodiscard]] ErrorCode erase_settings_below(const Scope& scope, std::string_view identifier);
  /// Puts the edge rows of the scope and all below it anew.
  [[nodiscard]] ErrorCode project_scopes(const Scope& top);

 private:
  [[nodiscard]] Result<std::uint64_t> next_ref();
  /// Erases a version of a trigger unless an event may have been judged by it.
  [[nodiscard]] ErrorCode drop_unused_version(std::uint64_t ref, std::uint64_t version);

  lmdb::WriteTransaction& writable_;
  std::vector<EdgeWrite>& edge_;
};

}  // namespace tripgate::entities

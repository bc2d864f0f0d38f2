// Each pass walks a database in pieces, with a fresh snapshot for each: neither a read transaction
// nor a write transaction lives long, however many rows there are.
#include "engine/entities/edge_rebuild.h"

#include <array>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/errc.h"
#include "engine/entities/entity_tables.h"
#include "shared/store_schema.h"

namespace tripgate::entities {
namespace {

/// Rows of one piece: some milliseconds of a snapshot. Tokens lie in random order, so a piece
/// dirties a page for each, which LMDB keeps in memory for the next transaction: 16 MB.
constexpr std::size_t kPieceRows = 4000;

using Visit = std::function<ErrorCode(const lmdb::Transaction&, const lmdb::Cursor::Entry&,
                                      std::vector<EdgeWrite>&)>;
/// Rows that the state has for each database of the edge.
using RowCounts = std::array<std::uint64_t, kEdgeDatabaseCount>;
using OnPiece = std::function<void(const std::vector<EdgeWrite>&)>;
using BeginRead = std::function<Result<lmdb::ReadTransaction>()>;

/// Collects the writes of one piece behind `after`, and moves it on; empty at the end.
ErrorCode walk_piece(const BeginRead& begin_read, lmdb::Database database, const Visit& visit,
                     std::optional<std::string>& after, std::vector<EdgeWrite>& writes) {
  const Result<lmdb::ReadTransaction> txn = begin_read();
  if (!txn) return txn.error();
  Result<lmdb::Cursor> cursor = lmdb::Cursor::open(*txn, database);
  if (!cursor) return cursor.error();
  auto entry = cursor->seek(*after);
  if (entry && *entry && !after->empty() && (*entry)->key == *after) entry = cursor->next();
  for (std::size_t rows = 0; entry && *entry && rows < kPieceRows; ++rows) {
    *after = (*entry)->key;
    if (const ErrorCode failed = visit(*txn, **entry, writes)) return failed;
    entry = cursor->next();
  }
  if (!entry) return entry.error();
  if (!*entry) after.reset();
  return {};
}

/// Drops the writes that would change nothing. An edge that missed one change is nearly right, and
/// reading is a hundred times cheaper than writing.
ErrorCode drop_current(const EdgeStore& edge, std::vector<EdgeWrite>& writes) {
  const Result<lmdb::ReadTransaction> txn = edge.begin_read();
  if (!txn) return txn.error();
  ErrorCode failed;
  std::erase_if(writes, [&](const EdgeWrite& row) {
    const auto found = txn->find(edge.database(row.database), row.key);
    if (!found) failed = found.error();
    return found && *found == row.value;
  });
  return failed;
}

ErrorCode walk(
    const BeginRead& begin_read, lmdb::Database database, EdgeStore& edge, const Visit& visit,
    const OnPiece& on_piece = [](const auto&) {}) {
  std::optional<std::string> after = std::string();
  while (after) {
    std::vector<EdgeWrite> writes;
    if (const ErrorCode failed = walk_piece(begin_read, database, visit, after, writes)) {
      return failed;
    }
    on_piece(writes);
    if (const ErrorCode failed = drop_current(edge, writes)) return failed;
    if (writes.empty()) continue;
    if (const ErrorCode failed = edge.write(writes, std::nullopt)) return failed;
  }
  return {};
}

ErrorCode add_entity(const EntityReader& reader, const lmdb::Cursor::Entry& entry,
                     std::vector<EdgeWrite>& writes) {
  if (entry.key.front() == kScopeKeyKind) {
    const std::optional<Scope> scope = decode_scope(entry.value);
    if (!scope) return Errc::store_corrupt;
    const Result<bool> is_mandatory = reader.is_key_mandatory(*scope);
    if (!is_mandatory) return is_mandatory.error();
    writes.push_back(scope_row(*scope, *is_mandatory));
  } else if (entry.key.front() == static_cast<char>(EntityKind::trigger)) {
    const std::optional<Entity> trigger = decode_entity(entry.value);
    if (!trigger) return Errc::store_corrupt;
    add_trigger_rows(*trigger, writes);
  }
  return {};
}

/// Whether a row of the edge has its entity in the state.
Result<bool> is_current(const EntityReader& reader, EdgeDatabase which,
                        const lmdb::Cursor::Entry& row) {
  const lmdb::Transaction& txn = reader.transaction();
  Result<std::optional<std::string_view>> found = std::optional<std::string_view>();
  if (which == EdgeDatabase::api_key) {
    found = txn.find(reader.databases().api_key, row.key);
  } else if (which == EdgeDatabase::scope) {
    found = txn.find(reader.databases().entity, kScopeKeyKind + std::string(row.key));
  } else {
    const std::optional<edge::TriggerRecord> record = edge::TriggerRecord::decode(row.value);
    if (!record) return false;
    const auto trigger = reader.find_trigger(record->trigger_ref);
    if (!trigger) return {boost::system::in_place_error, trigger.error()};
    if (!*trigger) return false;
    return row.key == (which == EdgeDatabase::token ? edge_token_key((*trigger)->webhook_token)
                                                    : edge_trigger_key((*trigger)->key));
  }
  if (!found) return {boost::system::in_place_error, found.error()};
  return found->has_value();
}

/// Puts what the edge lacks of the state's rows, and counts all of them.
ErrorCode put_all(const StateStore& store, EdgeStore& edge, RowCounts& counts) {
  const auto begin_read = [&store] { return store.begin_read(); };
  const auto count = [&counts](const std::vector<EdgeWrite>& writes) {
    for (const EdgeWrite& row : writes) ++counts[static_cast<std::size_t>(row.database)];
  };
  const StateDatabases& databases = store.databases();
  const ErrorCode failed = walk(
      begin_read, databases.entity, edge,
      [&](const lmdb::Transaction& txn, const auto& entry, auto& writes) {
        return add_entity(EntityReader(txn, databases), entry, writes);
      },
      count);
  if (failed) return failed;
  return walk(
      begin_read, databases.api_key, edge,
      [](const lmdb::Transaction&, const auto& entry, auto& writes) -> ErrorCode {
        const std::optional<TokenRow> row = decode_token(entry.value);
        if (!row) return Errc::store_corrupt;
        writes.push_back(token_row(*row));
        return {};
      },
      count);
}

/// Every row of the state is there, so as many rows means no others.
Result<bool> has_rows(const EdgeStore& edge, EdgeDatabase which, std::uint64_t count) {
  const Result<lmdb::ReadTransaction> txn = edge.begin_read();
  if (!txn) return {boost::system::in_place_error, txn.error()};
  const Result<std::uint64_t> found = txn->count(edge.database(which));
  if (!found) return {boost::system::in_place_error, found.error()};
  return *found == count;
}

ErrorCode remove_stale(const StateStore& store, EdgeStore& edge, EdgeDatabase which) {
  const auto begin_read = [&edge] { return edge.begin_read(); };
  return walk(begin_read, edge.database(which), edge,
              [&](const lmdb::Transaction&, const auto& entry, auto& writes) -> ErrorCode {
                const Result<lmdb::ReadTransaction> state = store.begin_read();
                if (!state) return state.error();
                const Result<bool> is_kept =
                    is_current(EntityReader(*state, store.databases()), which, entry);
                if (!is_kept) return is_kept.error();
                if (!*is_kept) writes.push_back({which, std::string(entry.key), std::nullopt});
                return {};
              });
}

}  // namespace

ErrorCode rebuild_edge(const StateStore& store, EdgeStore& edge, std::uint64_t generation) {
  RowCounts counts{};
  if (const ErrorCode failed = put_all(store, edge, counts)) return failed;
  for (const EdgeDatabase which :
       {EdgeDatabase::token, EdgeDatabase::api_key, EdgeDatabase::scope, EdgeDatabase::trigger}) {
    const Result<bool> is_exact = has_rows(edge, which, counts[static_cast<std::size_t>(which)]);
    if (!is_exact) return is_exact.error();
    if (*is_exact) continue;
    if (const ErrorCode failed = remove_stale(store, edge, which)) return failed;
  }
  return edge.write({}, generation);
}

}  // namespace tripgate::entities

// LMDB as the edge needs it: one transaction per worker, renewed for a look and reset after it
// (217 ns together with a get, at ten thousand keys).
#include "ngx_module/edge_reader.h"

#include <lmdb.h>

#include "shared/bytes.h"

namespace tripgate {
namespace {

MDB_val val_of(std::string_view text) noexcept {
  return {text.size(), const_cast<char*>(text.data())};
}

std::string_view view_of(const MDB_val& val) noexcept {
  return {static_cast<const char*>(val.mv_data), val.mv_size};
}

template <class Record>
std::optional<Record> decoded(std::optional<std::string_view> value) noexcept {
  return value ? Record::decode(*value) : std::nullopt;
}

}  // namespace

std::optional<bool> MandateMemo::find(const ScopeName& scope) const noexcept {
  const bool is_same = is_known_ && is_equal_text(scope.account, scope_.account) &&
                       is_equal_text(scope.org, scope_.org) &&
                       is_equal_text(scope.project, scope_.project);
  return is_same ? std::optional(is_mandatory_) : std::nullopt;
}

void MandateMemo::keep(const ScopeName& scope, bool is_mandatory) noexcept {
  std::size_t used = 0;
  const auto copy = [&](std::string_view text) {
    std::memcpy(text_.data() + used, text.data(), text.size());
    used += text.size();
    return std::string_view(text_.data() + used - text.size(), text.size());
  };
  // No scope has a longer part.
  for (const std::string_view text : {scope.account, scope.org, scope.project}) {
    if (text.size() > limits::kIdentifierMaxSize) return;
  }
  scope_ = {.account = copy(scope.account), .org = copy(scope.org), .project = copy(scope.project)};
  is_mandatory_ = is_mandatory;
  is_known_ = true;
}

EdgeTrouble EdgeReader::open(const char* directory) noexcept {
  EdgeTrouble trouble = open_environment(directory);
  if (!trouble) trouble = open_databases();
  if (trouble) close();
  return trouble;
}

EdgeTrouble EdgeReader::open_environment(const char* directory) noexcept {
  int code = mdb_env_create(&environment_);
  if (code != 0) return {"mdb_env_create() failed", code};
  code = mdb_env_set_maxreaders(environment_, edge::kMaxReaders);
  if (code == 0) code = mdb_env_set_maxdbs(environment_, edge::kDatabaseCount);
  if (code == 0) code = mdb_env_set_mapsize(environment_, edge::kMapSize);
  if (code != 0) return {"the environment refuses its limits", code};
  code = mdb_env_open(environment_, directory, MDB_RDONLY | MDB_NOTLS, 0);
  if (code != 0) return {"cannot be opened", code};
  // Slots of workers that were killed pin pages and fill the table.
  int dead_count = 0;
  mdb_reader_check(environment_, &dead_count);
  return {};
}

EdgeTrouble EdgeReader::open_databases() noexcept {
  MDB_txn* opening = nullptr;
  int code = mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &opening);
  if (code != 0) return {"mdb_txn_begin() failed", code};
  const struct {
    const char* name;
    unsigned* handle;
  } wanted[] = {{edge::kMetaDatabase, &databases_.meta},
                {edge::kTokenDatabase, &databases_.token},
                {edge::kApiKeyDatabase, &databases_.api_key},
                {edge::kScopeDatabase, &databases_.scope},
                {edge::kTriggerDatabase, &databases_.trigger}};
  for (const auto& database : wanted) {
    if (code == 0) code = mdb_dbi_open(opening, database.name, 0, database.handle);
  }
  if (code != 0) {
    mdb_txn_abort(opening);
    return {"has a database missing", code};
  }
  // Handles outlive the transaction that opened them only if it commits.
  code = mdb_txn_commit(opening);
  if (code == 0) code = mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &transaction_);
  if (code != 0) return {"mdb_txn_begin() failed", code};
  const EdgeTrouble trouble = refresh_generation();
  mdb_txn_reset(transaction_);
  return trouble;
}

EdgeTrouble EdgeReader::refresh_generation() noexcept {
  const std::size_t current = mdb_txn_id(transaction_);
  if (current == seen_transaction_ && current != 0) return {};
  mandate_.forget();
  if (find_number(edge::kMetaSchemaKey) != edge::kSchemaVersion) {
    return {"has a schema that this module does not read", 0};
  }
  const std::optional<std::uint64_t> generation = find_number(edge::kMetaGenerationKey);
  if (!generation) return {"has no generation", 0};
  generation_ = *generation;
  seen_transaction_ = current;
  return {};
}

void EdgeReader::close() noexcept {
  if (cursor_ != nullptr) mdb_cursor_close(cursor_);
  if (transaction_ != nullptr) mdb_txn_abort(transaction_);
  if (environment_ != nullptr) mdb_env_close(environment_);
  cursor_ = nullptr;
  transaction_ = nullptr;
  environment_ = nullptr;
  seen_transaction_ = 0;
}

int EdgeReader::renew() noexcept {
  const int code = mdb_txn_renew(transaction_);
  if (code == MDB_MAP_RESIZED) {
    // The engine's file outgrew this map: take over its size and look again.
    const int resized = mdb_env_set_mapsize(environment_, 0);
    return resized == 0 ? mdb_txn_renew(transaction_) : resized;
  }
  if (code == MDB_READERS_FULL) {
    int dead_count = 0;
    mdb_reader_check(environment_, &dead_count);
    return mdb_txn_renew(transaction_);
  }
  return code;
}

EdgeTrouble EdgeReader::begin() noexcept {
  if (!is_open()) return {"is not open", 0};
  const int code = renew();
  if (code != 0) {
    close();
    return {"mdb_txn_renew() failed", code};
  }
  const EdgeTrouble trouble = refresh_generation();
  if (trouble) close();
  return trouble;
}

void EdgeReader::end() noexcept {
  mdb_txn_reset(transaction_);
}

std::optional<std::string_view> EdgeReader::find(unsigned database, std::string_view key) noexcept {
  MDB_val wanted = val_of(key);
  MDB_val found{};
  if (mdb_get(transaction_, database, &wanted, &found) != 0) return std::nullopt;
  return view_of(found);
}

std::optional<std::uint64_t> EdgeReader::find_number(std::string_view key) noexcept {
  const std::optional<std::string_view> value = find(databases_.meta, key);
  if (!value) return std::nullopt;
  ByteReader reader(*value);
  const auto number = reader.get<std::uint64_t>();
  if (!reader.done()) return std::nullopt;
  return number;
}

std::optional<edge::TriggerRecord> EdgeReader::find_token(const Sha256Digest& hash) noexcept {
  return decoded<edge::TriggerRecord>(find(databases_.token, as_text(hash)));
}

std::optional<edge::ApiKeyRecord> EdgeReader::find_api_key(const TokenUuid& uuid) noexcept {
  return decoded<edge::ApiKeyRecord>(find(databases_.api_key, as_text(uuid.bytes)));
}

std::optional<edge::ScopeRecord> EdgeReader::find_scope(const ScopeKey& scope) noexcept {
  return decoded<edge::ScopeRecord>(find(databases_.scope, as_text(scope)));
}

std::optional<edge::TriggerRecord> EdgeReader::find_trigger(const edge::TriggerKey& key) noexcept {
  return decoded<edge::TriggerRecord>(find(databases_.trigger, key.view()));
}

std::optional<edge::TriggerRecord> EdgeReader::move_cursor(const edge::TriggerKey& prefix,
                                                           int operation) noexcept {
  MDB_val key = val_of(prefix.view());
  MDB_val value{};
  const int code = mdb_cursor_get(cursor_, &key, &value, static_cast<MDB_cursor_op>(operation));
  if (code != 0 || !view_of(key).starts_with(prefix.view())) return std::nullopt;
  return edge::TriggerRecord::decode(view_of(value));
}

std::optional<edge::TriggerRecord> EdgeReader::first_trigger(
    const edge::TriggerKey& prefix) noexcept {
  const int code = cursor_ == nullptr ? mdb_cursor_open(transaction_, databases_.trigger, &cursor_)
                                      : mdb_cursor_renew(transaction_, cursor_);
  if (code != 0) return std::nullopt;
  return move_cursor(prefix, MDB_SET_RANGE);
}

std::optional<edge::TriggerRecord> EdgeReader::next_trigger(
    const edge::TriggerKey& prefix) noexcept {
  return move_cursor(prefix, MDB_NEXT);
}

}  // namespace tripgate

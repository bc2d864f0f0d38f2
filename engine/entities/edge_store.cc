// Opens the edge environment with the modes that workers need, and commits rows with a generation.
#include "engine/entities/edge_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "engine/base/durable_directory.h"
#include "engine/base/errc.h"
#include "shared/bytes.h"
#include "shared/store_schema.h"

namespace tripgate::entities {
namespace {

constexpr unsigned kDirectoryMode = 0750;
constexpr unsigned kDataMode = 0640;
constexpr unsigned kLockMode = 0660;  // readers write their slots into it

std::array<std::uint8_t, 8> number_bytes(std::uint64_t number) {
  std::array<std::uint8_t, 8> bytes{};
  ByteWriter(bytes).put(number);
  return bytes;
}

ErrorCode give_to(const std::string& path, std::optional<unsigned> group) {
  if (group && ::chown(path.c_str(), static_cast<uid_t>(-1), *group) != 0) {
    return last_system_error();
  }
  return {};
}

ErrorCode make_directory(const std::string& path, std::optional<unsigned> group) {
  if (const ErrorCode failed = make_durable_directory(path)) return failed;
  if (::chmod(path.c_str(), kDirectoryMode) != 0) return last_system_error();
  return give_to(path, group);
}

Result<std::optional<std::uint64_t>> find_number(const lmdb::Transaction& txn, lmdb::Database meta,
                                                 std::string_view key) {
  const Result<std::optional<std::string_view>> found = txn.find(meta, key);
  if (!found) return found.error();
  if (!*found) return std::optional<std::uint64_t>();
  ByteReader reader(**found);
  const auto number = reader.get<std::uint64_t>();
  if (!reader.done()) return ErrorCode(Errc::store_corrupt);
  return std::optional(number);
}

}  // namespace

Result<EdgeStore> EdgeStore::open(const std::string& directory, std::optional<unsigned> group) {
  const std::string place = directory + "/" + edge::kDirectoryName;
  for (const std::string& path : {directory, place}) {
    if (const ErrorCode failed = make_directory(path, group)) return failed;
  }
  Result<lmdb::Environment> environment =
      lmdb::Environment::open(place, {.map_size = edge::kMapSize,
                                      .max_databases = edge::kDatabaseCount,
                                      .max_readers = edge::kMaxReaders,
                                      .mode = kDataMode,
                                      .lock_mode = kLockMode,
                                      .is_meta_sync_lazy = true});
  if (!environment) return environment.error();
  for (const char* file : {"/data.mdb", "/lock.mdb"}) {
    if (const ErrorCode failed = give_to(place + file, group)) return failed;
  }
  EdgeStore store(std::move(*environment));
  if (const ErrorCode failed = store.open_databases()) return failed;
  if (const ErrorCode failed = store.check_readers()) return failed;
  return store;
}

ErrorCode EdgeStore::open_databases() {
  Result<lmdb::WriteTransaction> txn = environment_.begin_write();
  if (!txn) return txn.error();
  const std::pair<lmdb::Database*, const char*> names[] = {
      {&meta_, edge::kMetaDatabase},
      {&databases_[static_cast<std::size_t>(EdgeDatabase::token)], edge::kTokenDatabase},
      {&databases_[static_cast<std::size_t>(EdgeDatabase::api_key)], edge::kApiKeyDatabase},
      {&databases_[static_cast<std::size_t>(EdgeDatabase::scope)], edge::kScopeDatabase},
      {&databases_[static_cast<std::size_t>(EdgeDatabase::trigger)], edge::kTriggerDatabase},
  };
  static_assert(std::size(names) == edge::kDatabaseCount);
  for (const auto& [database, name] : names) {
    Result<lmdb::Database> opened = txn->open_database(name);
    if (!opened) return opened.error();
    *database = *opened;
  }
  const auto schema = find_number(*txn, meta_, edge::kMetaSchemaKey);
  if (!schema) return schema.error();
  if (*schema && **schema != edge::kSchemaVersion) return Errc::store_schema;
  if (const ErrorCode failed =
          txn->put(meta_, edge::kMetaSchemaKey, as_text(number_bytes(edge::kSchemaVersion)))) {
    return failed;
  }
  return txn->commit();
}

Result<std::uint64_t> EdgeStore::generation() const {
  const Result<lmdb::ReadTransaction> txn = environment_.begin_read();
  if (!txn) return txn.error();
  const auto found = find_number(*txn, meta_, edge::kMetaGenerationKey);
  if (!found) return found.error();
  return found->value_or(0);
}

ErrorCode EdgeStore::write(std::span<const EdgeWrite> writes,
                           std::optional<std::uint64_t> generation) {
  Result<lmdb::WriteTransaction> txn = environment_.begin_write();
  if (!txn) return txn.error();
  for (const EdgeWrite& row : writes) {
    if (row.value) {
      if (const ErrorCode failed = txn->put(database(row.database), row.key, *row.value)) {
        return failed;
      }
    } else if (const Result<bool> erased = txn->erase(database(row.database), row.key); !erased) {
      return erased.error();
    }
  }
  if (generation) {
    if (const ErrorCode failed =
            txn->put(meta_, edge::kMetaGenerationKey, as_text(number_bytes(*generation)))) {
      return failed;
    }
  }
  return txn->commit();
}

ErrorCode EdgeStore::check_readers() {
  const Result<int> dead = environment_.check_readers();
  return dead ? ErrorCode() : dead.error();
}

}  // namespace tripgate::entities

// The border to LMDB: its codes become ErrorCodes here, its handles get owners.
#include "engine/base/lmdb.h"

#include <lmdb.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "engine/base/durable_directory.h"
#include "engine/base/errc.h"

namespace tripgate::lmdb {
namespace {

ErrorCode translate(int code) {
  switch (code) {
    case MDB_SUCCESS:
      return {};
    case MDB_NOTFOUND:
      return Errc::not_found;
    case MDB_KEYEXIST:
      return Errc::already_exists;
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
    case ENOSPC:
    case EDQUOT:
      return Errc::store_full;
    case MDB_READERS_FULL:
      return Errc::readers_full;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
      return Errc::store_corrupt;
    case MDB_PANIC:
    case MDB_BAD_TXN:
    case EIO:
    case EROFS:
      return Errc::store_io;
    default:
      break;
  }
  if (code > 0) return {code, boost::system::system_category()};
  return Errc::store_io;
}

MDB_val to_val(std::string_view text) {
  return {text.size(), const_cast<char*>(text.data())};
}

std::string_view to_view(const MDB_val& val) {
  return {static_cast<const char*>(val.mv_data), val.mv_size};
}

ErrorCode put_with(MDB_txn* txn, Database database, std::string_view key, std::string_view value,
                   unsigned flags) {
  MDB_val key_val = to_val(key);
  MDB_val value_val = to_val(value);
  return translate(mdb_put(txn, database.handle, &key_val, &value_val, flags));
}

/// LMDB makes both files with one mode and under the umask; ours differ (design section 2).
ErrorCode set_modes(const std::string& directory, const Options& options) {
  if (::chmod((directory + "/data.mdb").c_str(), options.mode) != 0) return last_system_error();
  if (::chmod((directory + "/lock.mdb").c_str(), options.lock_mode) != 0) {
    return last_system_error();
  }
  return {};
}

/// An environment that is not open yet.
Result<MDB_env*> make_environment(const Options& options) {
  MDB_env* env = nullptr;
  if (const int code = mdb_env_create(&env); code != MDB_SUCCESS) return translate(code);
  mdb_env_set_mapsize(env, options.map_size);
  mdb_env_set_maxdbs(env, options.max_databases);
  mdb_env_set_maxreaders(env, options.max_readers);
  return env;
}

/// Writes an empty store into a directory of its own and waits until it is on disk.
ErrorCode write_empty_store(const std::string& directory, const Options& options) {
  const Result<MDB_env*> env = make_environment(options);
  if (!env) return env.error();
  int code = mdb_env_open(*env, directory.c_str(), MDB_NOLOCK, options.mode);
  if (code == MDB_SUCCESS) code = mdb_env_sync(*env, 1);
  mdb_env_close(*env);
  return translate(code);
}

/// LMDB writes the first pages of a new file without a flush: a power cut could leave half of them,
/// which nothing opens any more. So the file gets its name only when it is whole.
ErrorCode create_data_file(const std::string& directory, const Options& options) {
  const std::string data_path = directory + "/data.mdb";
  const std::string draft = directory + "/new";
  struct stat status {};
  const bool is_there = ::stat(data_path.c_str(), &status) == 0;
  if (is_there && status.st_size > 0) return {};
  // Only what is known to be absent or empty is made: a rename over a store would be its end.
  if (!is_there && errno != ENOENT) return last_disk_error();
  std::error_code failure;
  std::filesystem::remove_all(draft, failure);  // Of a creation that was cut short.
  if (::mkdir(draft.c_str(), 0700) != 0) return last_disk_error();
  if (const ErrorCode failed = write_empty_store(draft, options)) return failed;
  if (::rename((draft + "/data.mdb").c_str(), data_path.c_str()) != 0) return last_disk_error();
  std::filesystem::remove_all(draft, failure);
  return {};
}

}  // namespace

Transaction::~Transaction() {
  if (txn_ != nullptr) mdb_txn_abort(txn_);
}

Result<std::optional<std::string_view>> Transaction::find(Database database,
                                                          std::string_view key) const {
  MDB_val key_val = to_val(key);
  MDB_val value{};
  const int code = mdb_get(txn_, database.handle, &key_val, &value);
  if (code == MDB_NOTFOUND) return std::optional<std::string_view>();
  if (code != MDB_SUCCESS) return translate(code);
  return std::optional(to_view(value));
}

Result<std::string_view> Transaction::load(Database database, std::string_view key) const {
  MDB_val key_val = to_val(key);
  MDB_val value{};
  if (const int code = mdb_get(txn_, database.handle, &key_val, &value); code != MDB_SUCCESS) {
    return translate(code);
  }
  return to_view(value);
}

Result<std::uint64_t> Transaction::count(Database database) const {
  MDB_stat stat{};
  if (const int code = mdb_stat(txn_, database.handle, &stat); code != MDB_SUCCESS) {
    return translate(code);
  }
  return static_cast<std::uint64_t>(stat.ms_entries);
}

Result<Database> WriteTransaction::open_database(const char* name) {
  Database database;
  if (const int code = mdb_dbi_open(txn_, name, MDB_CREATE, &database.handle);
      code != MDB_SUCCESS) {
    return translate(code);
  }
  return database;
}

ErrorCode WriteTransaction::put(Database database, std::string_view key, std::string_view value) {
  return put_with(txn_, database, key, value, 0);
}

ErrorCode WriteTransaction::insert(Database database, std::string_view key,
                                   std::string_view value) {
  return put_with(txn_, database, key, value, MDB_NOOVERWRITE);
}

ErrorCode WriteTransaction::append(Database database, std::string_view key,
                                   std::string_view value) {
  return put_with(txn_, database, key, value, MDB_APPEND);
}

Result<std::span<char>> WriteTransaction::append_reserved(Database database, std::string_view key,
                                                          std::size_t size) {
  MDB_val key_val = to_val(key);
  MDB_val value{size, nullptr};
  if (const int code = mdb_put(txn_, database.handle, &key_val, &value, MDB_APPEND | MDB_RESERVE);
      code != MDB_SUCCESS) {
    return translate(code);
  }
  return std::span<char>(static_cast<char*>(value.mv_data), size);
}

Result<bool> WriteTransaction::erase(Database database, std::string_view key) {
  MDB_val key_val = to_val(key);
  const int code = mdb_del(txn_, database.handle, &key_val, nullptr);
  if (code == MDB_NOTFOUND) return false;
  // An ErrorCode converts to bool by itself, so this error has to say that it is one.
  if (code != MDB_SUCCESS) return {boost::system::in_place_error, translate(code)};
  return true;
}

ErrorCode WriteTransaction::clear(Database database) {
  return translate(mdb_drop(txn_, database.handle, 0));
}

Result<WriteTransaction> WriteTransaction::begin_nested() {
  MDB_txn* nested = nullptr;
  const int code = mdb_txn_begin(mdb_txn_env(txn_), txn_, 0, &nested);
  if (code != MDB_SUCCESS) return translate(code);
  return WriteTransaction(nested);
}

ErrorCode WriteTransaction::commit() {
  return translate(mdb_txn_commit(std::exchange(txn_, nullptr)));
}

Result<Cursor> Cursor::open(const Transaction& transaction, Database database) {
  MDB_cursor* cursor = nullptr;
  const int code = mdb_cursor_open(transaction.get(), database.handle, &cursor);
  if (code != MDB_SUCCESS) return translate(code);
  return Cursor(cursor);
}

Cursor::~Cursor() {
  if (cursor_ != nullptr) mdb_cursor_close(cursor_);
}

Result<std::optional<Cursor::Entry>> Cursor::move(int operation, std::string_view key) {
  MDB_val key_val = to_val(key);
  MDB_val value{};
  const int code = mdb_cursor_get(cursor_, &key_val, &value, static_cast<MDB_cursor_op>(operation));
  if (code == MDB_NOTFOUND) return std::optional<Entry>();
  if (code != MDB_SUCCESS) return translate(code);
  return std::optional(Entry{to_view(key_val), to_view(value)});
}

Result<std::optional<Cursor::Entry>> Cursor::first() {
  return move(MDB_FIRST);
}
Result<std::optional<Cursor::Entry>> Cursor::last() {
  return move(MDB_LAST);
}
Result<std::optional<Cursor::Entry>> Cursor::next() {
  return move(MDB_NEXT);
}
Result<std::optional<Cursor::Entry>> Cursor::previous() {
  return move(MDB_PREV);
}

Result<std::optional<Cursor::Entry>> Cursor::seek(std::string_view key) {
  if (key.empty()) return first();
  return move(MDB_SET_RANGE, key);
}

ErrorCode for_each_with_prefix(
    const Transaction& transaction, Database database, std::string_view prefix,
    const std::function<bool(std::string_view key, std::string_view value)>& visit) {
  Result<Cursor> cursor = Cursor::open(transaction, database);
  if (!cursor) return cursor.error();
  Result<std::optional<Cursor::Entry>> entry = cursor->seek(prefix);
  while (entry && *entry && (*entry)->key.starts_with(prefix)) {
    if (!visit((*entry)->key, (*entry)->value)) return {};
    entry = cursor->next();
  }
  return entry ? ErrorCode() : entry.error();
}

Result<Environment> Environment::open(const std::string& directory, const Options& options) {
  if (const ErrorCode failed = make_durable_directory(directory)) return failed;
  if (const ErrorCode failed = create_data_file(directory, options)) return failed;
  // Whoever gave the file its name may have been killed before it was durable.
  if (const ErrorCode failed = sync_directory(directory)) return failed;
  const Result<MDB_env*> env = make_environment(options);
  if (!env) return env.error();
  Environment owner(*env);
  // Read transactions move between threads of the pool, hence NOTLS; the kernel's read-ahead only
  // pollutes the cache of a store that is read by key.
  const unsigned flags =
      MDB_NOTLS | MDB_NORDAHEAD | (options.is_meta_sync_lazy ? unsigned{MDB_NOMETASYNC} : 0U);
  if (const int code = mdb_env_open(*env, directory.c_str(), flags, options.mode);
      code != MDB_SUCCESS) {
    return translate(code);
  }
  if (const ErrorCode failed = set_modes(directory, options)) return failed;
  return owner;
}

Environment::~Environment() {
  if (env_ != nullptr) mdb_env_close(env_);
}

Result<WriteTransaction> Environment::begin_write() {
  MDB_txn* txn = nullptr;
  const int code = mdb_txn_begin(env_, nullptr, 0, &txn);
  if (code != MDB_SUCCESS) return translate(code);
  return WriteTransaction(txn);
}

Result<ReadTransaction> Environment::begin_read() const {
  MDB_txn* txn = nullptr;
  const int code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
  if (code != MDB_SUCCESS) return translate(code);
  return ReadTransaction(txn);
}

std::string Environment::data_path() const {
  const char* directory = "";
  mdb_env_get_path(env_, &directory);
  return std::string(directory) + "/data.mdb";
}

Result<int> Environment::check_readers() {
  int dead = 0;
  const int code = mdb_reader_check(env_, &dead);
  if (code != MDB_SUCCESS) return translate(code);
  return dead;
}

std::uint64_t Environment::used_size() const {
  MDB_envinfo info{};
  MDB_stat stat{};
  if (mdb_env_info(env_, &info) != MDB_SUCCESS || mdb_env_stat(env_, &stat) != MDB_SUCCESS)
    return 0;
  return (info.me_last_pgno + 1) * stat.ms_psize;
}

std::uint64_t Environment::last_commit() const {
  MDB_envinfo info{};
  return mdb_env_info(env_, &info) == MDB_SUCCESS ? info.me_last_txnid : 0;
}

std::uint64_t Environment::map_size() const {
  MDB_envinfo info{};
  return mdb_env_info(env_, &info) == MDB_SUCCESS ? info.me_mapsize : 0;
}

}  // namespace tripgate::lmdb

// LMDB with owners and error codes; no MDB_ name appears above this file's .cc.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/result.h"

struct MDB_cursor;
struct MDB_env;
struct MDB_txn;

namespace tripgate::lmdb {

/// A named database of an environment; valid as long as the environment is.
struct Database {
  unsigned handle = 0;
};

/// How an environment is opened.
struct Options {
  std::size_t map_size = 0;  // bytes of address space; the file is sparse
  unsigned max_databases = 0;
  unsigned max_readers = 0;
  unsigned mode = 0640;  // of the data file
  unsigned lock_mode =
      0640;  // of the lock file; LMDB creates both with one mode, so it is set after
  /// Commits do not wait for the meta page: a power cut may take the last one back.
  bool is_meta_sync_lazy = false;
};

/// A transaction. Aborts when it goes without a commit.
class Transaction {
 public:
  Transaction(Transaction&& other) noexcept : txn_(std::exchange(other.txn_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  /// The value of a key, empty when there is none. The view lives until the next write of this
  /// transaction, or its end.
  [[nodiscard]] Result<std::optional<std::string_view>> find(Database database,
                                                             std::string_view key) const;

  /// As find, but an absent key is Errc::not_found.
  [[nodiscard]] Result<std::string_view> load(Database database, std::string_view key) const;

  /// Number of entries.
  [[nodiscard]] Result<std::uint64_t> count(Database database) const;

  [[nodiscard]] MDB_txn* get() const noexcept { return txn_; }

 protected:
  explicit Transaction(MDB_txn* txn) noexcept : txn_(txn) {}
  MDB_txn* txn_ = nullptr;
};

/// A snapshot. Keep it below 100 ms: the pages it pins cannot be used again (design section 2).
class ReadTransaction : public Transaction {
 private:
  friend class Environment;
  using Transaction::Transaction;
};

/// The one write transaction of an environment.
///
/// Errors of its writes: Errc::store_full (map or disk), Errc::store_io. After one the transaction
/// can only go.
class WriteTransaction : public Transaction {
 public:
  /// Opens a named database, made if it does not exist. Once, at start.
  [[nodiscard]] Result<Database> open_database(const char* name);

  [[nodiscard]] ErrorCode put(Database database, std::string_view key, std::string_view value);

  /// As put, but an existing key is Errc::already_exists.
  [[nodiscard]] ErrorCode insert(Database database, std::string_view key, std::string_view value);

  /// As put for a key behind all others: fills pages instead of splitting them.
  [[nodiscard]] ErrorCode append(Database database, std::string_view key, std::string_view value);

  /// Room for a value behind all others, to be filled at once by the caller.
  [[nodiscard]] Result<std::span<char>> append_reserved(Database database, std::string_view key,
                                                        std::size_t size);

  /// True when the key was there.
  [[nodiscard]] Result<bool> erase(Database database, std::string_view key);

  /// Removes every entry.
  [[nodiscard]] ErrorCode clear(Database database);

  /// A transaction inside this one: its commit is part of this one, its abort undoes only itself.
  [[nodiscard]] Result<WriteTransaction> begin_nested();

  /// Errors: Errc::store_io (the outcome is unknown until recovery), Errc::store_full (nothing was
  /// written).
  [[nodiscard]] ErrorCode commit();

 private:
  friend class Environment;
  using Transaction::Transaction;
};

/// Walks a database in key order. Must go before its transaction does.
class Cursor {
 public:
  struct Entry {
    std::string_view key;
    std::string_view value;
  };

  [[nodiscard]] static Result<Cursor> open(const Transaction& transaction, Database database);
  Cursor(Cursor&& other) noexcept : cursor_(std::exchange(other.cursor_, nullptr)) {}
  Cursor& operator=(Cursor&&) = delete;
  ~Cursor();

  /// Each moves and yields the entry it stands on then; empty past the ends.
  [[nodiscard]] Result<std::optional<Entry>> first();
  [[nodiscard]] Result<std::optional<Entry>> last();
  [[nodiscard]] Result<std::optional<Entry>> next();
  [[nodiscard]] Result<std::optional<Entry>> previous();
  /// The first entry whose key is not below `key`.
  [[nodiscard]] Result<std::optional<Entry>> seek(std::string_view key);

 private:
  explicit Cursor(MDB_cursor* cursor) noexcept : cursor_(cursor) {}
  [[nodiscard]] Result<std::optional<Entry>> move(int operation, std::string_view key = {});

  MDB_cursor* cursor_ = nullptr;
};

/// Calls `visit` for every entry whose key starts with `prefix`, in key order, until it says false.
[[nodiscard]] ErrorCode for_each_with_prefix(
    const Transaction& transaction, Database database, std::string_view prefix,
    const std::function<bool(std::string_view key, std::string_view value)>& visit);

/// An environment: one directory with a data and a lock file, opened once in a process.
class Environment {
 public:
  /// Opens, and makes the directory and the files where they do not exist.
  /// Errors: Errc::io and the errno of the file system, Errc::store_corrupt.
  [[nodiscard]] static Result<Environment> open(const std::string& directory,
                                                const Options& options);
  Environment(Environment&& other) noexcept : env_(std::exchange(other.env_, nullptr)) {}
  Environment& operator=(Environment&&) = delete;
  ~Environment();

  [[nodiscard]] Result<WriteTransaction> begin_write();
  [[nodiscard]] Result<ReadTransaction> begin_read() const;

  /// Path of the data file.
  [[nodiscard]] std::string data_path() const;

  /// Frees reader slots whose process is gone; returns how many.
  [[nodiscard]] Result<int> check_readers();

  /// Bytes of the data file that hold pages in use or were used before.
  [[nodiscard]] std::uint64_t used_size() const;
  [[nodiscard]] std::uint64_t map_size() const;

  /// Number of the last transaction that changed something.
  [[nodiscard]] std::uint64_t last_commit() const;

 private:
  explicit Environment(MDB_env* env) noexcept : env_(env) {}
  MDB_env* env_ = nullptr;
};

}  // namespace tripgate::lmdb

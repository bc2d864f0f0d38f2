// The worker's read-only view of the edge store.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "shared/key_hash.h"
#include "shared/store_schema.h"

// LMDB's own names, declared here so that its header stays out of everybody else's.
struct MDB_env;
struct MDB_txn;
struct MDB_cursor;

namespace tripgate {

/// Why the store cannot be read; `code` is LMDB's or the system's number.
struct EdgeTrouble {
  const char* what = nullptr;  // nullptr: no trouble
  int code = 0;

  explicit operator bool() const noexcept { return what != nullptr; }
};

/// One LMDB environment per process, opened after fork: a transaction of an environment opened
/// before would fail with EAGAIN, and two environments on one file drop each other's lock.
class EdgeReader {
 public:
  EdgeReader() = default;
  EdgeReader(const EdgeReader&) = delete;
  EdgeReader& operator=(const EdgeReader&) = delete;
  ~EdgeReader() { close(); }

  /// Opens `directory` (the one that holds data.mdb) and checks its schema.
  [[nodiscard]] EdgeTrouble open(const char* directory) noexcept;
  void close() noexcept;
  [[nodiscard]] bool is_open() const noexcept { return transaction_ != nullptr; }

  /// Starts a look: everything found is valid until end(). LMDB keeps pages of the oldest reader
  /// alive, so a look must not outlive one turn of the event loop. On trouble the reader closes.
  [[nodiscard]] EdgeTrouble begin() noexcept;
  void end() noexcept;

  /// Number of the last change that this look sees.
  [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }

  [[nodiscard]] std::optional<edge::TriggerRecord> find_token(const Sha256Digest& hash) noexcept;
  [[nodiscard]] std::optional<edge::ApiKeyRecord> find_api_key(const TokenUuid& uuid) noexcept;
  [[nodiscard]] std::optional<edge::ScopeRecord> find_scope(const ScopeKey& scope) noexcept;
  [[nodiscard]] std::optional<edge::TriggerRecord> find_trigger(
      const edge::TriggerKey& key) noexcept;

  /// Moves to the first trigger whose key starts with `prefix`, or to the next one.
  [[nodiscard]] std::optional<edge::TriggerRecord> first_trigger(
      const edge::TriggerKey& prefix) noexcept;
  [[nodiscard]] std::optional<edge::TriggerRecord> next_trigger(
      const edge::TriggerKey& prefix) noexcept;

 private:
  struct Databases {
    unsigned meta = 0;
    unsigned token = 0;
    unsigned api_key = 0;
    unsigned scope = 0;
    unsigned trigger = 0;
  };

  [[nodiscard]] EdgeTrouble open_databases() noexcept;
  [[nodiscard]] EdgeTrouble open_environment(const char* directory) noexcept;
  [[nodiscard]] int renew() noexcept;
  [[nodiscard]] EdgeTrouble refresh_generation() noexcept;
  [[nodiscard]] std::optional<std::string_view> find(unsigned database,
                                                     std::string_view key) noexcept;
  [[nodiscard]] std::optional<std::uint64_t> find_number(std::string_view key) noexcept;
  [[nodiscard]] std::optional<edge::TriggerRecord> move_cursor(const edge::TriggerKey& prefix,
                                                               int operation) noexcept;

  MDB_env* environment_ = nullptr;
  MDB_txn* transaction_ = nullptr;
  MDB_cursor* cursor_ = nullptr;
  Databases databases_;
  std::uint64_t generation_ = 0;
  std::size_t seen_transaction_ = 0;  // whose generation is cached
};

/// A look that ends with its scope.
class EdgeLook {
 public:
  explicit EdgeLook(EdgeReader& reader) noexcept : reader_(reader), trouble_(reader.begin()) {}
  EdgeLook(const EdgeLook&) = delete;
  EdgeLook& operator=(const EdgeLook&) = delete;
  ~EdgeLook() {
    if (!trouble_) reader_.end();
  }

  [[nodiscard]] const EdgeTrouble& trouble() const noexcept { return trouble_; }

 private:
  EdgeReader& reader_;
  EdgeTrouble trouble_;
};

}  // namespace tripgate

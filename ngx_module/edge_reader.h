// The worker's read-only view of the edge store.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "shared/key_hash.h"
#include "shared/limits.h"
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

/// Three texts that name a scope; lower parts are empty for the scopes above a project.
struct ScopeName {
  std::string_view account;
  std::string_view org;
  std::string_view project;
};

/// Whether keys are mandatory in the scope that was asked for last: one call after the other asks
/// for the same, and three look-ups, three hashes and three comparisons would answer it.
class MandateMemo {
 public:
  /// Nothing unless this very scope was kept since the last forget().
  [[nodiscard]] std::optional<bool> find(const ScopeName& scope) const noexcept;
  void keep(const ScopeName& scope, bool is_mandatory) noexcept;
  void forget() noexcept { is_known_ = false; }

 private:
  std::array<char, 3 * limits::kIdentifierMaxSize> text_{};
  ScopeName scope_;  // views of text_
  bool is_known_ = false;
  bool is_mandatory_ = false;
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

  /// Empty after every change of the store.
  [[nodiscard]] MandateMemo& mandate() noexcept { return mandate_; }

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
  MandateMemo mandate_;
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

// The state store: one environment, one writer thread, everything that must survive.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/base/lmdb.h"
#include "engine/base/result.h"

namespace tripgate {

/// Named databases of the state environment, opened once at start. Keys are in state_schema.md.
struct StateDatabases {
  lmdb::Database meta;               // name -> number: schema, generation, settle mark, counters
  lmdb::Database event;              // big-endian event sequence -> stored event
  lmdb::Database event_index;        // event id -> big-endian event sequence
  lmdb::Database entity;             // entity key -> current version of an entity
  lmdb::Database entity_version;     // trigger or pipeline ref, version -> its text
  lmdb::Database api_key;            // token uuid -> key record with its name and history
  lmdb::Database setting;            // scope, setting identifier -> value, allow overrides
  lmdb::Database history;            // event sequence, row number -> history row
  lmdb::Database trigger_history;    // trigger ref, event sequence, row number -> nothing, or a row
  lmdb::Database verdict;            // event sequence -> its candidates and what became of them
  lmdb::Database execution;          // big-endian execution number -> head of an execution
  lmdb::Database node;               // execution number, level, node number -> node
  lmdb::Database run_text;           // execution number -> what it runs, if not as stored
  lmdb::Database execution_list;     // big-endian execution number -> what lists choose by
  lmdb::Database execution_index;    // plan execution id -> big-endian execution number
  lmdb::Database active_execution;   // big-endian execution number -> nothing, while not final
  lmdb::Database event_execution;    // event sequence, execution number -> nothing
  lmdb::Database removed_execution;  // big-endian execution number -> what is still to be removed
  lmdb::Database run_sequence;       // pipeline ref -> last run sequence
  lmdb::Database waiting_node;       // node execution id -> key of its record
  lmdb::Database notification;       // execution number, key -> notification to be delivered
  lmdb::Database secret;             // scope, identifier -> encrypted secret
};

inline constexpr unsigned kStateDatabaseCount = 22;

/// What one caller wants written; runs on the writer thread inside a transaction of its own. An
/// error undoes all of it and leaves the others of its group alone.
using StateWrite = std::function<ErrorCode(lmdb::WriteTransaction&)>;

/// Called once, on the writer thread, when the write is on disk or has failed. Keep it short: post
/// to another thread what takes longer.
using StateWritten = std::function<void(ErrorCode)>;

/// Owns the environment and its writer thread. Writes are committed in groups: everything that
/// arrived while the previous commit ran shares one transaction and its flushes. Safe to call from
/// any thread.
///
/// Errors that a StateWritten may get: what the StateWrite returned; Errc::store_full (nothing of
/// the group is written); Errc::store_io (the outcome is unknown: the writer takes nothing more
/// and `on_broken` is called, for the process has to recover); Errc::cancelled at stop.
class StateStore {
 public:
  /// directory: of the environment, 0700. Makes it where it does not exist.
  /// Errors: Errc::store_schema, those of lmdb::Environment::open.
  [[nodiscard]] static Result<std::unique_ptr<StateStore>> open(const std::string& directory);
  ~StateStore();
  StateStore(const StateStore&) = delete;
  StateStore& operator=(const StateStore&) = delete;

  [[nodiscard]] const StateDatabases& databases() const noexcept;

  /// A snapshot of what is durable.
  [[nodiscard]] Result<lmdb::ReadTransaction> begin_read() const;

  /// Puts a write behind the writes of its kind.
  void submit(StateWrite write, StateWritten written);

  /// As submit, for a write that nobody waits for: it may come as late as events do.
  void submit_patiently(StateWrite write, StateWritten written);

  /// Takes `count` events that are durable already, into the next group or within
  /// state::kEventGroupWaitMax. Tried again as long as the disk is full: the write may run more
  /// than once. At stop it may be told Errc::cancelled, which leaves it to the next start.
  void submit_events(StateWrite write, StateWritten written, std::size_t count);

  /// Whether events wait for room on the disk: the caller should take no more.
  [[nodiscard]] bool is_full() const noexcept;

  /// As submit, and waits. Never on the writer thread or an event loop that others wait for.
  [[nodiscard]] ErrorCode write_and_wait(StateWrite write);

  /// Breaks the store: its owner does not know any more what is on disk elsewhere. Any thread.
  void fail(ErrorCode reason);

  /// Called once on the writer thread when the store broke; set before the first write.
  void on_broken(std::function<void(ErrorCode)> callback);

  /// Commits what was submitted and ends the writer thread.
  void stop();

  [[nodiscard]] lmdb::Environment& environment() noexcept;

 private:
  class Writer;
  explicit StateStore(std::unique_ptr<Writer> writer);
  std::unique_ptr<Writer> writer_;
};

}  // namespace tripgate

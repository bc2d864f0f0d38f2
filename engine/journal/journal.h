// The journal: events in the order in which they were accepted, each durable before it is answered.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/journal/state_store.h"
#include "shared/event_head.h"
#include "shared/ids.h"

namespace tripgate {

/// Journal order of an event: counts from 1, grows, may have gaps. Means nothing outside journal/
/// but "later than".
using EventSequence = std::uint64_t;

/// An event whose bytes are all here.
struct StoredEvent {
  EventSequence sequence = 0;
  std::string head_bytes;  // encoded; `decode_event_head(head_bytes)` always succeeds on it
  std::string body;        // as received
};

/// What `append` takes: an encoded head, and the body in memory or in a file of Journal's
/// `bodies/` directory that is already synced. Views need to live as long as the call.
struct NewEvent {
  EventId id;
  std::string_view head_bytes;
  std::string_view body;
  std::string_view body_file;  // name below bodies/; empty: the body is in `body`
  bool is_resent = false;      // sent before on a connection that broke: look for a first copy
};

/// Bytes of the event log: half a second of 100,000 small events a second, and room for the
/// largest bodies that stay in memory.
inline constexpr std::uint64_t kEventLogCapacity = std::uint64_t{32} << 20;

/// Appends and finds events. They are durable in the event log first (`events.log`) and reach the
/// store behind it; whoever looks for one finds it in either.
class Journal {
 public:
  /// directory: where `state/` lies, with the store and the event log, and `bodies/`; bodies above
  /// limits::kStoredInlineBodyMaxSize are files there, one each.
  /// Recovers: takes into the store what only the log has, builds the id index of the tail again,
  /// removes orphaned body files.
  [[nodiscard]] static Result<std::unique_ptr<Journal>> open(
      StateStore& store, const std::string& directory,
      std::uint64_t log_capacity = kEventLogCapacity);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Makes events durable in one write, and returns when they are: the caller gathers what arrives
  /// meanwhile for the next call. An event whose id is stored already is left alone (a resent
  /// frame). One thread at a time.
  /// Errors, by which nothing is written: Errc::store_full, Errc::overloaded. Errors, by which
  /// nobody knows: Errc::store_io, also of every later call; the process has to recover.
  [[nodiscard]] ErrorCode append(std::span<const NewEvent> events);

  /// Finds an event by its id; Errc::not_found. Any thread.
  [[nodiscard]] Result<EventSequence> find(const EventId& id) const;

  /// Reads an event with its body. Errors: Errc::not_found, Errc::store_corrupt, errno of the body
  /// file.
  [[nodiscard]] Result<StoredEvent> load(EventSequence sequence) const;

  /// Reads an event and leaves its body where it is; for lists. Errors: Errc::not_found,
  /// Errc::store_corrupt.
  [[nodiscard]] Result<StoredEvent> load_head(EventSequence sequence) const;

  /// Up to `limit` durable events behind `after`, oldest first, with their bodies, stopping early
  /// beyond `max_bytes` of them (at least one if there is any). There may be more behind them.
  [[nodiscard]] Result<std::vector<StoredEvent>> load_after(EventSequence after, std::size_t limit,
                                                            std::size_t max_bytes) const;

  /// Up to `limit` events behind `after` that the store has, oldest first, without their bodies.
  [[nodiscard]] Result<std::vector<StoredEvent>> load_heads_after(EventSequence after,
                                                                  std::size_t limit) const;

  /// To be called inside a write: takes an event and its id out of the store. Once that is durable,
  /// `forget` does the rest; a start does it for an engine that was killed in between.
  /// Errors: Errc::invalid_argument for the newest event, whose number says where the next begins,
  /// and for one that is not settled.
  [[nodiscard]] ErrorCode remove(lmdb::WriteTransaction& txn, EventSequence sequence,
                                 const EventId& id) const;

  /// Drops what memory knows of a removed event, and the file of its body.
  void forget(const EventId& id);

  /// Up to `limit` sequences at or below `newest`, newest first; for lists.
  [[nodiscard]] Result<std::vector<EventSequence>> list(std::optional<EventSequence> newest,
                                                        std::size_t limit) const;

  /// The last event that is settled: its verdicts, rows and executions are durable. Events behind
  /// it are still to be processed. 0: none.
  [[nodiscard]] Result<EventSequence> settled() const;

  /// To be called inside the write that stores an event's verdicts: everything up to `sequence` is
  /// settled then (verdicts, history rows, executions and this mark are one transaction).
  [[nodiscard]] ErrorCode settle(lmdb::WriteTransaction& txn, EventSequence sequence);

  /// The newest durable event; 0: none.
  [[nodiscard]] EventSequence last_durable() const;

  /// The newest event that the store has; 0: none.
  [[nodiscard]] EventSequence last_stored() const;

  /// Called by `append` once its events are durable. Set before the first of them.
  void on_durable(std::function<void()> callback);

  [[nodiscard]] const std::string& body_directory() const;

 private:
  class Impl;
  explicit Journal(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tripgate

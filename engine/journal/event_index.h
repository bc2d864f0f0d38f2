// Event id -> journal sequence. The newest ids live in memory and reach the store in large, sorted
// batches: random ids written one commit at a time would dirty a page each.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engine/journal/state_store.h"
#include "shared/ids.h"

namespace tripgate {

/// Safe to call from any thread. What memory holds is found again at start by reading the events
/// behind `meta`'s "indexed" number, so nothing here has to be durable early.
class EventIndex {
 public:
  explicit EventIndex(StateStore& store) : store_(store) {}

  /// Reads the tail of the journal back. Returns the last event sequence; 0 for an empty journal.
  [[nodiscard]] Result<std::uint64_t> recover();

  /// Sequence of a stored id, empty when there is none.
  [[nodiscard]] Result<std::optional<std::uint64_t>> find(const EventId& id) const;

  /// The part of find that costs no look-up in the store.
  [[nodiscard]] std::optional<std::uint64_t> find_recent(const EventId& id) const;

  /// Gives sequences from `first` on to the ids that memory does not know, in their order. Says for
  /// each id whether it got one. Takes the lock once for all of them.
  [[nodiscard]] std::vector<bool> add_new(std::span<const EventId> ids, std::uint64_t first);

  /// Takes an id back whose event was not stored after all.
  void remove(const EventId& id);

  /// Writes the oldest ids to the store once enough of them are durable (up to `durable`).
  void flush_when_due(std::uint64_t durable);

 private:
  using Entry = std::pair<EventId, std::uint64_t>;
  struct Hash {
    std::size_t operator()(const EventId& id) const noexcept;
  };

  void write_batch(std::vector<Entry> entries, std::uint64_t indexed);
  [[nodiscard]] ErrorCode put_entries(lmdb::WriteTransaction& txn,
                                      std::span<const Entry> entries) const;

  StateStore& store_;
  mutable std::mutex mutex_;
  boost::unordered_flat_map<EventId, std::uint64_t, Hash> recent_;
  bool is_flushing_ = false;
};

}  // namespace tripgate

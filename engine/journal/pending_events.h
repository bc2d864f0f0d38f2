// Events that are durable in the log and not in the store yet.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/journal/log_entry.h"

namespace tripgate {

/// A few milliseconds' worth of entries. Safe to call from any thread.
class PendingEvents {
 public:
  /// A record, and what keeps its bytes alive.
  struct Record {
    std::shared_ptr<const LogEntry> entry;
    std::string_view bytes;
  };

  /// Entries come in the order of their events.
  void add(std::shared_ptr<const LogEntry> entry);

  /// The store has the oldest entry.
  void remove_oldest();

  /// Empty when the store has the event, or nobody.
  [[nodiscard]] std::optional<Record> find(std::uint64_t event) const;

  /// The entries with the events from `event` on, oldest first, until they hold `count` of them;
  /// none when `event` is not pending.
  [[nodiscard]] std::vector<std::shared_ptr<const LogEntry>> from(std::uint64_t event,
                                                                  std::size_t count) const;

  /// The oldest event that is pending; empty when none is.
  [[nodiscard]] std::optional<std::uint64_t> oldest() const;

 private:
  using Entries = std::deque<std::shared_ptr<const LogEntry>>;

  [[nodiscard]] Entries::const_iterator entry_of(std::uint64_t event) const;

  mutable std::mutex mutex_;
  Entries entries_;
};

}  // namespace tripgate

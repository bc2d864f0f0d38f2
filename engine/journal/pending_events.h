// Events that are durable in the log and not in the store yet.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

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

  /// The oldest event that is pending; empty when none is.
  [[nodiscard]] std::optional<std::uint64_t> oldest() const;

 private:
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<const LogEntry>> entries_;
};

}  // namespace tripgate

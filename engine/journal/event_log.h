// The event log: where an event becomes durable first.
//
// A commit of the store costs two flushes and a page for every level of its trees; one direct,
// synchronous write into a file whose blocks exist already costs one. So events are answered when
// they are in the log, and reach the store a few milliseconds later, many at once.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"
#include "engine/journal/log_entry.h"

namespace tripgate {

/// A ring of entries in one preallocated file, never overwritten before it is released. An entry
/// lies in one piece; one that does not fit before the end begins at 0, and a reader that finds no
/// valid entry where it should be looks there. A torn entry was never acknowledged: it is the end.
class EventLog {
 public:
  /// Opens the file, or makes it and fills it with zeros.
  /// id: ties the file to its store. at: of the first entry that the store does not have.
  /// Errors: errno of the file.
  [[nodiscard]] static Result<std::unique_ptr<EventLog>> open(const std::string& path,
                                                              std::uint64_t capacity,
                                                              std::uint64_t id, LogPosition at);

  /// Reads the entry at the current position and moves behind it; empty at the end. Only before the
  /// first write. Errors: errno of the file.
  [[nodiscard]] Result<std::optional<LogEntry>> read();

  /// Seals the entry and writes it. Durable on return. Waits up to kRoomWait for released room.
  /// One thread at a time.
  /// Errors: Errc::overloaded (no room, nothing written), Errc::too_large (the ring never has that
  /// much room), Errc::store_io (outcome unknown until `read`).
  [[nodiscard]] ErrorCode write(LogEntry& entry);

  /// The store has this entry: its room may be written again. In the order of writing, any thread.
  void release(const LogEntry& entry);

  /// Times that a write may wait for the store to catch up; more and the client should wait.
  static constexpr std::chrono::milliseconds kRoomWait{1000};

 private:
  EventLog(UniqueFd file, UniqueFd reader, std::uint64_t capacity, std::uint64_t id,
           LogPosition at);

  [[nodiscard]] Result<std::optional<LogEntry>> read_at(std::uint64_t offset) const;
  [[nodiscard]] std::optional<std::uint64_t> place(std::uint64_t size) const;

  UniqueFd file_;
  UniqueFd reader_;
  const std::uint64_t capacity_;
  const std::uint64_t id_;
  LogPosition head_;  // of the next entry

  std::mutex mutex_;
  std::condition_variable released_;
  std::uint64_t tail_;    // offset behind the last released entry
  bool is_empty_ = true;  // where head_ and tail_ meet: nothing is held, or everything
};

}  // namespace tripgate

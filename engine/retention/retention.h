// What is old and of no use to anything that runs is removed: executions with their nodes and the
// files of their steps, events with their bodies and rows.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/journal/journal.h"
#include "engine/journal/state_store.h"
#include "engine/retention/retention_settings.h"

namespace tripgate {

struct RemovedExecution;

/// Works on a thread of its own, one bounded write after the other, so that it never holds up those
/// who wait for the store. Killed between any two of them, a later sweep goes on from there.
class Retention {
 public:
  struct Parts {
    StateStore& store;
    Journal& journal;
    const Clock& clock;
    RetentionSettings settings;
    /// Holds a folder per execution, named after its plan execution id.
    std::string steps_directory;
    /// Called before each write; where a test ends the process. May be empty.
    std::function<void()> on_write = {};
  };

  explicit Retention(Parts parts) : parts_(std::move(parts)) {}
  ~Retention() { stop(); }
  Retention(const Retention&) = delete;
  Retention& operator=(const Retention&) = delete;

  /// Sweeps now and every kSweepInterval. Call once.
  void start();

  /// Ends after the write that is under way. The store must still work.
  void stop();

  /// Removes everything that is due by the clock; waits for the disk. One thread at a time.
  /// Errors: the first one of the store; whatever else is due is gone.
  [[nodiscard]] ErrorCode sweep();

  [[nodiscard]] std::uint64_t removed_executions() const { return removed_executions_; }
  [[nodiscard]] std::uint64_t removed_events() const { return removed_events_; }

  /// Between two sweeps.
  static constexpr std::chrono::minutes kSweepInterval{1};

  /// Records that one write erases: about a millisecond of the writer's.
  static constexpr std::size_t kErasedPerWrite = 256;

  /// Events that one look takes up.
  static constexpr std::size_t kEventsPerLook = 256;

 private:
  void run();
  [[nodiscard]] ErrorCode begin_removals();
  [[nodiscard]] ErrorCode finish_removals();
  [[nodiscard]] ErrorCode finish(const RemovedExecution& removed);
  [[nodiscard]] ErrorCode remove_events();
  [[nodiscard]] ErrorCode look_at(const StoredEvent& event);
  [[nodiscard]] ErrorCode remove_event(const StoredEvent& event);
  [[nodiscard]] ErrorCode remove_left_event(EventSequence sequence);
  [[nodiscard]] ErrorCode write(StateWrite change);
  void note(const std::string& what, ErrorCode failed, ErrorCode& first_failure) const;
  [[nodiscard]] UnixMs due_before_ms(std::chrono::seconds kept) const;

  Parts parts_;
  std::atomic<std::uint64_t> removed_executions_ = 0;
  std::atomic<std::uint64_t> removed_events_ = 0;
  std::atomic<bool> is_stopping_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::thread thread_;
};

}  // namespace tripgate

// Who may run next: first in, first out within a project, and projects take turns.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "engine/status/execution.h"

namespace tripgate {

/// Waiting executions and the places that running ones hold. Keeps numbers only, so that a long
/// queue costs little memory.
class RunQueue {
 public:
  RunQueue(std::size_t running_max, std::size_t running_per_project_max)
      : running_max_(running_max), running_per_project_max_(running_per_project_max) {}

  /// Puts an execution behind the older ones of its project.
  void push(const std::string& project, ExecutionNumber number);

  struct Turn {
    std::string project;
    ExecutionNumber number = 0;
  };

  /// The next execution that may run; it holds a place of its project until `release`.
  [[nodiscard]] std::optional<Turn> pop();

  /// Holds a place for an execution that runs already, whatever the bounds are.
  void hold(const std::string& project);

  /// Gives a place to an execution that is not waiting, if `pop` would give it one at once.
  [[nodiscard]] bool try_hold(const std::string& project);
  void release(const std::string& project);

  /// False if it does not wait here.
  bool remove(const std::string& project, ExecutionNumber number);

  [[nodiscard]] std::size_t waiting_count() const { return waiting_count_; }
  [[nodiscard]] std::size_t running_count() const { return running_count_; }

 private:
  struct Lane {
    std::deque<ExecutionNumber> waiting;
    std::size_t running_count = 0;
  };

  void drop_idle(const std::string& project);

  std::size_t running_max_;
  std::size_t running_per_project_max_;
  std::size_t waiting_count_ = 0;
  std::size_t running_count_ = 0;
  std::map<std::string, Lane> lanes_;
  std::deque<std::string> turns_;  // Projects that have something waiting, next one first.
};

}  // namespace tripgate

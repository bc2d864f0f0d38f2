// Which process may start next, when more want to than may run at once.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "engine/status/execution.h"
#include "engine/status/node_state.h"

namespace tripgate {

/// First in, first out within a project, and projects take turns: one that starts a thousand steps
/// at once delays another's by one place.
class StartQueue {
 public:
  struct Start {
    ExecutionNumber execution = 0;
    NodeNumber node = kRootNode;
  };

  void push(const std::string& project, Start start);

  /// Empty when nothing waits.
  [[nodiscard]] std::optional<Start> pop();

 private:
  std::map<std::string, std::deque<Start>> lanes_;
  std::deque<std::string> turns_;  // Projects that have something waiting, next one first.
};

}  // namespace tripgate

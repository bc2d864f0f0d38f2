// A run's first turn, made before its records are stored, so that one write has both.
#pragma once

#include <vector>

#include "engine/status/execution.h"
#include "engine/status/node_store.h"
#include "engine/status/notification_store.h"

namespace tripgate {

/// What the first turn comes to. Whoever runs executions derives from it what it needs besides.
struct FirstTurn {
  FirstTurn() = default;
  virtual ~FirstTurn() = default;
  FirstTurn(const FirstTurn&) = delete;
  FirstTurn& operator=(const FirstTurn&) = delete;

  Execution head;                ///< With the number and run sequence that the turn counted on.
  std::vector<NodeWrite> nodes;  ///< What it changed or added.
  std::vector<PendingNotification> notifications;  ///< Of what happened in it.
  /// Set by the write that creates the run: the numbers were right, and the turn is stored with it.
  bool is_stored = false;
};

}  // namespace tripgate

// Who holds the keys of Queue steps, and who waits for them. Source: pipelines.md 2.8.
#pragma once

#include <compare>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/status/execution.h"
#include "engine/status/node_state.h"

namespace tripgate {

/// A Queue step of a run.
struct QueueClaim {
  ExecutionNumber execution = 0;
  NodeNumber node = 0;

  friend auto operator<=>(const QueueClaim&, const QueueClaim&) = default;
};

/// Each key has one holder; the others wait first in, first out. Keeps nothing on disk: the records
/// of the steps tell after a restart who held and who waited.
class QueueKeys {
 public:
  /// True if the claim holds the key now; else it waits.
  [[nodiscard]] bool acquire(const std::string& key, QueueClaim claim);

  /// Enters a holder that was granted the key before a restart.
  void hold(const std::string& key, QueueClaim claim);

  /// Gives up what a claim holds or waits for; gives those that hold a key from now on.
  [[nodiscard]] std::vector<QueueClaim> release(QueueClaim claim);

  /// The same for all claims of a run.
  [[nodiscard]] std::vector<QueueClaim> release_run(ExecutionNumber execution);

  /// Claims of a run that hold a key.
  [[nodiscard]] std::vector<QueueClaim> held_by(ExecutionNumber execution) const;

 private:
  struct Line {
    std::optional<QueueClaim> holder;
    std::deque<QueueClaim> waiting;
  };

  template <class IsGone>
  [[nodiscard]] std::vector<QueueClaim> remove(IsGone is_gone);

  std::map<std::string, Line> lines_;
};

}  // namespace tripgate

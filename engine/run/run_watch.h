// Notices what happens to a run between two of its writes. Source: pipelines.md 1.11.
#pragma once

#include <string>
#include <vector>

#include "engine/run/run_tree.h"
#include "engine/status/run_event.h"

namespace tripgate {

/// Compares what is about to be written with what was written before. The run's present state
/// counts as known.
class RunWatch {
 public:
  explicit RunWatch(const RunTree& tree);

  /// What happened since the last look, the run's start first and its end last. A failure that will
  /// be tried again is none; a run or stage that was aborted has failed. changes: of the tree.
  /// page_base: what the run's address begins with.
  [[nodiscard]] std::vector<RunEvent> look(const RunTree& tree, const RunTree::Changes& changes,
                                           const std::string& page_base, UnixMs now_ms);

 private:
  std::vector<RunStatus> node_statuses_;  // By number; beyond its end: not started.
  RunStatus run_status_;
};

}  // namespace tripgate

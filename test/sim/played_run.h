// A run that was played to its end, and the moments at which an engine can have done what was due.
#pragma once

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "test/sim/drawn_pipeline.h"
#include "test/sim/slow_world.h"

namespace tripgate {

using Moments = std::set<UnixMs>;

/// When the engine was not there. One that dies is done with its last moment or is not.
class Absences {
 public:
  /// In the order of time; from_ms == to_ms takes no time.
  void add(UnixMs from_ms, UnixMs to_ms) {
    if (to_ms > from_ms) absences_.push_back({from_ms, to_ms});
  }

  /// When what is due at one of these moments may be done: then, or as soon as the engine is back.
  [[nodiscard]] Moments when(Moments due) const {
    Moments moments = std::move(due);
    for (const Absence& absence : absences_) {
      const bool is_missed = std::any_of(moments.begin(), moments.end(), [&](UnixMs moment) {
        return absence.from_ms <= moment && moment < absence.to_ms;
      });
      if (is_missed) moments.insert(absence.to_ms);
    }
    return moments;
  }

  [[nodiscard]] Moments after(const Moments& moments, int hours) const {
    Moments later;
    for (const UnixMs moment : moments) later.insert(moment + hours * kHourMs);
    return when(std::move(later));
  }

 private:
  struct Absence {
    UnixMs from_ms;
    UnixMs to_ms;
  };
  std::vector<Absence> absences_;
};

/// What is left of a run.
struct PlayedRun {
  Execution execution;
  std::vector<NodeState> nodes;
  std::vector<SlowWorld::Start> starts;
  Absences absences;

  /// The last start of a script step's attempt; nullptr if there was none.
  [[nodiscard]] const SlowWorld::Start* start_of(const NodeState& node) const {
    const auto found = std::find_if(starts.rbegin(), starts.rend(), [&](const auto& start) {
      return start.id.node_id == node.execution_id;
    });
    return found == starts.rend() ? nullptr : &*found;
  }

  /// From when on a node may have ended, or not begun again, by what happened around it: the run
  /// was aborted, or the time of its stage or run was up. A stage counts itself. Never, as a rule.
  [[nodiscard]] UnixMs cut_of(const DrawnPipeline& draw, const NodeState& node) const {
    UnixMs cut = std::numeric_limits<UnixMs>::max();
    if (execution.abortion.at_ms != 0) cut = execution.abortion.at_ms;
    cut = std::min(cut, execution.started_at_ms + draw.run_hours * kHourMs);
    for (NodeNumber above = node.number; above != kNoNode; above = nodes[above].parent) {
      const auto hours = draw.stage_hours.find(nodes[above].identifier);
      if (hours == draw.stage_hours.end()) continue;
      cut = std::min(cut, nodes[above].started_at_ms + hours->second * kHourMs);
    }
    return cut;
  }
};

}  // namespace tripgate

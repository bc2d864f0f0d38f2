// What becomes of one event: which triggers match, its history rows, and the executions that it
// starts.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/journal/journal.h"
#include "engine/match/catalog.h"
#include "engine/match/run_request.h"
#include "engine/match/verdict_record.h"
#include "engine/plan/plan_node.h"
#include "engine/status/history.h"

namespace tripgate {

/// One row, and the run to be stored with it.
struct VerdictRow {
  HistoryRow row;
  std::unique_ptr<PlannedRun> run;  ///< Apart: most events start nothing, and it is large.
};

/// Everything that one write settles of an event.
struct EventVerdict {
  EventSequence sequence = 0;
  std::vector<VerdictRow> rows;              // as in triggers.md 3.2
  std::vector<CandidateVerdict> candidates;  // in the order of selection
  std::vector<HistoryRow> activity;          // of triggers whose conditions did not hold
};

/// Candidates whose mismatch shows in the trigger's activity: each costs a write of its own. An
/// event that reaches more triggers has the rest in its explanation only.
inline constexpr std::size_t kActivityMismatchMax = 256;

/// The activity's row of candidate N has this number + N, apart from the event's own.
inline constexpr std::uint32_t kActivityNumber = 0x80000000;

/// Judges an event: selects its triggers (triggers.md 1.6), judges their conditions (3.2) and plans
/// the pipelines of those that match.
///
/// Errors: those of the catalog; Errc::store_corrupt. A pipeline that cannot be planned is no error
/// but a row (triggers.md 3.3).
[[nodiscard]] Result<EventVerdict> judge_event(const StoredEvent& event, Catalog& catalog,
                                               const Clock& clock,
                                               const plan::PlanDefaults& defaults);

/// An event that could not be judged: one row that says so.
[[nodiscard]] EventVerdict exception_verdict(const StoredEvent& event, std::string_view reason,
                                             UnixMs now_ms);

}  // namespace tripgate

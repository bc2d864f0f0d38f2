// What becomes of one event: its history rows, and the executions that it starts.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/journal/journal.h"
#include "engine/match/catalog.h"
#include "engine/plan/plan.h"
#include "engine/status/execution.h"
#include "engine/status/history.h"

namespace tripgate {

/// One row, and the execution to be created with it. The store gives numbers and run sequence.
struct VerdictRow {
  HistoryRow row;
  std::optional<Execution> execution;
};

/// Judges an event: selects its triggers (triggers.md 1.6) and plans their pipelines.
///
/// Errors: those of the catalog; Errc::store_corrupt. A pipeline that cannot be planned is no error
/// but a row (triggers.md 3.3).
[[nodiscard]] Result<std::vector<VerdictRow>> judge_event(const StoredEvent& event,
                                                          Catalog& catalog, const Clock& clock,
                                                          const plan::PlanDefaults& defaults);

/// The row of an event that could not be judged.
[[nodiscard]] VerdictRow exception_row(const StoredEvent& event, std::string_view reason,
                                       UnixMs now_ms);

}  // namespace tripgate

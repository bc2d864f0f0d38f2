// "Rerun" and "retry from a failed stage": what an earlier run adds to a request for another one.
// Source: pipelines.md 8.8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/clock.h"
#include "engine/base/diagnostic.h"
#include "engine/base/lmdb.h"
#include "engine/base/result.h"
#include "engine/journal/state_store.h"
#include "engine/match/catalog.h"
#include "engine/match/run_request.h"
#include "engine/status/execution.h"
#include "engine/status/run_text.h"

namespace tripgate {

/// Which run is repeated, and how.
struct Repetition {
  std::string plan_execution_id;
  /// Set: it is retried from there. Absent: it is run afresh.
  std::optional<RetryStart> retry;
};

/// Where earlier runs are read; all borrowed.
struct RunRecords {
  const lmdb::Transaction& txn;
  const StateDatabases& dbs;
  Catalog& catalog;
};

/// What an execution runs, and what it was given; both have the root `pipeline`, the latter may be
/// blank. Errors: those of the store, Errc::not_found if the pipeline's version is gone.
[[nodiscard]] Result<RunText> load_run_text(const RunRecords& records, const Execution& execution);

/// Completes a request for the pipeline of an earlier run: its lineage, the event whose payload its
/// expressions name, and for a retry the nodes that it takes over and the stages that were selected
/// then. Values that are asked for stay those of the request.
///
/// Errors: "No Plan Execution exists for id ..." (also of another pipeline), why it cannot be
/// retried at `now_ms`, that the store cannot be read.
[[nodiscard]] Result<void, Diagnostic> repeat_run(RunRequest& request, const Repetition& repetition,
                                                  const RunRecords& records, UnixMs now_ms);

/// Why a run cannot be retried with its pipeline as it is now: that is gone, does not stand for a
/// run any more, or has other stages. Nothing if it can. Errors: those of load_run_text.
[[nodiscard]] Result<std::optional<std::string>> find_pipeline_change(const RunRecords& records,
                                                                      const Execution& execution);

/// The refusal of a retry by a run that another one has retried, or that is gone (store_run).
[[nodiscard]] Diagnostic retry_refusal(const ErrorCode& cause, const std::string& retried);

}  // namespace tripgate

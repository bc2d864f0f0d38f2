// Runs that retry each other, and which of them may be retried. Source: pipelines.md 8.8.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/json_writer.h"
#include "engine/base/lmdb.h"
#include "engine/base/result.h"
#include "engine/journal/state_store.h"
#include "engine/status/execution.h"
#include "engine/status/node_state.h"

namespace tripgate {

/// How long after its start an execution may be retried.
inline constexpr UnixMs kRetryWindowMs = UnixMs{30} * 24 * 3600 * 1000;

/// Why a run that was retried already cannot be again.
inline constexpr const char* kNotLatestToRetry =
    "This execution is not the latest of all retried execution. You can only retry the latest "
    "execution.";

/// Why an execution cannot be retried from a failed stage; nothing if it can.
[[nodiscard]] std::optional<std::string> why_not_retried(const Execution& execution, UnixMs now_ms);

/// The executions of a retry chain that are stored, the latest first; the given one alone if it
/// was never retried.
[[nodiscard]] Result<std::vector<Execution>> load_retry_chain(const lmdb::Transaction& txn,
                                                              const StateDatabases& dbs,
                                                              const Execution& execution);

/// `retryHistory` and `latestExecutionId` of a chain, the latest first.
void write_retry_history(JsonWriter& json, const std::vector<Execution>& chain);
void write_latest_execution(JsonWriter& json, const std::vector<Execution>& chain);

/// `retryStages`: the places of the pipeline up to the first that failed, each with its stages.
/// refusal: why the execution cannot be retried. nodes: those of stage level, or all.
void write_retry_stages(JsonWriter& json, const std::vector<NodeState>& nodes,
                        const std::optional<std::string>& refusal);

}  // namespace tripgate

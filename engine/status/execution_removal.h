// Taking executions out of the store, in writes of bounded size.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/clock.h"
#include "engine/base/lmdb.h"
#include "engine/base/result.h"
#include "engine/journal/state_store.h"
#include "engine/status/execution.h"

namespace tripgate {

/// An execution that nobody finds any more, and of which something is still there.
struct RemovedExecution {
  ExecutionNumber number = 0;
  std::string plan_execution_id;
  std::uint64_t event_sequence = 0;  ///< 0: no event started it.
};

/// An execution that ended before a time and that nothing refers to: nothing that runs waits for
/// it. The oldest behind `after`; nothing if there is none.
[[nodiscard]] Result<std::optional<ExecutionNumber>> find_due_execution(
    const lmdb::Transaction& txn, const StateDatabases& dbs, ExecutionNumber after,
    UnixMs ended_before_ms);

/// Takes an execution out of everybody's sight and notes what is still to be removed: its nodes,
/// and what others keep of it. Errors: Errc::invalid_transition if it is not final.
[[nodiscard]] ErrorCode begin_removal(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                      ExecutionNumber number);

/// A removal that has begun and not ended: of the oldest execution behind `after`; nothing if there
/// is none.
[[nodiscard]] Result<std::optional<RemovedExecution>> find_removal(const lmdb::Transaction& txn,
                                                                   const StateDatabases& dbs,
                                                                   ExecutionNumber after);

/// Erases up to `limit` nodes; how many it were.
[[nodiscard]] Result<std::size_t> erase_nodes(lmdb::WriteTransaction& txn,
                                              const StateDatabases& dbs, ExecutionNumber number,
                                              std::size_t limit);

/// Notes that nothing is left.
[[nodiscard]] ErrorCode end_removal(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                    ExecutionNumber number);

}  // namespace tripgate

// Executions in the state store: written inside somebody's transaction, read from a snapshot.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/base/lmdb.h"
#include "engine/base/result.h"
#include "engine/journal/state_store.h"
#include "engine/status/execution.h"
#include "engine/status/node_state.h"

namespace tripgate {

/// What `create_execution` gives to an execution.
struct ExecutionNumbers {
  ExecutionNumber number = 0;
  std::uint64_t run_sequence = 0;
};

/// The numbers that the next execution of that pipeline would get.
[[nodiscard]] Result<ExecutionNumbers> next_numbers(const lmdb::Transaction& txn,
                                                    const StateDatabases& dbs,
                                                    const Execution& execution);

/// Takes the next number and the pipeline's next run sequence, puts both into the execution, and
/// stores it with its first nodes as active.
[[nodiscard]] ErrorCode create_execution(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                         Execution& execution, std::span<const NodeState> nodes);

/// Stores a later state of the head, save what others than its runner write (`annotate_execution`):
/// that stays as it is stored. A final one is no longer active. Errors:
/// Errc::invalid_transition if the stored run is final: somebody else ended it.
[[nodiscard]] ErrorCode save_execution(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                       const Execution& execution);

/// Stores the notes and `lineage.retried_by` of a head, whatever state it is in.
/// Errors: Errc::not_found, Errc::store_corrupt.
[[nodiscard]] ErrorCode annotate_execution(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                           ExecutionNumber number,
                                           const std::function<void(Execution&)>& annotate);

/// Errors: Errc::not_found, Errc::store_corrupt.
[[nodiscard]] Result<Execution> load_execution(const lmdb::Transaction& txn,
                                               const StateDatabases& dbs, ExecutionNumber number);

/// By plan execution id. Errors as load_execution.
[[nodiscard]] Result<Execution> find_execution(const lmdb::Transaction& txn,
                                               const StateDatabases& dbs,
                                               std::string_view plan_execution_id);

/// As find_execution; one of another account is Errc::not_found as well.
[[nodiscard]] Result<Execution> find_execution_of(const lmdb::Transaction& txn,
                                                  const StateDatabases& dbs,
                                                  std::string_view account,
                                                  std::string_view plan_execution_id);

/// Whether a stored execution came of an event, or repeats one that did.
[[nodiscard]] Result<bool> has_executions(const lmdb::Transaction& txn, const StateDatabases& dbs,
                                          std::uint64_t event_sequence);

/// Numbers of the executions that are not final, oldest first, behind `after`, at most `limit`.
[[nodiscard]] Result<std::vector<ExecutionNumber>> list_active_executions(
    const lmdb::Transaction& txn, const StateDatabases& dbs, ExecutionNumber after,
    std::size_t limit);

/// Visits executions from the newest to the oldest until `visit` says false. `before` 0: from the
/// newest; else below that number. A damaged record is Errc::store_corrupt.
[[nodiscard]] ErrorCode for_each_execution(const lmdb::Transaction& txn, const StateDatabases& dbs,
                                           ExecutionNumber before,
                                           const std::function<bool(const Execution&)>& visit);

}  // namespace tripgate

// The nodes of executions in the state store, one record each.
#pragma once

#include <span>
#include <vector>

#include "engine/base/lmdb.h"
#include "engine/base/result.h"
#include "engine/journal/state_store.h"
#include "engine/status/execution.h"
#include "engine/status/node_state.h"

namespace tripgate {

/// A node to be stored. is_stage_level: from tripgate::is_stage_level, the same at every write.
struct NodeWrite {
  NodeState node;
  bool is_stage_level = false;
};

/// Writes the records of some nodes, new ones and changed ones.
[[nodiscard]] ErrorCode put_nodes(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                  ExecutionNumber execution, std::span<const NodeWrite> nodes);

/// Writes nodes of stage level.
[[nodiscard]] ErrorCode put_stage_nodes(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                        ExecutionNumber execution,
                                        std::span<const NodeState> nodes);

/// The nodes of an execution that `layoutNodeMap` shows, in the order of their numbers.
/// Errors: Errc::store_corrupt.
[[nodiscard]] Result<std::vector<NodeState>> load_stage_nodes(const lmdb::Transaction& txn,
                                                              const StateDatabases& dbs,
                                                              ExecutionNumber execution);

/// All nodes of an execution, in the order of their numbers. Errors: Errc::store_corrupt.
[[nodiscard]] Result<std::vector<NodeState>> load_nodes(const lmdb::Transaction& txn,
                                                        const StateDatabases& dbs,
                                                        ExecutionNumber execution);

}  // namespace tripgate

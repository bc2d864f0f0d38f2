// The nodes of executions in the state store, one record each.
#pragma once

#include <functional>
#include <span>
#include <string_view>
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

/// Writes the records of some nodes, new ones and changed ones. Those that wait for something
/// (NodeState::instance) are found by their execution id from then on.
[[nodiscard]] ErrorCode put_nodes(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                  ExecutionNumber execution, std::span<const NodeWrite> nodes);

/// Writes the nodes that an execution begins with: all from number 0 on.
[[nodiscard]] ErrorCode put_first_nodes(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
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

/// A step that waits, or did, for something outside of its run.
struct WaitingNode {
  ExecutionNumber execution = 0;
  NodeState node;
};

/// By the node's execution id. Errors: Errc::not_found, Errc::store_corrupt.
[[nodiscard]] Result<WaitingNode> find_waiting_node(const lmdb::Transaction& txn,
                                                    const StateDatabases& dbs,
                                                    std::string_view node_execution_id);

/// Visits the records of an execution's nodes as they are stored; with_all_nodes: not those of
/// stage level alone.
[[nodiscard]] ErrorCode for_each_node_record(const lmdb::Transaction& txn,
                                             const StateDatabases& dbs, ExecutionNumber execution,
                                             bool with_all_nodes,
                                             const std::function<void(std::string_view)>& visit);

}  // namespace tripgate

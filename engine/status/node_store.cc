// Keys put the nodes of stage level first, so that a list of executions reads those alone.
#include "engine/status/node_store.h"

#include <algorithm>

#include "engine/base/errc.h"
#include "engine/status/record_writer.h"

namespace tripgate {
namespace {

// The byte behind the execution number in a key.
constexpr char kStageLevel = 0;
constexpr char kBelow = 1;

/// Longer than any id; LMDB refuses keys above 511 bytes.
constexpr std::size_t kIdMax = 64;

std::string node_key(ExecutionNumber execution, char level, NodeNumber number) {
  return big_endian_key(execution) + level + big_endian_key(number);
}

/// Reads the nodes whose keys begin with `prefix`.
Result<std::vector<NodeState>> load_under(const lmdb::Transaction& txn, lmdb::Database database,
                                          std::string_view prefix) {
  auto cursor = lmdb::Cursor::open(txn, database);
  if (!cursor) return cursor.error();
  std::vector<NodeState> nodes;
  auto entry = cursor->seek(prefix);
  while (entry && *entry && (*entry)->key.starts_with(prefix)) {
    std::optional<NodeState> node = decode_node((*entry)->value);
    if (!node) return make_error_code(Errc::store_corrupt);
    nodes.push_back(std::move(*node));
    entry = cursor->next();
  }
  if (!entry) return entry.error();
  return nodes;
}

}  // namespace

ErrorCode put_nodes(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                    ExecutionNumber execution, std::span<const NodeWrite> nodes) {
  for (const NodeWrite& write : nodes) {
    const char level = write.is_stage_level ? kStageLevel : kBelow;
    const std::string key = node_key(execution, level, write.node.number);
    if (const ErrorCode error = txn.put(dbs.node, key, encode_node(write.node)); error) {
      return error;
    }
    if (write.node.instance.empty()) continue;
    // The value is the key of the node's record.
    if (const ErrorCode error = txn.put(dbs.waiting_node, write.node.execution_id, key); error) {
      return error;
    }
  }
  return {};
}

ErrorCode put_first_nodes(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                          ExecutionNumber execution, std::span<const NodeState> nodes) {
  for (const NodeState& node : nodes) {
    const NodeState* const parent = node.parent < nodes.size() ? &nodes[node.parent] : nullptr;
    const char level = is_stage_level(node, parent) ? kStageLevel : kBelow;
    const std::string key = node_key(execution, level, node.number);
    if (const ErrorCode error = txn.put(dbs.node, key, encode_node(node)); error) return error;
  }
  return {};
}

Result<std::vector<NodeState>> load_stage_nodes(const lmdb::Transaction& txn,
                                                const StateDatabases& dbs,
                                                ExecutionNumber execution) {
  return load_under(txn, dbs.node, big_endian_key(execution) + kStageLevel);
}

Result<std::vector<NodeState>> load_nodes(const lmdb::Transaction& txn, const StateDatabases& dbs,
                                          ExecutionNumber execution) {
  auto nodes = load_under(txn, dbs.node, big_endian_key(execution));
  if (!nodes) return nodes;
  std::sort(nodes->begin(), nodes->end(),
            [](const NodeState& a, const NodeState& b) { return a.number < b.number; });
  return nodes;
}

Result<WaitingNode> find_waiting_node(const lmdb::Transaction& txn, const StateDatabases& dbs,
                                      std::string_view node_execution_id) {
  const bool may_be_id = !node_execution_id.empty() && node_execution_id.size() <= kIdMax;
  if (!may_be_id) return make_error_code(Errc::not_found);
  const auto key = txn.load(dbs.waiting_node, node_execution_id);
  if (!key) return key.error();
  const auto bytes = txn.load(dbs.node, *key);
  if (!bytes || key->size() < sizeof(ExecutionNumber)) return make_error_code(Errc::store_corrupt);
  auto node = decode_node(*bytes);
  if (!node) return make_error_code(Errc::store_corrupt);
  return WaitingNode{read_big_endian<ExecutionNumber>(*key), std::move(*node)};
}

ErrorCode for_each_node_record(const lmdb::Transaction& txn, const StateDatabases& dbs,
                               ExecutionNumber execution, bool with_all_nodes,
                               const std::function<void(std::string_view)>& visit) {
  std::string prefix = big_endian_key(execution);
  if (!with_all_nodes) prefix += kStageLevel;
  return lmdb::for_each_with_prefix(txn, dbs.node, prefix,
                                    [&](std::string_view /*key*/, std::string_view bytes) {
                                      visit(bytes);
                                      return true;
                                    });
}

}  // namespace tripgate

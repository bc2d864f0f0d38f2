// The head goes first: an execution is there as a whole or not at all. The note that stays is what
// a start after a kill goes on from.
#include "engine/status/execution_removal.h"

#include <vector>

#include "engine/base/errc.h"
#include "engine/status/execution_list.h"
#include "engine/status/execution_store.h"
#include "engine/status/record_writer.h"

namespace tripgate {
namespace {

constexpr std::uint8_t kVersion = 1;

std::string encode_removal(const Execution& execution) {
  RecordWriter writer(kVersion);
  writer.put(execution.origin.event_sequence);
  writer.put_text(execution.plan_execution_id);
  return writer.take();
}

std::optional<RemovedExecution> decode_removal(const lmdb::Cursor::Entry& entry) {
  ByteReader reader(entry.value);
  const bool is_known = reader.get<std::uint8_t>() == kVersion;
  RemovedExecution removed;
  removed.event_sequence = reader.get<std::uint64_t>();
  removed.plan_execution_id = read_text(reader);
  if (!is_known || !reader.done() || entry.key.size() != sizeof(ExecutionNumber)) {
    return std::nullopt;
  }
  removed.number = read_big_endian<ExecutionNumber>(entry.key);
  return removed;
}

/// A run that is not over finds its children again by their records.
Result<bool> is_waited_for(const lmdb::Transaction& txn, const StateDatabases& dbs,
                           const Execution& execution) {
  if (execution.parent.execution == 0) return false;
  const Result<Execution> parent = load_execution(txn, dbs, execution.parent.execution);
  if (parent) return !is_final(parent->status);
  if (parent.error() == Errc::not_found) return false;
  return {boost::system::in_place_error, parent.error()};
}

/// Those that were never delivered; nobody is told of a run that is gone.
ErrorCode erase_notifications(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                              std::string_view execution_key) {
  std::vector<std::string> keys;
  const ErrorCode failed = lmdb::for_each_with_prefix(
      txn, dbs.notification, execution_key, [&](std::string_view key, std::string_view /*bytes*/) {
        keys.emplace_back(key);
        return true;
      });
  if (failed) return failed;
  for (const std::string& key : keys) {
    if (const auto erased = txn.erase(dbs.notification, key); !erased) return erased.error();
  }
  return {};
}

ErrorCode erase_head(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                     const Execution& execution) {
  const std::string key = big_endian_key(execution.number);
  for (const lmdb::Database database : {dbs.execution, dbs.execution_list, dbs.run_text}) {
    if (const auto erased = txn.erase(database, key); !erased) return erased.error();
  }
  if (const ErrorCode failed = erase_notifications(txn, dbs, key)) return failed;
  const std::string reference = big_endian_key(execution.origin.event_sequence) + key;
  if (const auto erased = txn.erase(dbs.event_execution, reference); !erased) return erased.error();
  const auto erased = txn.erase(dbs.execution_index, execution.plan_execution_id);
  return erased ? ErrorCode() : erased.error();
}

}  // namespace

Result<std::optional<ExecutionNumber>> find_due_execution(const lmdb::Transaction& txn,
                                                          const StateDatabases& dbs,
                                                          ExecutionNumber after,
                                                          UnixMs ended_before_ms) {
  auto cursor = lmdb::Cursor::open(txn, dbs.execution_list);
  if (!cursor) return cursor.error();
  auto entry = cursor->seek(big_endian_key(after + 1));
  for (; entry && *entry; entry = cursor->next()) {
    const auto listed = decode_listed((*entry)->value);
    if (!listed) return make_error_code(Errc::store_corrupt);
    // Younger ones follow: none of them can have ended before.
    if (listed->started_at_ms >= ended_before_ms) break;
    if (!is_final(listed->status)) continue;
    const auto number = read_big_endian<ExecutionNumber>((*entry)->key);
    const Result<Execution> execution = load_execution(txn, dbs, number);
    if (!execution) return execution.error();
    if (execution->ended_at_ms >= ended_before_ms) continue;
    const Result<bool> waited_for = is_waited_for(txn, dbs, *execution);
    if (!waited_for) return waited_for.error();
    if (!*waited_for) return std::optional(number);
  }
  if (!entry) return entry.error();
  return std::optional<ExecutionNumber>();
}

ErrorCode begin_removal(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                        ExecutionNumber number) {
  const Result<Execution> execution = load_execution(txn, dbs, number);
  if (!execution) return execution.error();
  if (!is_final(execution->status)) return make_error_code(Errc::invalid_transition);
  if (const ErrorCode failed = erase_head(txn, dbs, *execution)) return failed;
  return txn.put(dbs.removed_execution, big_endian_key(number), encode_removal(*execution));
}

Result<std::optional<RemovedExecution>> find_removal(const lmdb::Transaction& txn,
                                                     const StateDatabases& dbs,
                                                     ExecutionNumber after) {
  auto cursor = lmdb::Cursor::open(txn, dbs.removed_execution);
  if (!cursor) return cursor.error();
  const auto entry = cursor->seek(big_endian_key(after + 1));
  if (!entry) return entry.error();
  if (!*entry) return std::optional<RemovedExecution>();
  auto removed = decode_removal(**entry);
  if (!removed) return make_error_code(Errc::store_corrupt);
  return removed;
}

Result<std::size_t> erase_nodes(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                ExecutionNumber number, std::size_t limit) {
  std::vector<std::string> keys;
  std::vector<std::string> waiting;
  const ErrorCode failed = lmdb::for_each_with_prefix(
      txn, dbs.node, big_endian_key(number), [&](std::string_view key, std::string_view bytes) {
        keys.emplace_back(key);
        const auto node = decode_node(bytes);
        if (node && !node->instance.empty()) waiting.push_back(node->execution_id);
        return keys.size() < limit;
      });
  if (failed) return failed;
  for (const std::string& key : keys) {
    if (const auto erased = txn.erase(dbs.node, key); !erased) return erased.error();
  }
  for (const std::string& id : waiting) {
    if (const auto erased = txn.erase(dbs.waiting_node, id); !erased) return erased.error();
  }
  return keys.size();
}

ErrorCode end_removal(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                      ExecutionNumber number) {
  const auto erased = txn.erase(dbs.removed_execution, big_endian_key(number));
  return erased ? ErrorCode() : erased.error();
}

}  // namespace tripgate

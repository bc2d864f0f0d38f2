// Three databases hold executions: the record under its number, the number under the id that people
// know, and a mark for each execution that is not final, from which a start recovers.
#include "engine/status/execution_store.h"

#include <openssl/sha.h>

#include "engine/base/errc.h"
#include "engine/journal/state_schema.h"
#include "engine/status/execution_list.h"
#include "engine/status/node_store.h"
#include "engine/status/record_writer.h"

namespace tripgate {
namespace {

/// The next number of a counter, from 1.
Result<std::uint64_t> find_next(const lmdb::Transaction& txn, lmdb::Database database,
                                std::string_view key) {
  const auto next = state::load_number(txn, database, key);
  if (!next) return next.error();
  return *next == 0 ? 1 : *next;
}

/// The pipeline of an execution as a key. Four identifiers may be longer than a key, their hash is
/// not; no identifier holds a NUL.
std::string pipeline_key(const Execution& execution) {
  std::string text;
  for (const std::string* part :
       {&execution.account, &execution.org, &execution.project, &execution.pipeline}) {
    text += *part;
    text += '\0';
  }
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

/// Counts both numbers as taken.
ErrorCode put_next(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                   const Execution& execution, const ExecutionNumbers& taken) {
  const ErrorCode error =
      state::put_number(txn, dbs.meta, state::kNextExecutionKey, taken.number + 1);
  if (error) return error;
  return state::put_number(txn, dbs.run_sequence, pipeline_key(execution), taken.run_sequence + 1);
}

Result<Execution> decode(std::string_view bytes, ExecutionNumber number) {
  std::optional<Execution> execution = decode_execution(bytes);
  if (!execution || execution->number != number) return make_error_code(Errc::store_corrupt);
  return std::move(*execution);
}

}  // namespace

Result<ExecutionNumbers> next_numbers(const lmdb::Transaction& txn, const StateDatabases& dbs,
                                      const Execution& execution) {
  const auto number = find_next(txn, dbs.meta, state::kNextExecutionKey);
  if (!number) return number.error();
  const auto sequence = find_next(txn, dbs.run_sequence, pipeline_key(execution));
  if (!sequence) return sequence.error();
  return ExecutionNumbers{*number, *sequence};
}

ErrorCode create_execution(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                           Execution& execution, std::span<const NodeState> nodes) {
  const auto numbers = next_numbers(txn, dbs, execution);
  if (!numbers) return numbers.error();
  if (const ErrorCode error = put_next(txn, dbs, execution, *numbers); error) return error;
  execution.number = numbers->number;
  execution.run_sequence = numbers->run_sequence;
  const std::string key = big_endian_key(execution.number);
  if (const ErrorCode error = txn.append(dbs.execution, key, encode_execution(execution)); error) {
    return error;
  }
  if (const ErrorCode error = txn.insert(dbs.execution_index, execution.plan_execution_id, key);
      error) {
    return error;
  }
  if (const ErrorCode error = txn.append(dbs.active_execution, key, {}); error) return error;
  if (const ErrorCode error = put_listed(txn, dbs, execution); error) return error;
  if (execution.origin.event_sequence != 0) {
    const std::string reference = big_endian_key(execution.origin.event_sequence) + key;
    if (const ErrorCode error = txn.put(dbs.event_execution, reference, {}); error) return error;
  }
  return put_first_nodes(txn, dbs, execution.number, nodes);
}

ErrorCode save_execution(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                         const Execution& execution) {
  const Result<Execution> stored = load_execution(txn, dbs, execution.number);
  if (!stored) return stored.error();
  // One write may hold several moves, each of which the runner has held against its table.
  if (is_final(stored->status) && stored->status != execution.status) {
    return make_error_code(Errc::invalid_transition);
  }
  Execution record = execution;
  record.notes = stored->notes;
  record.lineage.retried_by = stored->lineage.retried_by;
  const std::string key = big_endian_key(execution.number);
  if (const ErrorCode error = txn.put(dbs.execution, key, encode_execution(record)); error) {
    return error;
  }
  if (stored->status != execution.status) {
    if (const ErrorCode error = put_listed(txn, dbs, execution); error) return error;
  }
  if (!is_final(execution.status)) return {};
  const auto erased = txn.erase(dbs.active_execution, key);
  return erased ? ErrorCode() : erased.error();
}

ErrorCode annotate_execution(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                             ExecutionNumber number,
                             const std::function<void(Execution&)>& annotate) {
  Result<Execution> stored = load_execution(txn, dbs, number);
  if (!stored) return stored.error();
  annotate(*stored);
  return txn.put(dbs.execution, big_endian_key(number), encode_execution(*stored));
}

Result<Execution> load_execution(const lmdb::Transaction& txn, const StateDatabases& dbs,
                                 ExecutionNumber number) {
  const auto bytes = txn.load(dbs.execution, big_endian_key(number));
  if (!bytes) return bytes.error();
  return decode(*bytes, number);
}

Result<Execution> find_execution(const lmdb::Transaction& txn, const StateDatabases& dbs,
                                 std::string_view plan_execution_id) {
  if (plan_execution_id.empty()) return make_error_code(Errc::not_found);
  const auto key = txn.load(dbs.execution_index, plan_execution_id.substr(0, 64));
  if (!key) return key.error();
  if (key->size() != sizeof(ExecutionNumber)) return make_error_code(Errc::store_corrupt);
  return load_execution(txn, dbs, read_big_endian<ExecutionNumber>(*key));
}

Result<Execution> find_execution_of(const lmdb::Transaction& txn, const StateDatabases& dbs,
                                    std::string_view account, std::string_view plan_execution_id) {
  Result<Execution> execution = find_execution(txn, dbs, plan_execution_id);
  if (execution && execution->account != account) return make_error_code(Errc::not_found);
  return execution;
}

Result<bool> has_executions(const lmdb::Transaction& txn, const StateDatabases& dbs,
                            std::uint64_t event_sequence) {
  bool has_any = false;
  const ErrorCode error =
      lmdb::for_each_with_prefix(txn, dbs.event_execution, big_endian_key(event_sequence),
                                 [&](std::string_view /*key*/, std::string_view /*value*/) {
                                   has_any = true;
                                   return false;
                                 });
  if (error) return {boost::system::in_place_error, error};
  return has_any;
}

Result<std::vector<ExecutionNumber>> list_active_executions(const lmdb::Transaction& txn,
                                                            const StateDatabases& dbs,
                                                            ExecutionNumber after,
                                                            std::size_t limit) {
  auto cursor = lmdb::Cursor::open(txn, dbs.active_execution);
  if (!cursor) return cursor.error();
  std::vector<ExecutionNumber> numbers;
  auto entry = cursor->seek(big_endian_key(after + 1));
  while (entry && *entry && numbers.size() < limit) {
    if ((*entry)->key.size() != sizeof(ExecutionNumber)) {
      return make_error_code(Errc::store_corrupt);
    }
    numbers.push_back(read_big_endian<ExecutionNumber>((*entry)->key));
    entry = cursor->next();
  }
  if (!entry) return entry.error();
  return numbers;
}

ErrorCode for_each_execution(const lmdb::Transaction& txn, const StateDatabases& dbs,
                             ExecutionNumber before,
                             const std::function<bool(const Execution&)>& visit) {
  auto cursor = lmdb::Cursor::open(txn, dbs.execution);
  if (!cursor) return cursor.error();
  auto entry = cursor->last();
  if (before != 0) {
    entry = cursor->seek(big_endian_key(before));
    if (entry) entry = *entry ? cursor->previous() : cursor->last();
  }
  while (entry && *entry) {
    if ((*entry)->key.size() != sizeof(ExecutionNumber))
      return make_error_code(Errc::store_corrupt);
    const auto execution = decode((*entry)->value, read_big_endian<ExecutionNumber>((*entry)->key));
    if (!execution) return execution.error();
    if (!visit(*execution)) return {};
    entry = cursor->previous();
  }
  return entry ? ErrorCode() : entry.error();
}

}  // namespace tripgate

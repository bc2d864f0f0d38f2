// Numbers in `meta` under names of their own.
#include "engine/match/dispatch_marks.h"

#include "engine/journal/state_schema.h"

namespace tripgate {
namespace {

// One more than the settle mark, for an absent number reads as 0.
constexpr std::string_view kStartKey = "dispatch_start";
constexpr std::string_view kSuspectKey = "dispatch_suspect";
constexpr std::string_view kAttemptsKey = "dispatch_attempts";

}  // namespace

Result<std::optional<EventSequence>> load_start_mark(const lmdb::Transaction& txn,
                                                     const StateDatabases& dbs) {
  const auto number = state::load_number(txn, dbs.meta, kStartKey);
  if (!number) return number.error();
  return *number == 0 ? std::nullopt : std::optional<EventSequence>(*number - 1);
}

ErrorCode put_start_mark(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                         EventSequence settled) {
  return state::put_number(txn, dbs.meta, kStartKey, settled + 1);
}

Result<DispatchAttempts> load_attempts(const lmdb::Transaction& txn, const StateDatabases& dbs) {
  const auto sequence = state::load_number(txn, dbs.meta, kSuspectKey);
  if (!sequence) return sequence.error();
  const auto count = state::load_number(txn, dbs.meta, kAttemptsKey);
  if (!count) return count.error();
  return DispatchAttempts{*sequence, static_cast<std::uint32_t>(*count)};
}

ErrorCode put_attempts(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                       DispatchAttempts attempts) {
  const ErrorCode error = state::put_number(txn, dbs.meta, kSuspectKey, attempts.sequence);
  return error ? error : state::put_number(txn, dbs.meta, kAttemptsKey, attempts.count);
}

}  // namespace tripgate

// What the dispatcher remembers between engines, so that an event which kills one is found out.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/base/lmdb.h"
#include "engine/base/result.h"
#include "engine/journal/journal.h"
#include "engine/journal/state_store.h"

namespace tripgate {

/// Attempts at one event that may be poison. Journaled before the attempt begins.
struct DispatchAttempts {
  EventSequence sequence = 0;  // 0: no event is suspected
  std::uint32_t count = 0;
};

/// Settle mark that the last engine started with; equal to ours, it made no progress at all.
/// Empty: there was no engine before.
[[nodiscard]] Result<std::optional<EventSequence>> load_start_mark(const lmdb::Transaction& txn,
                                                                   const StateDatabases& dbs);
[[nodiscard]] ErrorCode put_start_mark(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                       EventSequence settled);

[[nodiscard]] Result<DispatchAttempts> load_attempts(const lmdb::Transaction& txn,
                                                     const StateDatabases& dbs);
[[nodiscard]] ErrorCode put_attempts(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                     DispatchAttempts attempts);

}  // namespace tripgate

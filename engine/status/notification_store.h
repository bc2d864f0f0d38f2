// Notifications that are still to be delivered, kept with the turn of the run that they tell of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/lmdb.h"
#include "engine/base/result.h"
#include "engine/journal/state_store.h"
#include "engine/status/execution.h"
#include "engine/status/run_event.h"

namespace tripgate {

/// An event that a rule of its run wants to be told.
struct PendingNotification {
  ExecutionNumber execution = 0;
  std::string rule;  ///< Identifier.
  RunEvent event;
};

/// The bytes of a record; `decode` gives an equal notification back, save for the execution, which
/// is in the key.
[[nodiscard]] std::string encode_notification(const PendingNotification& notification);
[[nodiscard]] std::optional<PendingNotification> decode_notification(std::string_view bytes);

[[nodiscard]] ErrorCode put_notifications(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                          const std::vector<PendingNotification>& notifications);

/// Forgets one that was delivered or given up; no error if it is not there.
[[nodiscard]] ErrorCode erase_notification(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                           ExecutionNumber execution, std::string_view key);

/// All that are pending, oldest execution first. Errors: Errc::store_corrupt.
[[nodiscard]] Result<std::vector<PendingNotification>> load_notifications(
    const lmdb::Transaction& txn, const StateDatabases& dbs);

}  // namespace tripgate

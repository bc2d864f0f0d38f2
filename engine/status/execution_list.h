// What a list of executions chooses by, in one short record each: a list of ten thousand is read in
// a millisecond, where their heads would take twenty.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/lmdb.h"
#include "engine/base/result.h"
#include "engine/journal/state_store.h"
#include "engine/status/execution.h"

namespace tripgate {

/// A place of executions as a number: the first bytes of a SHA-256. Different places may share one.
using PlaceHash = std::uint64_t;

/// What is empty stands for everything below: an account, one of its organisations, and so on.
[[nodiscard]] PlaceHash place_hash(std::string_view account, std::string_view org = {},
                                   std::string_view project = {}, std::string_view pipeline = {});

struct ListedExecution {
  RunStatus status = RunStatus::queued;
  TriggerType trigger_type = TriggerType::webhook_custom;
  bool is_child = false;  ///< A stage of another execution started it.
  UnixMs started_at_ms = 0;
  PlaceHash account = 0;
  PlaceHash org = 0;
  PlaceHash project = 0;
  PlaceHash pipeline = 0;

  friend bool operator==(const ListedExecution&, const ListedExecution&) = default;
};

[[nodiscard]] std::string encode_listed(const ListedExecution& listed);

/// Empty when the bytes are damaged or of another version.
[[nodiscard]] std::optional<ListedExecution> decode_listed(std::string_view bytes);

/// Writes the record of a new execution, or of one whose status has changed.
[[nodiscard]] ErrorCode put_listed(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                   const Execution& execution);

/// Visits all executions until `visit` says false, the newest first unless oldest_first.
/// Errors: Errc::store_corrupt.
[[nodiscard]] ErrorCode for_each_listed(
    const lmdb::Transaction& txn, const StateDatabases& dbs, bool oldest_first,
    const std::function<bool(ExecutionNumber, const ListedExecution&)>& visit);

}  // namespace tripgate

// History rows: what became of an event, one row for each trigger that it reached.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/lmdb.h"
#include "engine/base/result.h"
#include "engine/journal/state_store.h"

namespace tripgate {

/// Values are stored: never renumber (triggers.md 3.1).
enum class FinalStatus : std::uint8_t {
  target_execution_requested = 1,
  no_enabled_custom_trigger_found = 2,
  no_matching_trigger_for_payload_conditions = 3,
  no_matching_trigger_for_header_conditions = 4,
  no_matching_trigger_for_jexl_conditions = 5,
  invalid_runtime_input_yaml = 6,
  exception_while_processing = 7,
};

/// "TARGET_EXECUTION_REQUESTED".
[[nodiscard]] std::string_view final_status_name(FinalStatus status);

/// "Target execution requested" (triggers.md 3.4).
[[nodiscard]] std::string_view friendly_text(FinalStatus status);

/// The trigger that a row is about; a row of a mismatch has none.
struct RowTrigger {
  std::uint64_t ref = 0;
  std::string org;
  std::string project;
  std::string pipeline;
  std::string identifier;

  friend bool operator==(const RowTrigger&, const RowTrigger&) = default;
};

/// The run that a row tells of, as it was when it was requested.
struct RowExecution {
  std::string plan_execution_id;
  std::uint64_t run_sequence = 0;
  UnixMs started_at_ms = 0;

  friend bool operator==(const RowExecution&, const RowExecution&) = default;
};

struct HistoryRow {
  std::uint64_t event_sequence = 0;
  std::uint32_t number = 0;  // counts the rows of the event from 0
  UnixMs created_at_ms = 0;
  std::string account;  // of the event
  FinalStatus status = FinalStatus::exception_while_processing;
  std::string message;
  std::optional<RowTrigger> trigger;
  std::optional<RowExecution> execution;
  std::optional<std::string> runtime_input;

  friend bool operator==(const HistoryRow&, const HistoryRow&) = default;
};

[[nodiscard]] std::string encode_history_row(const HistoryRow& row);

/// Empty when the bytes are damaged or of another version. The key holds event and number.
[[nodiscard]] std::optional<HistoryRow> decode_history_row(std::string_view key,
                                                           std::string_view bytes);

/// Writes a row and its entry in the trigger's activity.
[[nodiscard]] ErrorCode put_history_row(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                        const HistoryRow& row);

/// Writes a row into the activity of its trigger only: a mismatch, which is none of the event's
/// rows (triggers.md 3.2). Its number must not be that of a row of the event.
[[nodiscard]] ErrorCode put_activity_row(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                         const HistoryRow& row);

/// Erases up to `limit` rows of an event, with their entries in the activities of triggers; how
/// many it were. Errors: Errc::store_corrupt.
[[nodiscard]] Result<std::size_t> erase_history_rows(lmdb::WriteTransaction& txn,
                                                     const StateDatabases& dbs,
                                                     std::uint64_t event_sequence,
                                                     std::size_t limit);

/// Erases what put_activity_row wrote, if it is there.
[[nodiscard]] ErrorCode erase_activity_row(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                           std::uint64_t trigger_ref, std::uint64_t event_sequence,
                                           std::uint32_t number);

/// All rows of an event in order; none if it is not settled.
[[nodiscard]] Result<std::vector<HistoryRow>> load_history_rows(const lmdb::Transaction& txn,
                                                                const StateDatabases& dbs,
                                                                std::uint64_t event_sequence);

/// Events in the activity of a trigger behind `after`, oldest first, each once; at most `limit`.
[[nodiscard]] Result<std::vector<std::uint64_t>> list_trigger_events(const lmdb::Transaction& txn,
                                                                     const StateDatabases& dbs,
                                                                     std::uint64_t trigger_ref,
                                                                     std::uint64_t after,
                                                                     std::size_t limit);

/// One page of a trigger's rows, newest first, and how many there are in all.
struct HistoryPage {
  std::vector<HistoryRow> rows;
  std::uint64_t total = 0;
};
[[nodiscard]] Result<HistoryPage> load_trigger_history(const lmdb::Transaction& txn,
                                                       const StateDatabases& dbs,
                                                       std::uint64_t trigger_ref, std::size_t page,
                                                       std::size_t size);

}  // namespace tripgate

// Rows lie under (event, row number), so that an event's rows are neighbours; the activity of a
// trigger is a second database of keys only.
#include "engine/status/history.h"

#include <algorithm>

#include "engine/base/errc.h"
#include "engine/status/record_writer.h"

namespace tripgate {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kRowKeySize = sizeof(std::uint64_t) + sizeof(std::uint32_t);

enum Part : std::uint8_t { has_trigger = 1, has_execution = 2, has_runtime_input = 4 };

std::string row_key(std::uint64_t event_sequence, std::uint32_t number) {
  return big_endian_key(event_sequence) + big_endian_key(number);
}

struct StatusNames {
  std::string_view name;
  std::string_view friendly;
};

constexpr std::array<StatusNames, 8> kStatusNames = {{
    {"", "Unknown status"},
    {"TARGET_EXECUTION_REQUESTED", "Target execution requested"},
    {"NO_ENABLED_CUSTOM_TRIGGER_FOUND", "No enabled custom trigger found"},
    {"NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS", "No matching trigger for payload conditions"},
    {"NO_MATCHING_TRIGGER_FOR_HEADER_CONDITIONS", "No matching trigger for header conditions"},
    {"NO_MATCHING_TRIGGER_FOR_JEXL_CONDITIONS", "No matching trigger for jexl conditions"},
    {"INVALID_RUNTIME_INPUT_YAML", "Invalid runtime input yaml"},
    {"EXCEPTION_WHILE_PROCESSING", "Exception while processing"},
}};

RowTrigger read_trigger(ByteReader& reader) {
  RowTrigger trigger;
  trigger.ref = reader.get<std::uint64_t>();
  for (std::string* text :
       {&trigger.org, &trigger.project, &trigger.pipeline, &trigger.identifier}) {
    *text = read_text(reader);
  }
  return trigger;
}

RowExecution read_execution(ByteReader& reader) {
  RowExecution execution;
  execution.plan_execution_id = read_text(reader);
  execution.run_sequence = reader.get<std::uint64_t>();
  execution.started_at_ms = static_cast<UnixMs>(reader.get<std::uint64_t>());
  return execution;
}

/// own: what the activity's entry holds, empty if the row is one of the event's.
Result<HistoryRow> load_row(const lmdb::Transaction& txn, const StateDatabases& dbs,
                            std::string_view key, std::string_view own) {
  const auto bytes = own.empty() ? txn.load(dbs.history, key) : Result<std::string_view>(own);
  if (!bytes) return bytes.error();
  std::optional<HistoryRow> row = decode_history_row(key, *bytes);
  if (!row) return make_error_code(Errc::store_corrupt);
  return std::move(*row);
}

/// Stands on the last entry of a prefix, if there is one.
Result<std::optional<lmdb::Cursor::Entry>> seek_last(lmdb::Cursor& cursor,
                                                     std::uint64_t trigger_ref) {
  const auto behind = cursor.seek(big_endian_key(trigger_ref + 1));
  if (!behind) return behind.error();
  return *behind ? cursor.previous() : cursor.last();
}

}  // namespace

std::string_view final_status_name(FinalStatus status) {
  return kStatusNames[static_cast<std::size_t>(status)].name;
}

std::string_view friendly_text(FinalStatus status) {
  return kStatusNames[static_cast<std::size_t>(status)].friendly;
}

std::string encode_history_row(const HistoryRow& row) {
  RecordWriter writer(kVersion);
  writer.put(static_cast<std::uint8_t>(row.status));
  writer.put(static_cast<std::uint8_t>((row.trigger ? has_trigger : 0) |
                                       (row.execution ? has_execution : 0) |
                                       (row.runtime_input ? has_runtime_input : 0)));
  writer.put(static_cast<std::uint64_t>(row.created_at_ms));
  writer.put_text(row.account);
  writer.put_text(row.message);
  if (row.trigger) {
    writer.put(row.trigger->ref);
    writer.put_text(row.trigger->org);
    writer.put_text(row.trigger->project);
    writer.put_text(row.trigger->pipeline);
    writer.put_text(row.trigger->identifier);
  }
  if (row.execution) {
    writer.put_text(row.execution->plan_execution_id);
    writer.put(row.execution->run_sequence);
    writer.put(static_cast<std::uint64_t>(row.execution->started_at_ms));
  }
  if (row.runtime_input) writer.put_text(*row.runtime_input);
  return writer.take();
}

std::optional<HistoryRow> decode_history_row(std::string_view key, std::string_view bytes) {
  ByteReader reader(bytes);
  if (key.size() != kRowKeySize || reader.get<std::uint8_t>() != kVersion) return std::nullopt;
  HistoryRow row;
  row.event_sequence = read_big_endian<std::uint64_t>(key);
  row.number = read_big_endian<std::uint32_t>(key.substr(sizeof(std::uint64_t)));
  const auto status = reader.get<std::uint8_t>();
  if (status == 0 || status >= kStatusNames.size()) return std::nullopt;
  row.status = static_cast<FinalStatus>(status);
  const auto parts = reader.get<std::uint8_t>();
  row.created_at_ms = static_cast<UnixMs>(reader.get<std::uint64_t>());
  row.account = read_text(reader);
  row.message = read_text(reader);
  if ((parts & has_trigger) != 0) row.trigger = read_trigger(reader);
  if ((parts & has_execution) != 0) row.execution = read_execution(reader);
  if ((parts & has_runtime_input) != 0) row.runtime_input = read_text(reader);
  if (!reader.done()) return std::nullopt;
  return row;
}

ErrorCode put_history_row(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                          const HistoryRow& row) {
  const std::string key = row_key(row.event_sequence, row.number);
  if (const ErrorCode error = txn.append(dbs.history, key, encode_history_row(row)); error) {
    return error;
  }
  if (!row.trigger) return {};
  return txn.put(dbs.trigger_history, big_endian_key(row.trigger->ref) + key, {});
}

ErrorCode put_activity_row(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                           const HistoryRow& row) {
  return txn.put(dbs.trigger_history,
                 big_endian_key(row.trigger->ref) + row_key(row.event_sequence, row.number),
                 encode_history_row(row));
}

Result<std::size_t> erase_history_rows(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                       std::uint64_t event_sequence, std::size_t limit) {
  auto rows = load_history_rows(txn, dbs, event_sequence);
  if (!rows) return rows.error();
  rows->resize(std::min(rows->size(), limit));
  for (const HistoryRow& row : *rows) {
    const std::string key = row_key(row.event_sequence, row.number);
    if (const auto erased = txn.erase(dbs.history, key); !erased) return erased.error();
    if (!row.trigger) continue;
    const ErrorCode failed =
        erase_activity_row(txn, dbs, row.trigger->ref, row.event_sequence, row.number);
    if (failed) return failed;
  }
  return rows->size();
}

ErrorCode erase_activity_row(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                             std::uint64_t trigger_ref, std::uint64_t event_sequence,
                             std::uint32_t number) {
  const auto erased =
      txn.erase(dbs.trigger_history, big_endian_key(trigger_ref) + row_key(event_sequence, number));
  return erased ? ErrorCode() : erased.error();
}

Result<std::vector<HistoryRow>> load_history_rows(const lmdb::Transaction& txn,
                                                  const StateDatabases& dbs,
                                                  std::uint64_t event_sequence) {
  std::vector<HistoryRow> rows;
  bool is_damaged = false;
  const ErrorCode error =
      lmdb::for_each_with_prefix(txn, dbs.history, big_endian_key(event_sequence),
                                 [&](std::string_view key, std::string_view bytes) {
                                   std::optional<HistoryRow> row = decode_history_row(key, bytes);
                                   is_damaged = !row;
                                   if (row) rows.push_back(std::move(*row));
                                   return !is_damaged;
                                 });
  if (error) return error;
  if (is_damaged) return make_error_code(Errc::store_corrupt);
  return rows;
}

Result<std::vector<std::uint64_t>> list_trigger_events(const lmdb::Transaction& txn,
                                                       const StateDatabases& dbs,
                                                       std::uint64_t trigger_ref,
                                                       std::uint64_t after, std::size_t limit) {
  auto cursor = lmdb::Cursor::open(txn, dbs.trigger_history);
  if (!cursor) return cursor.error();
  const std::string prefix = big_endian_key(trigger_ref);
  std::vector<std::uint64_t> events;
  auto entry = cursor->seek(prefix + big_endian_key(after + 1));
  while (entry && *entry && (*entry)->key.starts_with(prefix) && events.size() < limit) {
    const std::string_view rest = (*entry)->key.substr(prefix.size());
    if (rest.size() < sizeof(std::uint64_t)) return make_error_code(Errc::store_corrupt);
    const auto event = read_big_endian<std::uint64_t>(rest);
    if (events.empty() || events.back() != event) events.push_back(event);
    entry = cursor->next();
  }
  if (!entry) return entry.error();
  return events;
}

Result<HistoryPage> load_trigger_history(const lmdb::Transaction& txn, const StateDatabases& dbs,
                                         std::uint64_t trigger_ref, std::size_t page,
                                         std::size_t size) {
  auto cursor = lmdb::Cursor::open(txn, dbs.trigger_history);
  if (!cursor) return cursor.error();
  const std::string prefix = big_endian_key(trigger_ref);
  HistoryPage found;
  auto entry = seek_last(*cursor, trigger_ref);
  while (entry && *entry && (*entry)->key.starts_with(prefix)) {
    if (found.total / size == page) {
      Result<HistoryRow> row =
          load_row(txn, dbs, (*entry)->key.substr(prefix.size()), (*entry)->value);
      if (!row) return row.error();
      found.rows.push_back(std::move(*row));
    }
    ++found.total;
    entry = cursor->previous();
  }
  if (!entry) return entry.error();
  return found;
}

}  // namespace tripgate

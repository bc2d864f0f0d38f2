// Keys begin with the execution, so that what one run has to say stands together.
#include "engine/status/notification_store.h"

#include "engine/base/errc.h"
#include "engine/status/record_writer.h"

namespace tripgate {
namespace {

constexpr std::uint8_t kVersion = 2;

std::string record_key(ExecutionNumber execution, std::string_view key) {
  return big_endian_key(execution) + std::string(key);
}

/// Numbers and times are never negative.
void put_number(RecordWriter& record, std::int64_t number) {
  record.put(static_cast<std::uint64_t>(number));
}

std::int64_t get_number(ByteReader& reader) {
  return static_cast<std::int64_t>(reader.get<std::uint64_t>());
}

void put_node(RecordWriter& record, const std::optional<EventNode>& node) {
  record.put(static_cast<std::uint8_t>(node ? 1 : 0));
  if (!node) return;
  record.put_text(node->identifier);
  record.put_text(node->name);
  record.put_text(node->status);
  record.put_text(node->failure);
  put_number(record, node->start_ms);
  put_number(record, node->end_ms);
}

std::optional<EventNode> get_node(ByteReader& reader) {
  if (reader.get<std::uint8_t>() == 0) return std::nullopt;
  EventNode node;
  node.identifier = read_text(reader);
  node.name = read_text(reader);
  node.status = read_text(reader);
  node.failure = read_text(reader);
  node.start_ms = get_number(reader);
  node.end_ms = get_number(reader);
  return node;
}

}  // namespace

std::string encode_notification(const PendingNotification& notification) {
  const RunEvent& event = notification.event;
  RecordWriter record(kVersion);
  record.put_text(notification.rule);
  record.put(static_cast<std::uint8_t>(event.type));
  for (const std::string* text :
       {&event.node_id, &event.account, &event.org, &event.project, &event.pipeline,
        &event.pipeline_name, &event.execution_id, &event.status, &event.url, &event.trigger_type,
        &event.triggered_by}) {
    record.put_text(*text);
  }
  put_number(record, event.at_ms);
  put_number(record, event.run_sequence);
  put_number(record, event.start_ms);
  put_number(record, event.end_ms);
  put_node(record, event.stage);
  put_node(record, event.step);
  return record.take();
}

std::optional<PendingNotification> decode_notification(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.get<std::uint8_t>() != kVersion) return std::nullopt;
  PendingNotification notification;
  RunEvent& event = notification.event;
  notification.rule = read_text(reader);
  const auto type = reader.get<std::uint8_t>();
  for (std::string* text : {&event.node_id, &event.account, &event.org, &event.project,
                            &event.pipeline, &event.pipeline_name, &event.execution_id,
                            &event.status, &event.url, &event.trigger_type, &event.triggered_by}) {
    *text = read_text(reader);
  }
  event.at_ms = get_number(reader);
  event.run_sequence = get_number(reader);
  event.start_ms = get_number(reader);
  event.end_ms = get_number(reader);
  event.stage = get_node(reader);
  event.step = get_node(reader);
  if (!reader.done() || type > static_cast<std::uint8_t>(kLastRunEventType)) return {};
  event.type = static_cast<RunEventType>(type);
  return notification;
}

ErrorCode put_notifications(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                            const std::vector<PendingNotification>& notifications) {
  for (const PendingNotification& notification : notifications) {
    const std::string key =
        record_key(notification.execution, notification_key(notification.event, notification.rule));
    const ErrorCode error = txn.put(dbs.notification, key, encode_notification(notification));
    if (error) return error;
  }
  return {};
}

ErrorCode erase_notification(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                             ExecutionNumber execution, std::string_view key) {
  const auto erased = txn.erase(dbs.notification, record_key(execution, key));
  return erased ? ErrorCode() : erased.error();
}

Result<std::vector<PendingNotification>> load_notifications(const lmdb::Transaction& txn,
                                                            const StateDatabases& dbs) {
  auto cursor = lmdb::Cursor::open(txn, dbs.notification);
  if (!cursor) return cursor.error();
  std::vector<PendingNotification> pending;
  auto entry = cursor->seek(big_endian_key(ExecutionNumber{0}));
  while (entry && *entry) {
    auto notification = decode_notification((*entry)->value);
    if (!notification || (*entry)->key.size() <= sizeof(ExecutionNumber)) {
      return make_error_code(Errc::store_corrupt);
    }
    notification->execution = read_big_endian<ExecutionNumber>((*entry)->key);
    pending.push_back(std::move(*notification));
    entry = cursor->next();
  }
  if (!entry) return entry.error();
  return pending;
}

}  // namespace tripgate

// The record of an execution, field by field in the order of status_records.md.
#include "engine/status/execution.h"

#include <array>

#include "engine/status/record_writer.h"

namespace tripgate {
namespace {

constexpr std::uint8_t kVersion = 3;

enum Flag : std::uint8_t { kIsPausing = 1, kAllowsStageSelection = 2 };

RunStatus read_status(ByteReader& reader, bool& is_sane) {
  const auto number = reader.get<std::uint8_t>();
  if (number < kRunStatusCount) return static_cast<RunStatus>(number);
  is_sane = false;
  return RunStatus::errored;
}

void put_time(RecordWriter& writer, UnixMs time) {
  writer.put(static_cast<std::uint64_t>(time));
}

UnixMs read_time(ByteReader& reader) {
  return static_cast<UnixMs>(reader.get<std::uint64_t>());
}

void put_origin(RecordWriter& writer, const ExecutionOrigin& origin) {
  writer.put(static_cast<std::uint8_t>(origin.type));
  writer.put(origin.event_sequence);
  for (const std::string* text : {&origin.event_id, &origin.trigger, &origin.trigger_name,
                                  &origin.principal_username, &origin.principal_email}) {
    writer.put_text(*text);
  }
}

TriggerType read_type(ByteReader& reader, bool& is_sane) {
  const auto type = reader.get<std::uint8_t>();
  is_sane = is_sane && type <= static_cast<std::uint8_t>(TriggerType::manual);
  return static_cast<TriggerType>(type);
}

ExecutionOrigin read_origin(ByteReader& reader, bool& is_sane) {
  ExecutionOrigin origin;
  origin.type = read_type(reader, is_sane);
  origin.event_sequence = reader.get<std::uint64_t>();
  for (std::string* text : {&origin.event_id, &origin.trigger, &origin.trigger_name,
                            &origin.principal_username, &origin.principal_email}) {
    *text = read_text(reader);
  }
  return origin;
}

// One list of members serves both directions.
template <class Owner>
auto texts_of_lineage(Owner& lineage) {
  return std::array{&lineage.rerun_of, &lineage.rerun_root, &lineage.retry_of, &lineage.retry_root,
                    &lineage.retried_by};
}

template <class Owner>
auto texts_of_parent(Owner& parent) {
  return std::array{&parent.plan_execution_id, &parent.stage_node_id, &parent.pipeline, &parent.org,
                    &parent.project};
}

void put_relatives(RecordWriter& writer, const Execution& execution) {
  for (const std::string* text : texts_of_lineage(execution.lineage)) writer.put_text(*text);
  writer.put(static_cast<std::uint8_t>(execution.lineage.rerun_of_type));
  writer.put(static_cast<std::uint8_t>(execution.lineage.rerun_root_type));
  writer.put(execution.parent.execution);
  writer.put(execution.parent.run_sequence);
  for (const std::string* text : texts_of_parent(execution.parent)) writer.put_text(*text);
}

void read_relatives(ByteReader& reader, Execution& execution, bool& is_sane) {
  for (std::string* text : texts_of_lineage(execution.lineage)) *text = read_text(reader);
  execution.lineage.rerun_of_type = read_type(reader, is_sane);
  execution.lineage.rerun_root_type = read_type(reader, is_sane);
  execution.parent.execution = reader.get<std::uint64_t>();
  execution.parent.run_sequence = reader.get<std::uint64_t>();
  for (std::string* text : texts_of_parent(execution.parent)) *text = read_text(reader);
}

void put_control(RecordWriter& writer, const Execution& execution) {
  unsigned flags = 0;
  if (execution.is_pausing) flags |= kIsPausing;
  if (execution.allows_stage_selection) flags |= kAllowsStageSelection;
  writer.put(static_cast<std::uint8_t>(flags));
  put_time(writer, execution.expires_at_ms);
  put_time(writer, execution.abortion.at_ms);
  writer.put_text(execution.abortion.username);
  writer.put_text(execution.abortion.email);
  writer.put(static_cast<std::uint32_t>(execution.selected_stages.size()));
  for (const std::string& stage : execution.selected_stages) writer.put_text(stage);
}

void read_control(ByteReader& reader, Execution& execution) {
  const auto flags = reader.get<std::uint8_t>();
  execution.is_pausing = (flags & kIsPausing) != 0;
  execution.allows_stage_selection = (flags & kAllowsStageSelection) != 0;
  execution.expires_at_ms = read_time(reader);
  execution.abortion.at_ms = read_time(reader);
  execution.abortion.username = read_text(reader);
  execution.abortion.email = read_text(reader);
  const auto count = reader.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    execution.selected_stages.push_back(read_text(reader));
  }
}

}  // namespace

std::string_view engine_name(TriggerType type) {
  return type == TriggerType::manual ? "MANUAL" : "WEBHOOK_CUSTOM";
}

std::string encode_execution(const Execution& execution) {
  RecordWriter writer(kVersion);
  writer.put(execution.number);
  for (const std::string* text : {&execution.plan_execution_id, &execution.account, &execution.org,
                                  &execution.project, &execution.pipeline, &execution.pipeline_name,
                                  &execution.failure.message, &execution.notes}) {
    writer.put_text(*text);
  }
  writer.put(execution.failure.types.bits());
  writer.put(execution.pipeline_version);
  writer.put(execution.run_sequence);
  writer.put(static_cast<std::uint8_t>(execution.status));
  put_time(writer, execution.created_at_ms);
  put_time(writer, execution.started_at_ms);
  put_time(writer, execution.ended_at_ms);
  put_origin(writer, execution.origin);
  writer.put(static_cast<std::uint32_t>(execution.tags.size()));
  for (const auto& [key, value] : execution.tags) {
    writer.put_text(key);
    writer.put_text(value);
  }
  put_relatives(writer, execution);
  put_control(writer, execution);
  return writer.take();
}

std::optional<Execution> decode_execution(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.get<std::uint8_t>() != kVersion) return std::nullopt;
  bool is_sane = true;
  Execution execution;
  execution.number = reader.get<std::uint64_t>();
  for (std::string* text : {&execution.plan_execution_id, &execution.account, &execution.org,
                            &execution.project, &execution.pipeline, &execution.pipeline_name,
                            &execution.failure.message, &execution.notes}) {
    *text = read_text(reader);
  }
  execution.failure.types = FailureTypes::from_bits(reader.get<std::uint16_t>());
  execution.pipeline_version = reader.get<std::uint64_t>();
  execution.run_sequence = reader.get<std::uint64_t>();
  execution.status = read_status(reader, is_sane);
  execution.created_at_ms = read_time(reader);
  execution.started_at_ms = read_time(reader);
  execution.ended_at_ms = read_time(reader);
  execution.origin = read_origin(reader, is_sane);
  // The counts are not trusted: each round needs bytes, so damage ends the loop.
  const auto tag_count = reader.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < tag_count && reader.ok(); ++i) {
    std::string key = read_text(reader);
    execution.tags.emplace_back(std::move(key), read_text(reader));
  }
  read_relatives(reader, execution, is_sane);
  read_control(reader, execution);
  if (!reader.done() || !is_sane) return std::nullopt;
  return execution;
}

}  // namespace tripgate

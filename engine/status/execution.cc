// The record of an execution, field by field in the order of status_records.md.
#include "engine/status/execution.h"

#include "engine/status/record_writer.h"

namespace tripgate {
namespace {

constexpr std::uint8_t kVersion = 1;

// Outcome of a condition as a byte.
constexpr std::uint8_t kNotEvaluated = 2;

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

void put_node(RecordWriter& writer, const NodeState& node) {
  for (const std::string* text :
       {&node.identifier, &node.name, &node.type, &node.setup_id, &node.execution_id}) {
    writer.put_text(*text);
  }
  writer.put(static_cast<std::uint8_t>(node.status));
  put_time(writer, node.started_at_ms);
  put_time(writer, node.ended_at_ms);
  const auto& met = node.was_condition_met;
  writer.put(met ? static_cast<std::uint8_t>(*met) : kNotEvaluated);
  writer.put_text(node.failure_message);
}

NodeState read_node(ByteReader& reader, bool& is_sane) {
  NodeState node;
  for (std::string* text :
       {&node.identifier, &node.name, &node.type, &node.setup_id, &node.execution_id}) {
    *text = read_text(reader);
  }
  node.status = read_status(reader, is_sane);
  node.started_at_ms = read_time(reader);
  node.ended_at_ms = read_time(reader);
  if (const auto met = reader.get<std::uint8_t>(); met != kNotEvaluated) {
    node.was_condition_met = met != 0;
  }
  node.failure_message = read_text(reader);
  return node;
}

StageState read_stage(ByteReader& reader, bool& is_sane) {
  StageState stage{read_node(reader, is_sane), {}};
  const auto count = reader.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    NodeState node = read_node(reader, is_sane);
    stage.steps.push_back({std::move(node), reader.get<std::uint32_t>()});
  }
  return stage;
}

void put_origin(RecordWriter& writer, const ExecutionOrigin& origin) {
  writer.put(origin.event_sequence);
  for (const std::string* text : {&origin.event_id, &origin.trigger, &origin.trigger_name,
                                  &origin.principal_username, &origin.principal_email}) {
    writer.put_text(*text);
  }
}

ExecutionOrigin read_origin(ByteReader& reader) {
  ExecutionOrigin origin;
  origin.event_sequence = reader.get<std::uint64_t>();
  for (std::string* text : {&origin.event_id, &origin.trigger, &origin.trigger_name,
                            &origin.principal_username, &origin.principal_email}) {
    *text = read_text(reader);
  }
  return origin;
}

}  // namespace

std::string encode_execution(const Execution& execution) {
  RecordWriter writer(kVersion);
  writer.put(execution.number);
  for (const std::string* text :
       {&execution.plan_execution_id, &execution.account, &execution.org, &execution.project,
        &execution.pipeline, &execution.pipeline_name, &execution.failure_message}) {
    writer.put_text(*text);
  }
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
  writer.put(static_cast<std::uint32_t>(execution.stages.size()));
  for (const StageState& stage : execution.stages) {
    put_node(writer, stage.node);
    writer.put(static_cast<std::uint32_t>(stage.steps.size()));
    for (const StepState& step : stage.steps) {
      put_node(writer, step.node);
      writer.put(step.attempt_count);
    }
  }
  return writer.take();
}

std::optional<Execution> decode_execution(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.get<std::uint8_t>() != kVersion) return std::nullopt;
  bool is_sane = true;
  Execution execution;
  execution.number = reader.get<std::uint64_t>();
  for (std::string* text :
       {&execution.plan_execution_id, &execution.account, &execution.org, &execution.project,
        &execution.pipeline, &execution.pipeline_name, &execution.failure_message}) {
    *text = read_text(reader);
  }
  execution.pipeline_version = reader.get<std::uint64_t>();
  execution.run_sequence = reader.get<std::uint64_t>();
  execution.status = read_status(reader, is_sane);
  execution.created_at_ms = read_time(reader);
  execution.started_at_ms = read_time(reader);
  execution.ended_at_ms = read_time(reader);
  execution.origin = read_origin(reader);
  // The counts are not trusted: each round needs bytes, so damage ends the loop.
  const auto tag_count = reader.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < tag_count && reader.ok(); ++i) {
    std::string key = read_text(reader);
    execution.tags.emplace_back(std::move(key), read_text(reader));
  }
  const auto stage_count = reader.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < stage_count && reader.ok(); ++i) {
    execution.stages.push_back(read_stage(reader, is_sane));
  }
  if (!reader.done() || !is_sane) return std::nullopt;
  return execution;
}

}  // namespace tripgate

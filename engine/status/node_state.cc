// The record of a node, field by field in the order of status_records.md.
#include "engine/status/node_state.h"

#include "engine/status/record_writer.h"

namespace tripgate {
namespace {

constexpr std::uint8_t kVersion = 3;

enum Flag : std::uint8_t {
  kIsLoop = 1,
  kIsRollback = 2,
  kIsOldRetry = 4,
  kIsIdentity = 8,
  kHasRunInfo = 16,
  kHasIteration = 32,
  kHasBarrier = 64,
  kAsksForInput = 128,
};

std::uint8_t flags_of(const NodeState& node) {
  unsigned flags = 0;
  if (node.is_loop) flags |= kIsLoop;
  if (node.is_rollback) flags |= kIsRollback;
  if (node.is_old_retry) flags |= kIsOldRetry;
  if (node.is_identity) flags |= kIsIdentity;
  if (node.run_info) flags |= kHasRunInfo;
  if (node.iteration) flags |= kHasIteration;
  if (node.has_barrier) flags |= kHasBarrier;
  if (node.asks_for_input) flags |= kAsksForInput;
  return static_cast<std::uint8_t>(flags);
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

void put_pairs(RecordWriter& writer, const Pairs& pairs) {
  writer.put(static_cast<std::uint32_t>(pairs.size()));
  for (const auto& [key, value] : pairs) {
    writer.put_text(key);
    writer.put_text(value);
  }
}

// No count is trusted: each round needs bytes, so damage ends the loop.
template <class Read>
void read_list(ByteReader& reader, Read read_one) {
  const auto count = reader.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) read_one();
}

Pairs read_pairs(ByteReader& reader) {
  Pairs pairs;
  read_list(reader, [&] {
    std::string key = read_text(reader);
    pairs.emplace_back(std::move(key), read_text(reader));
  });
  return pairs;
}

void put_run_info(RecordWriter& writer, const NodeRunInfo& info) {
  writer.put_text(info.condition);
  writer.put(static_cast<std::uint8_t>(info.is_met));
  writer.put(static_cast<std::uint32_t>(info.expressions.size()));
  for (const NodeRunInfo::Expression& expression : info.expressions) {
    writer.put_text(expression.text);
    writer.put_text(expression.value);
    writer.put(expression.count);
  }
}

NodeRunInfo read_run_info(ByteReader& reader) {
  NodeRunInfo info;
  info.condition = read_text(reader);
  info.is_met = reader.get<std::uint8_t>() != 0;
  read_list(reader, [&] {
    NodeRunInfo::Expression expression;
    expression.text = read_text(reader);
    expression.value = read_text(reader);
    expression.count = reader.get<std::uint32_t>();
    info.expressions.push_back(std::move(expression));
  });
  return info;
}

void put_iteration(RecordWriter& writer, const Iteration& iteration) {
  writer.put(iteration.index);
  writer.put(iteration.total);
  writer.put_text(iteration.postfix);
  writer.put(static_cast<std::uint32_t>(iteration.combination.size()));
  for (const std::uint32_t index : iteration.combination) writer.put(index);
  put_pairs(writer, iteration.values);
  writer.put(static_cast<std::uint8_t>(iteration.item.has_value()));
  if (iteration.item) writer.put_text(*iteration.item);
  writer.put(static_cast<std::uint32_t>(iteration.partition.size()));
  for (const std::string& item : iteration.partition) writer.put_text(item);
}

Iteration read_iteration(ByteReader& reader) {
  Iteration iteration;
  iteration.index = reader.get<std::uint32_t>();
  iteration.total = reader.get<std::uint32_t>();
  iteration.postfix = read_text(reader);
  read_list(reader, [&] { iteration.combination.push_back(reader.get<std::uint32_t>()); });
  iteration.values = read_pairs(reader);
  if (reader.get<std::uint8_t>() != 0) iteration.item = read_text(reader);
  read_list(reader, [&] { iteration.partition.push_back(read_text(reader)); });
  return iteration;
}

void put_interrupts(RecordWriter& writer, const std::vector<InterruptMark>& interrupts) {
  writer.put(static_cast<std::uint32_t>(interrupts.size()));
  for (const InterruptMark& mark : interrupts) {
    writer.put_text(mark.id);
    writer.put_text(mark.type);
    writer.put_text(mark.issuer);
    writer.put(static_cast<std::uint64_t>(mark.took_effect_at_ms));
  }
}

UnixMs read_time(ByteReader& reader) {
  return static_cast<UnixMs>(reader.get<std::uint64_t>());
}

std::vector<InterruptMark> read_interrupts(ByteReader& reader) {
  std::vector<InterruptMark> interrupts;
  read_list(reader, [&] {
    InterruptMark mark;
    mark.id = read_text(reader);
    mark.type = read_text(reader);
    mark.issuer = read_text(reader);
    mark.took_effect_at_ms = read_time(reader);
    interrupts.push_back(std::move(mark));
  });
  return interrupts;
}

RunStatus read_status(ByteReader& reader, bool& is_sane) {
  const auto number = reader.get<std::uint8_t>();
  if (number < kRunStatusCount) return static_cast<RunStatus>(number);
  is_sane = false;
  return RunStatus::errored;
}

plan::NodeKind read_kind(ByteReader& reader, bool& is_sane) {
  const auto number = reader.get<std::uint8_t>();
  if (number <= static_cast<std::uint8_t>(plan::NodeKind::step)) {
    return static_cast<plan::NodeKind>(number);
  }
  is_sane = false;
  return plan::NodeKind::step;
}

Pending read_pending(ByteReader& reader, bool& is_sane) {
  const auto number = reader.get<std::uint8_t>();
  if (number <= static_cast<std::uint8_t>(Pending::group_retry)) {
    return static_cast<Pending>(number);
  }
  is_sane = false;
  return Pending::nothing;
}

InputAnswer read_answer(ByteReader& reader, bool& is_sane) {
  const auto number = reader.get<std::uint8_t>();
  if (number <= static_cast<std::uint8_t>(InputAnswer::defaults)) {
    return static_cast<InputAnswer>(number);
  }
  is_sane = false;
  return InputAnswer::none;
}

}  // namespace

std::string encode_node(const NodeState& node) {
  RecordWriter writer(kVersion);
  writer.put(node.number);
  writer.put(node.parent);
  writer.put(static_cast<std::uint8_t>(node.kind));
  writer.put(flags_of(node));
  for (const std::string* text : {&node.identifier, &node.name, &node.type, &node.loop_type,
                                  &node.setup_id, &node.execution_id}) {
    writer.put_text(*text);
  }
  writer.put(static_cast<std::uint8_t>(node.status));
  writer.put(static_cast<std::uint8_t>(node.discontinued_as));
  writer.put(static_cast<std::uint8_t>(node.pending));
  for (const UnixMs time :
       {node.started_at_ms, node.ended_at_ms, node.expires_at_ms, node.due_at_ms}) {
    writer.put(static_cast<std::uint64_t>(time));
  }
  for (const std::uint32_t number : {node.retry_number, node.start_count, node.max_concurrency}) {
    writer.put(number);
  }
  if (node.run_info) put_run_info(writer, *node.run_info);
  writer.put_text(node.failure.message);
  writer.put(node.failure.types.bits());
  if (node.iteration) put_iteration(writer, *node.iteration);
  put_pairs(writer, node.outcomes);
  writer.put_text(node.parameters);
  writer.put_text(node.instance);
  put_interrupts(writer, node.interrupts);
  writer.put(static_cast<std::uint8_t>(node.input_answer));
  writer.put_text(node.given_input);
  return writer.take();
}

std::optional<NodeState> decode_node(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.get<std::uint8_t>() != kVersion) return std::nullopt;
  bool is_sane = true;
  NodeState node;
  node.number = reader.get<std::uint32_t>();
  node.parent = reader.get<std::uint32_t>();
  node.kind = read_kind(reader, is_sane);
  const auto flags = reader.get<std::uint8_t>();
  node.is_loop = (flags & kIsLoop) != 0;
  node.is_rollback = (flags & kIsRollback) != 0;
  node.is_old_retry = (flags & kIsOldRetry) != 0;
  node.is_identity = (flags & kIsIdentity) != 0;
  node.has_barrier = (flags & kHasBarrier) != 0;
  node.asks_for_input = (flags & kAsksForInput) != 0;
  for (std::string* text : {&node.identifier, &node.name, &node.type, &node.loop_type,
                            &node.setup_id, &node.execution_id}) {
    *text = read_text(reader);
  }
  node.status = read_status(reader, is_sane);
  node.discontinued_as = read_status(reader, is_sane);
  node.pending = read_pending(reader, is_sane);
  for (UnixMs* time :
       {&node.started_at_ms, &node.ended_at_ms, &node.expires_at_ms, &node.due_at_ms}) {
    *time = read_time(reader);
  }
  for (std::uint32_t* number : {&node.retry_number, &node.start_count, &node.max_concurrency}) {
    *number = reader.get<std::uint32_t>();
  }
  if ((flags & kHasRunInfo) != 0) node.run_info = read_run_info(reader);
  node.failure.message = read_text(reader);
  node.failure.types = FailureTypes::from_bits(reader.get<std::uint16_t>());
  if ((flags & kHasIteration) != 0) node.iteration = read_iteration(reader);
  node.outcomes = read_pairs(reader);
  node.parameters = read_text(reader);
  node.instance = read_text(reader);
  node.interrupts = read_interrupts(reader);
  node.input_answer = read_answer(reader, is_sane);
  node.given_input = read_text(reader);
  if (!reader.done() || !is_sane) return std::nullopt;
  return node;
}

bool is_stage_level(const NodeState& node, const NodeState* parent) {
  switch (node.kind) {
    case plan::NodeKind::stages:
    case plan::NodeKind::stage:
      return true;
    case plan::NodeKind::parallel:
      return parent != nullptr && parent->kind == plan::NodeKind::stages;
    default:
      return false;
  }
}

}  // namespace tripgate

// What summary, layout and graph say of a node in the same words.
#include "engine/status/initial_nodes.h"
#include "engine/status/status_json.h"

namespace tripgate {

void write_message(JsonWriter& json, std::string_view message) {
  json.begin_object().member("message", message).end_object();
}

void write_failure(JsonWriter& json, const Failure& failure) {
  json.begin_object().member("message", failure.message).key("failureTypeList").begin_array();
  for (std::size_t i = 0; i < kFailureTypeCount; ++i) {
    const auto type = static_cast<FailureType>(i);
    if (failure.types.has(type)) json.string(engine_name(type));
  }
  json.end_array().key("responseMessages").begin_array().end_array().end_object();
}

void write_run_info(JsonWriter& json, const NodeRunInfo& info) {
  json.begin_object().member("whenCondition", info.condition);
  json.member("evaluatedCondition", info.is_met).key("expressions").begin_array();
  for (const NodeRunInfo::Expression& expression : info.expressions) {
    json.begin_object().member("expression", expression.text);
    json.member("expressionValue", expression.value);
    json.member("count", static_cast<std::int64_t>(expression.count)).end_object();
  }
  json.end_array().end_object();
}

void write_strategy_metadata(JsonWriter& json, const NodeState& node) {
  const Iteration& iteration = *node.iteration;
  json.begin_object().member("currentIteration", static_cast<std::int64_t>(iteration.index));
  json.member("totalIterations", static_cast<std::int64_t>(iteration.total));
  if (!iteration.values.empty()) {
    json.key("matrixMetadata").begin_object().key("matrixCombination").begin_array();
    for (const std::uint32_t index : iteration.combination) {
      json.number(static_cast<std::int64_t>(index));
    }
    json.end_array().key("matrixValues").begin_object();
    for (const auto& [axis, value] : iteration.values) json.member(axis, value);
    json.end_object().member("subType", "").member("nodeName", "");
    json.key("matrixKeysToSkipInName").begin_array().end_array().end_object();
  } else if (iteration.item || !iteration.partition.empty()) {
    json.key("forMetadata").begin_object().member("value", iteration.item.value_or(""));
    json.key("partition").begin_array();
    for (const std::string& item : iteration.partition) json.string(item);
    json.end_array().end_object();
  }
  json.member("identifierPostFix", iteration.postfix).end_object();
}

void write_loop_parameters(JsonWriter& json, const NodeState& loop) {
  json.begin_object().member("childNodeId", iteration_setup_id(loop.setup_id));
  json.member("maxConcurrency", static_cast<std::int64_t>(loop.max_concurrency)).end_object();
}

std::string_view module_of(const NodeState& node) {
  if (node.type == "Deployment") return "cd";
  return node.type == "CI" ? "ci" : "pms";
}

}  // namespace tripgate

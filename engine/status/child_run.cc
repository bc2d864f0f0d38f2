// The record's form is the one that statuses show.
#include "engine/status/child_run.h"

#include "engine/base/json_document.h"

namespace tripgate {

std::string encode_child_run(std::string_view plan_execution_id, std::string_view org,
                             std::string_view project) {
  JsonWriter json;
  json.begin_object().member("planExecutionId", plan_execution_id).member("orgId", org);
  return json.member("projectId", project).end_object().take();
}

std::string child_run_of(const NodeState& node) {
  const bool may_have_one = node.kind == plan::NodeKind::stage && !node.instance.empty();
  if (!may_have_one) return {};
  const auto instance = JsonDocument::parse(node.instance);
  return instance ? instance->root().find("planExecutionId").text() : std::string();
}

void write_child_run(JsonWriter& json, const NodeState& stage) {
  json.begin_object().key("childPipelineExecutionDetails").raw(stage.instance).end_object();
}

}  // namespace tripgate

// What a node was told. Steps, groups and stages have it in their records; what the engine itself
// tells the nodes between them follows from their children.
#include "engine/status/graph_node.h"
#include "engine/status/status_json.h"

namespace tripgate {
namespace {

using plan::NodeKind;

void write_section(JsonWriter& json, const GraphNode& node, std::string_view log_message) {
  json.begin_object().key("childNodeId");
  node.children.empty() ? json.null() : json.string(node.nodes[node.children.front()].setup_id);
  json.member("logMessage", log_message).end_object();
}

void write_block(JsonWriter& json, const GraphNode& node) {
  json.begin_object().key("parallelNodeIds").begin_array();
  for (const NodeNumber child : node.children) json.string(node.nodes[child].setup_id);
  json.end_array().end_object();
}

/// A node that has not begun: it is skipped, or waits for its input.
void write_head(JsonWriter& json, const NodeState& state) {
  json.begin_object().member("uuid", state.setup_id).member("identifier", state.identifier);
  json.member("name", state.name).member("type", state.type).end_object();
}

}  // namespace

void write_parameters(JsonWriter& json, const GraphNode& node) {
  const NodeState& state = node.state;
  if (state.is_loop) return write_loop_parameters(json, state);
  switch (state.kind) {
    case NodeKind::stages:
      return write_section(json, node, "Stages");
    case NodeKind::section:
      return write_section(json, node,
                           state.is_rollback ? "Rollback Element" : "Execution Element");
    case NodeKind::parallel:
      return write_block(json, node);
    case NodeKind::stage:
    case NodeKind::step_group:
    case NodeKind::step:
      break;
  }
  state.parameters.empty() ? write_head(json, state)
                           : static_cast<void>(json.raw(state.parameters));
}

}  // namespace tripgate

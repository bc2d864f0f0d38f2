// What people and strategies did to a node.
#include "engine/status/graph_node.h"

namespace tripgate {
namespace {

/// The attempt in whose place a node is; nullptr if it is the first.
const NodeState* earlier_attempt(const GraphNode& node) {
  const NodeState& state = node.state;
  for (const NodeState& other : node.nodes) {
    const bool is_same_place = other.parent == state.parent && other.setup_id == state.setup_id &&
                               other.identifier == state.identifier;
    if (is_same_place && other.retry_number + 1 == state.retry_number) return &other;
  }
  return nullptr;
}

}  // namespace

void write_interrupts(JsonWriter& json, const GraphNode& node) {
  json.begin_array();
  for (const InterruptMark& mark : node.state.interrupts) {
    json.begin_object().member("interruptId", mark.id);
    json.member("tookEffectAt", mark.took_effect_at_ms).member("interruptType", mark.type);
    json.key("interruptConfig").begin_object().key("issuedBy").begin_object();
    json.member("issueTime", std::to_string(mark.took_effect_at_ms));
    json.key(mark.issuer.empty() ? "adviserIssuer" : "manualIssuer").begin_object();
    if (!mark.issuer.empty()) json.member("user_id", mark.issuer);
    json.end_object().end_object();
    const NodeState* const earlier = mark.type == "RETRY" ? earlier_attempt(node) : nullptr;
    if (earlier != nullptr) {
      json.key("retryInterruptConfig").begin_object();
      json.member("retryId", earlier->execution_id).end_object();
    }
    json.end_object().end_object();
  }
  json.end_array();
}

}  // namespace tripgate

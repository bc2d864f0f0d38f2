// A chain is linked both ways by plan execution ids; what retention has removed ends it.
#include "engine/status/retry_chain.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/base/errc.h"
#include "engine/status/execution_store.h"

namespace tripgate {
namespace {

/// Links that are followed each way: a damaged record must not lead round in a ring.
constexpr std::size_t kChainMax = 1000;

bool has_failed(RunStatus status) {
  return status == RunStatus::aborted || status == RunStatus::failed ||
         status == RunStatus::expired || status == RunStatus::approval_rejected ||
         status == RunStatus::freeze_failed;
}

/// Follows one kind of link from an execution; those that it leads to, nearest first.
Result<std::vector<Execution>> follow(const lmdb::Transaction& txn, const StateDatabases& dbs,
                                      std::string next, std::string ExecutionLineage::*link) {
  std::vector<Execution> found;
  while (!next.empty() && found.size() < kChainMax) {
    Result<Execution> execution = find_execution(txn, dbs, next);
    if (!execution && execution.error() == Errc::not_found) break;
    if (!execution) return execution.error();
    next = execution->lineage.*link;
    found.push_back(std::move(*execution));
  }
  return found;
}

void write_stage(JsonWriter& json, const NodeState& node, const NodeState& parent,
                 const NodeState* next) {
  json.begin_object().member("name", node.name).member("identifier", node.identifier);
  json.member("status", display_name(node.status)).key("createdAt");
  node.started_at_ms == 0 ? json.null() : json.number(node.started_at_ms);
  json.member("parentId", parent.setup_id).key("nextId");
  next == nullptr ? json.null() : json.string(next->setup_id);
  json.end_object();
}

/// Nodes by the number of their parent, iterations and old attempts apart.
std::map<NodeNumber, std::vector<const NodeState*>> by_parent(const std::vector<NodeState>& nodes) {
  std::map<NodeNumber, std::vector<const NodeState*>> children;
  for (const NodeState& node : nodes) {
    const bool is_place = node.number != kRootNode && !node.is_old_retry && !node.iteration;
    if (is_place) children[node.parent].push_back(&node);
  }
  return children;
}

}  // namespace

std::optional<std::string> why_not_retried(const Execution& execution, UnixMs now_ms) {
  if (!execution.lineage.retried_by.empty()) return kNotLatestToRetry;
  if (now_ms - execution.started_at_ms > kRetryWindowMs) {
    return "Execution is more than 30 days old. Cannot retry";
  }
  if (!has_failed(execution.status)) {
    return "This execution has not failed, and hence cannot be retried.";
  }
  return std::nullopt;
}

Result<std::vector<Execution>> load_retry_chain(const lmdb::Transaction& txn,
                                                const StateDatabases& dbs,
                                                const Execution& execution) {
  auto chain = follow(txn, dbs, execution.lineage.retried_by, &ExecutionLineage::retried_by);
  if (!chain) return chain;
  std::ranges::reverse(*chain);
  chain->push_back(execution);
  auto earlier = follow(txn, dbs, execution.lineage.retry_of, &ExecutionLineage::retry_of);
  if (!earlier) return earlier;
  std::ranges::move(*earlier, std::back_inserter(*chain));
  return chain;
}

void write_retry_history(JsonWriter& json, const std::vector<Execution>& chain) {
  json.begin_object().key("errorMessage");
  if (chain.size() < 2) {
    json.string("Nothing to show in retry history").null_member("latestExecutionId");
    json.key("executionInfos").begin_array().end_array();
    json.null_member("retryStagesMetadata").end_object();
    return;
  }
  json.null().member("latestExecutionId", chain.front().plan_execution_id);
  json.key("executionInfos").begin_array();
  for (const Execution& execution : chain) {
    json.begin_object().member("uuid", execution.plan_execution_id);
    json.member("startTs", execution.started_at_ms).key("endTs");
    execution.ended_at_ms == 0 ? json.null() : json.number(execution.ended_at_ms);
    json.member("status", display_name(execution.status));
    json.member("runSequence", static_cast<std::int64_t>(execution.run_sequence)).end_object();
  }
  json.end_array().null_member("retryStagesMetadata").end_object();
}

void write_latest_execution(JsonWriter& json, const std::vector<Execution>& chain) {
  json.begin_object().key("errorMessage");
  if (chain.size() < 2) {
    json.string("This is not a part of retry execution").null_member("latestExecutionId");
  } else {
    json.null().member("latestExecutionId", chain.front().plan_execution_id);
  }
  json.end_object();
}

void write_retry_stages(JsonWriter& json, const std::vector<NodeState>& nodes,
                        const std::optional<std::string>& refusal) {
  json.begin_object().member("isResumable", !refusal.has_value());
  json.member("errorMessage", refusal).key("groups").begin_array();
  const auto children = by_parent(nodes);
  const auto places = children.find(kRootNode);
  for (std::size_t i = 0; !refusal && places != children.end() && i < places->second.size(); ++i) {
    const NodeState& place = *places->second[i];
    const NodeState* const next = i + 1 < places->second.size() ? places->second[i + 1] : nullptr;
    json.begin_object().key("info").begin_array();
    const auto members = children.find(place.number);
    if (place.kind == plan::NodeKind::parallel && members != children.end()) {
      for (const NodeState* stage : members->second) write_stage(json, *stage, place, next);
    } else {
      write_stage(json, place, nodes.front(), next);
    }
    json.end_array().end_object();
    if (has_failed(place.status)) break;
  }
  json.end_array().end_object();
}

}  // namespace tripgate

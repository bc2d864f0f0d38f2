// Both runs begin with the same records, one for each stage; what the earlier one added below the
// stages that are taken over follows behind them under new numbers.
#include "engine/match/retry_nodes.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "engine/status/initial_nodes.h"
#include "engine/status/new_id.h"

namespace tripgate {
namespace {

using plan::NodeKind;

constexpr const char* kNotParallel =
    "Run only failed stages is applicable only for failed parallel group stages";
constexpr const char* kNoneFailed = "No failed stage found in parallel group";

bool names_any(const std::vector<std::string>& wanted, const plan::PlanNode& place) {
  if (place.kind == NodeKind::parallel) {
    return std::ranges::any_of(
        place.children, [&](const plan::PlanNode& stage) { return names_any(wanted, stage); });
  }
  return std::ranges::find(wanted, place.identifier) != wanted.end();
}

bool has_failed(const NodeState& node) {
  return is_broken(node.status) || node.status == RunStatus::aborted;
}

/// Makes the records of one retry.
class Copies {
 public:
  Copies(const RetriedRun& before, const plan::PipelinePlan& now)
      : nodes_(before.nodes),
        before_(before.plan),
        made_(initial_nodes(now)),
        stage_count_(static_cast<NodeNumber>(made_.size())),
        new_numbers_(before.nodes.size()) {
    index_paths(now.stages);
  }

  /// Marks a stage, or a block of them, as taken over.
  void take_over(NodeNumber place) { new_numbers_[place] = place; }

  std::vector<NodeState> make() {
    for (const NodeState& node : nodes_) {
      // Parents come before their children.
      const bool is_below = node.number != kRootNode && new_numbers_[node.parent] &&
                            node.parent != kRootNode && !node.is_old_retry;
      if (!new_numbers_[node.number] && !is_below) continue;
      copy(node);
    }
    return std::move(made_);
  }

 private:
  void copy(const NodeState& node) {
    const std::optional<std::string> setup_id = new_setup_id(node);
    if (!setup_id) {
      new_numbers_[node.number].reset();
      return;
    }
    const bool is_shown_first = node.number < stage_count_;
    const auto number = is_shown_first ? node.number : static_cast<NodeNumber>(made_.size());
    new_numbers_[node.number] = number;
    NodeState made = node;
    made.number = number;
    // Stages stand where both runs have them; their blocks need not be taken over.
    made.parent = is_shown_first ? made_[number].parent : *new_numbers_[node.parent];
    made.setup_id = *setup_id;
    if (!node.execution_id.empty()) made.execution_id = make_short_id();
    made.is_identity = true;
    made.start_count = 0;
    made.expires_at_ms = made.due_at_ms = 0;
    made.pending = Pending::nothing;
    made.instance.clear();
    made.interrupts.clear();
    if (is_shown_first) {
      made_[number] = std::move(made);
    } else {
      made_.push_back(std::move(made));
    }
  }

  // Recursion is bounded by the depth of the plan.
  void index_paths(const plan::PlanNode& node) {
    setup_ids_.emplace(node.path, node.setup_id);
    for (const plan::PlanNode& child : node.children) index_paths(child);
    if (node.rollback) index_paths(*node.rollback);
  }

  /// That of the same path; nothing if the newer plan has no such node.
  std::optional<std::string> new_setup_id(const NodeState& node) const {
    if (node.iteration) return iteration_setup_id(made_[*new_numbers_[node.parent]].setup_id);
    const plan::PlanNode* const planned = before_.find(node.setup_id);
    const auto found = planned == nullptr ? setup_ids_.end() : setup_ids_.find(planned->path);
    return found == setup_ids_.end() ? std::optional<std::string>() : std::string(found->second);
  }

  std::span<const NodeState> nodes_;
  plan::PlanIndex before_;
  std::unordered_map<std::string_view, std::string_view> setup_ids_;  // By path, of the newer plan.
  std::vector<NodeState> made_;
  NodeNumber stage_count_;
  std::vector<std::optional<NodeNumber>> new_numbers_;
};

/// Which members of a block run again: those that failed, or all of them.
Result<void, Diagnostic> take_over_members(Copies& copies, std::span<const NodeState> nodes,
                                           const NodeState& block, const RetryStart& start) {
  if (start.runs_all_stages) return {};
  if (block.kind != NodeKind::parallel) return Diagnostic(kNotParallel);
  std::vector<NodeNumber> fine;
  bool any_failed = false;
  for (const NodeState& node : nodes) {
    if (node.number == kRootNode || node.parent != block.number) continue;
    any_failed = any_failed || has_failed(node);
    if (!has_failed(node) && is_final(node.status)) fine.push_back(node.number);
  }
  if (!any_failed) return Diagnostic(kNoneFailed);
  for (const NodeNumber number : fine) copies.take_over(number);
  return {};
}

}  // namespace

std::vector<std::vector<std::string>> stage_places(const plan::PipelinePlan& plan) {
  std::vector<std::vector<std::string>> places;
  for (const plan::PlanNode& place : plan.stages.children) {
    std::vector<std::string> stages;
    if (place.kind != NodeKind::parallel) stages.push_back(place.identifier);
    if (place.kind == NodeKind::parallel) {
      for (const plan::PlanNode& stage : place.children) stages.push_back(stage.identifier);
    }
    places.push_back(std::move(stages));
  }
  return places;
}

Result<std::vector<NodeState>, Diagnostic> retry_nodes(const RetriedRun& before,
                                                       const plan::PipelinePlan& now,
                                                       const RetryStart& start) {
  if (stage_places(before.plan) != stage_places(now)) return Diagnostic(kOtherStagesToRetry);
  Copies copies(before, now);
  std::size_t place = 0;
  for (const NodeState& node : before.nodes) {
    if (node.number == kRootNode || node.parent != kRootNode) continue;
    if (names_any(start.stages, now.stages.children[place++])) {
      const auto taken = take_over_members(copies, before.nodes, node, start);
      if (!taken) return taken.error();
      return copies.make();
    }
    if (!is_final(node.status)) break;
    copies.take_over(node.number);
  }
  return Diagnostic("No stage of the execution to be retried is named " +
                    (start.stages.empty() ? std::string("at all") : start.stages.front()));
}

}  // namespace tripgate

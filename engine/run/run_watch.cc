// A node that broke and waits for another attempt counts as still at work.
#include "engine/run/run_watch.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>

#include "engine/run/run_page.h"

namespace tripgate {
namespace {

using plan::NodeKind;
using enum RunEventType;

RunStatus settled_status(const NodeState& node) {
  return node.pending == Pending::retry || node.is_old_retry ? RunStatus::running : node.status;
}

bool has_failed(RunStatus status) {
  return is_broken(status) || status == RunStatus::aborted;
}

bool waits_for_a_person(RunStatus status) {
  return status == RunStatus::approval_waiting || status == RunStatus::intervention_waiting ||
         status == RunStatus::input_waiting;
}

RunEvent event_of(const RunTree& tree, const std::string& page_base) {
  const Execution& execution = tree.execution();
  RunEvent event;
  event.node_id = tree.state(kRootNode).execution_id;
  event.account = execution.account;
  event.org = execution.org;
  event.project = execution.project;
  event.pipeline = execution.pipeline;
  event.pipeline_name = execution.pipeline_name;
  event.execution_id = execution.plan_execution_id;
  event.status = display_name(execution.status);
  event.url = run_page(page_base, execution);
  event.trigger_type = engine_name(execution.origin.type);
  event.triggered_by = execution.origin.trigger_name.empty() ? execution.origin.principal_username
                                                             : execution.origin.trigger_name;
  event.run_sequence = static_cast<std::int64_t>(execution.run_sequence);
  event.start_ms = execution.started_at_ms;
  event.end_ms = execution.ended_at_ms;
  return event;
}

EventNode node_of(const NodeState& node) {
  return {node.identifier,      node.name,          std::string(display_name(node.status)),
          node.failure.message, node.started_at_ms, node.ended_at_ms};
}

std::vector<RunEventType> events_of_stage(RunStatus before, RunStatus now) {
  std::vector<RunEventType> types;
  const bool is_begun = now != RunStatus::not_started && now != RunStatus::skipped;
  if (before == RunStatus::not_started && is_begun) types.push_back(stage_start);
  if (is_begun && is_positive(now) && !is_final(before)) types.push_back(stage_success);
  if (has_failed(now) && !has_failed(before)) types.push_back(stage_failed);
  return types;
}

std::vector<RunEventType> events_of_step(RunStatus before, RunStatus now) {
  if (is_broken(now) && !is_broken(before)) return {step_failed};
  if (waits_for_a_person(now) && now != before) return {waiting_for_user_action};
  return {};
}

std::vector<RunEventType> events_of_run(RunStatus before, RunStatus now) {
  std::vector<RunEventType> types;
  if (now == before) return types;
  if (now == RunStatus::paused) types.push_back(pipeline_paused);
  if (before == RunStatus::paused && !is_final(now)) types.push_back(pipeline_resumed);
  if (!is_final(now)) return types;
  types.push_back(has_failed(now) ? pipeline_failed : pipeline_success);
  types.push_back(pipeline_end);
  return types;
}

}  // namespace

RunWatch::RunWatch(const RunTree& tree) : run_status_(tree.execution().status) {
  for (NodeNumber number = 0; number < tree.size(); ++number) {
    node_statuses_.push_back(settled_status(tree.state(number)));
  }
}

std::vector<RunEvent> RunWatch::look(const RunTree& tree, const RunTree::Changes& changes,
                                     const std::string& page_base, UnixMs now_ms) {
  RunEvent of_run = event_of(tree, page_base);
  of_run.at_ms = now_ms;
  const auto make = [&of_run](RunEventType type) {
    RunEvent event = of_run;
    event.type = type;
    return event;
  };
  std::vector<RunEvent> events;
  // Of each stage in the order of the plan: what happened in it, and its end behind that.
  std::map<NodeNumber, std::pair<std::vector<RunEvent>, std::vector<RunEvent>>> by_stage;
  const RunStatus now = tree.execution().status;
  const bool has_begun = run_status_ == RunStatus::queued && now != RunStatus::queued;
  if (has_begun) events.push_back(make(pipeline_start));
  node_statuses_.resize(tree.size(), RunStatus::not_started);
  for (const NodeWrite& write : changes.nodes) {
    const NodeState& node = write.node;
    RunStatus& known = node_statuses_[node.number];
    const RunStatus before = std::exchange(known, settled_status(node));
    const bool is_stage = node.kind == NodeKind::stage && !node.is_loop;
    const bool is_step = node.kind == NodeKind::step && !node.is_loop;
    if (!is_stage && !is_step) continue;
    for (const RunEventType type :
         is_stage ? events_of_stage(before, known) : events_of_step(before, known)) {
      RunEvent event = make(type);
      event.node_id = node.execution_id;
      const auto stage = tree.enclosing(node.number, NodeKind::stage);
      if (stage) event.stage = node_of(tree.state(*stage));
      if (is_step) event.step = node_of(node);
      auto& [within, end] = by_stage[stage.value_or(kRootNode)];
      (is_stage && type != stage_start ? end : within).push_back(std::move(event));
    }
  }
  for (auto& [stage, parts] : by_stage) {
    std::ranges::move(parts.first, std::back_inserter(events));
    std::ranges::move(parts.second, std::back_inserter(events));
  }
  for (const RunEventType type : events_of_run(run_status_, now)) events.push_back(make(type));
  run_status_ = now;
  return events;
}

}  // namespace tripgate

// Every move of a status goes through `move_node` or `move_run`, which hold it against the table of
// legal moves: an illegal one is our own bug and ends the process, so that recovery decides.
#include "engine/run/progress.h"

#include <cstdlib>
#include <vector>

#include "engine/base/log.h"
#include "engine/status/new_id.h"

namespace tripgate {
namespace {

[[noreturn]] void refuse_move(RunStatus from, RunStatus to) {
  log_error("illegal move from " + std::string(engine_name(from)) + " to " +
            std::string(engine_name(to)));
  std::abort();
}

void move_node(NodeState& node, RunStatus to, UnixMs now_ms) {
  if (!node_may_move(node.status, to)) refuse_move(node.status, to);
  node.status = to;
  if (node.started_at_ms == 0) node.started_at_ms = now_ms;
  if (is_final(to)) node.ended_at_ms = now_ms;
}

void move_run(Execution& execution, RunStatus to, UnixMs now_ms) {
  if (!run_may_move(execution.status, to)) refuse_move(execution.status, to);
  execution.status = to;
  if (is_final(to)) execution.ended_at_ms = now_ms;
}

/// Visits a node: it starts if its condition holds, else it is skipped.
bool visit(NodeState& node, bool is_condition_met, UnixMs now_ms) {
  node.execution_id = make_short_id();
  node.was_condition_met = is_condition_met;
  move_node(node, is_condition_met ? RunStatus::running : RunStatus::skipped, now_ms);
  return is_condition_met;
}

/// The status of a parent from its visited children, and the newest failure among them.
template <class Child>
StepVerdict summarize(const std::vector<Child>& children) {
  std::vector<RunStatus> statuses;
  StepVerdict verdict;
  UnixMs newest_ms = -1;
  for (const Child& child : children) {
    const NodeState& node = child.node;
    if (node.status == RunStatus::not_started) continue;
    statuses.push_back(node.status);
    if (node.failure_message.empty() || node.ended_at_ms <= newest_ms) continue;
    newest_ms = node.ended_at_ms;
    verdict.failure_message = node.failure_message;
  }
  verdict.status = aggregate(statuses);
  return verdict;
}

/// Goes on within a stage that runs: the step to be run, or empty once the stage has ended.
std::optional<std::size_t> advance_stage(StageState& stage, UnixMs now_ms) {
  bool is_success = true;
  for (std::size_t i = 0; i < stage.steps.size(); ++i) {
    StepState& step = stage.steps[i];
    if (step.node.status == RunStatus::not_started && visit(step.node, is_success, now_ms)) {
      step.attempt_count = 1;
      return i;
    }
    if (step.node.status == RunStatus::aborted) break;
    is_success = is_success && is_positive(step.node.status);
  }
  StepVerdict verdict = summarize(stage.steps);
  move_node(stage.node, verdict.status, now_ms);
  stage.node.failure_message = std::move(verdict.failure_message);
  return std::nullopt;
}

}  // namespace

std::optional<StepPlace> running_step(const Execution& execution) {
  for (std::size_t i = 0; i < execution.stages.size(); ++i) {
    const std::vector<StepState>& steps = execution.stages[i].steps;
    for (std::size_t j = 0; j < steps.size(); ++j) {
      if (steps[j].node.status == RunStatus::running) return StepPlace{i, j};
    }
  }
  return std::nullopt;
}

std::optional<StepPlace> advance(Execution& execution, UnixMs now_ms) {
  if (execution.status == RunStatus::queued) move_run(execution, RunStatus::running, now_ms);
  bool is_success = true;
  for (std::size_t i = 0; i < execution.stages.size(); ++i) {
    StageState& stage = execution.stages[i];
    if (stage.node.status == RunStatus::not_started) visit(stage.node, is_success, now_ms);
    if (stage.node.status == RunStatus::running) {
      if (const auto step = advance_stage(stage, now_ms)) return StepPlace{i, *step};
    }
    if (stage.node.status == RunStatus::aborted) break;
    is_success = is_success && is_positive(stage.node.status);
  }
  StepVerdict verdict = summarize(execution.stages);
  move_run(execution, verdict.status, now_ms);
  execution.failure_message = std::move(verdict.failure_message);
  return std::nullopt;
}

StepVerdict judge_result(const StepResult& result) {
  if (!result.interrupted.empty()) return {RunStatus::failed, result.interrupted};
  if (!result.start_error.empty()) {
    return {RunStatus::failed, "Shell Script Failed to execute. Reason: " + result.start_error};
  }
  if (result.aborted) {
    return {RunStatus::aborted,
            "Script execution interrupted, possibly due to a timeout or pipeline abort."};
  }
  if (result.timed_out) return {RunStatus::expired, "Script execution timed out"};
  if (result.is_success()) return {};
  return {RunStatus::failed, "Shell Script execution failed. Please check execution logs."};
}

void end_step(Execution& execution, StepPlace place, StepVerdict verdict, UnixMs now_ms) {
  NodeState& node = execution.stages[place.stage].steps[place.step].node;
  move_node(node, verdict.status, now_ms);
  node.failure_message = std::move(verdict.failure_message);
}

void end_all(Execution& execution, StepVerdict verdict, UnixMs now_ms) {
  for (StageState& stage : execution.stages) {
    for (StepState& step : stage.steps) {
      if (step.node.status == RunStatus::running) move_node(step.node, verdict.status, now_ms);
    }
    if (stage.node.status == RunStatus::running) move_node(stage.node, verdict.status, now_ms);
  }
  move_run(execution, verdict.status, now_ms);
  execution.failure_message = std::move(verdict.failure_message);
}

}  // namespace tripgate

// Runs out of their records. Trouble that passes makes a run wait; what will never be readable
// again ends it.
#include "engine/base/errc.h"
#include "engine/plan/pipeline_reader.h"
#include "engine/run/runner_impl.h"
#include "engine/run/stored_run.h"
#include "engine/status/execution_store.h"

namespace tripgate {
namespace {

constexpr UnixMs kReadAgainAfterMs = 1000;

}  // namespace

bool may_be_read_later(const ErrorCode& error) {
  return error && error != Errc::store_corrupt && error != Errc::not_found;
}

/// It keeps its place: the others would meet the same trouble.
void Runner::Impl::begin_later(const RunQueue::Turn& turn) {
  delay();
  delayed_.push_back(turn);
  arm_timer();
}

/// Without its record nobody knows whose turn it waits for.
void Runner::Impl::queue_later(ExecutionNumber number) {
  delay();
  unread_.push_back(number);
  arm_timer();
}

void Runner::Impl::delay() {
  if (!has_delayed()) delayed_until_ms_ = parts_.clock.now_ms() + kReadAgainAfterMs;
}

void Runner::Impl::begin_delayed() {
  if (is_draining_) return;
  // Both are empty before anything is delayed again: only then it gets a new time.
  const auto turns = std::exchange(delayed_, {});
  const auto unread = std::exchange(unread_, {});
  for (const RunQueue::Turn& turn : turns) begin_turn(turn);
  // Also where there is nothing to queue: one of the turns may have given its place up.
  enqueue(unread);
}

Result<Execution> Runner::Impl::load(ExecutionNumber number) const {
  const auto txn = parts_.store.begin_read();
  if (!txn) return txn.error();
  return load_execution(*txn, dbs(), number);
}

Result<std::unique_ptr<ActiveRun>, Diagnostic> Runner::Impl::load_run(Execution execution) const {
  const auto txn = parts_.store.begin_read();
  if (!txn) return unreadable_run("records", txn.error());
  const auto own = find_run_text(*txn, dbs(), execution.number);
  if (!own) return unreadable_run("text", own.error());
  Result<plan::PipelinePlan, Diagnostic> plan = load_plan(execution, *own);
  if (!plan) return plan.error();
  auto nodes = load_nodes(*txn, dbs(), execution.number);
  if (!nodes) return unreadable_run("nodes", nodes.error());
  return make_active(std::move(execution), std::move(*plan), std::move(*nodes), *own);
}

Result<std::unique_ptr<ActiveRun>, Diagnostic> Runner::Impl::make_active(
    Execution execution, plan::PipelinePlan plan, std::vector<NodeState> nodes,
    const std::optional<RunText>& own) const {
  NodeExpressions::LoadEvent load_event;
  if (execution.origin.event_sequence != 0) {
    load_event = [&journal = parts_.journal, sequence = execution.origin.event_sequence] {
      return journal.load(sequence);
    };
  }
  GivenInputs given = own ? GivenInputs(*own, plan) : GivenInputs();
  Result<RunTree> tree = RunTree::assemble(std::move(execution), std::move(plan), std::move(nodes));
  if (!tree) return Diagnostic("the run's nodes do not fit its plan");
  auto run = std::make_unique<ActiveRun>(std::move(*tree), std::move(load_event), parts_.clock,
                                         parts_.secrets, surroundings_);
  run->expressions.give(std::move(given));
  run->expressions.show_at(parts_.public_url);
  if (const auto restored =
          restore_answers(run->tree, run->expressions.late_inputs(), parts_.plan_defaults);
      !restored)
    return restored.error();
  return run;
}

/// From the run's own text, else from its pipeline's as it was stored then.
Result<plan::PipelinePlan, Diagnostic> Runner::Impl::load_plan(
    const Execution& execution, const std::optional<RunText>& own) const {
  const std::string& id = execution.plan_execution_id;
  if (own) return plan::plan_pipeline_text(own->pipeline, id, parts_.plan_defaults);
  const auto text = parts_.catalog.load_pipeline_version(
      {execution.account, execution.org, execution.project, execution.pipeline},
      execution.pipeline_version);
  if (!text) return unreadable_run("pipeline", text.error());
  return plan::plan_pipeline_text(*text, id, parts_.plan_defaults);
}

}  // namespace tripgate

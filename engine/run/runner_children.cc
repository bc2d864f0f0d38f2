// Chained pipelines: a stage starts another run and waits for its end. Source: pipelines.md 1.8.
#include "engine/base/errc.h"
#include "engine/base/json_writer.h"
#include "engine/base/log.h"
#include "engine/match/run_request.h"
#include "engine/run/child_inputs.h"
#include "engine/run/runner_impl.h"
#include "engine/status/child_run.h"
#include "engine/status/execution_store.h"

namespace tripgate {
namespace {

LeafEnd failed(std::string message) {
  return {RunStatus::failed, {std::move(message), {FailureType::application}}, {}};
}

}  // namespace

void Runner::Impl::start_child(ActiveRun& run, NodeNumber node) {
  // The child's id was journaled with the stage, so that it is created once.
  const std::string id = child_run_of(run.tree.state(node));
  const auto txn = parts_.store.begin_read();
  const auto existing = txn ? find_execution(*txn, dbs(), id) : Result<Execution>(txn.error());
  if (!existing && existing.error() == Errc::not_found) {
    // What is to end need not begin.
    const bool is_ending = run.tree.state(node).status == RunStatus::discontinuing;
    return is_ending ? end_stage(run, node, {RunStatus::aborted, {}, {}})
                     : create_child(run, node, id);
  }
  if (!existing) return end_stage(run, node, failed(existing.error().message()));
  children_[existing->number] = {run.tree.execution().number, node};
  if (is_final(existing->status)) tell_parent(existing->number);
}

void Runner::Impl::create_child(ActiveRun& run, NodeNumber node, const std::string& id) {
  const Execution& parent = run.tree.execution();
  const auto& spec = std::get<plan::ChainedPipelineSpec>(run.tree.at(node).plan->spec);
  if (parent.parent.execution != 0) {
    return end_stage(run, node, failed("A chained pipeline cannot chain another one"));
  }
  RunRequest request;
  request.account = parent.account;
  request.org = spec.org.empty() ? parent.org : spec.org;
  request.project = spec.project.empty() ? parent.project : spec.project;
  request.pipeline = spec.pipeline;
  request.plan_execution_id = id;
  request.origin = parent.origin;
  request.input_sets = spec.input_sets;
  auto inputs = render_child_inputs(run.tree, node, spec, run.expressions);
  if (!inputs) return end_stage(run, node, failed(inputs.error().message));
  request.runtime_input = std::move(*inputs);
  request.parent = {parent.number,
                    parent.plan_execution_id,
                    run.tree.state(node).setup_id,
                    parent.pipeline,
                    parent.org,
                    parent.project,
                    parent.run_sequence};
  auto answer = plan_run(request, parts_.catalog, parts_.clock, parts_.plan_defaults);
  if (!answer) return end_stage(run, node, failed(answer.error().message()));
  if (const RunRefusal* const refusal = answer->refusal()) {
    return end_stage(run, node, failed(refusal->message));
  }
  const auto child = std::make_shared<PlannedRun>(std::move(*answer->run()));
  parts_.store.submit(
      [self = shared_from_this(), child](lmdb::WriteTransaction& txn) {
        return store_run(txn, self->dbs(), *child);
      },
      [self = shared_from_this(), child, number = parent.number, node](ErrorCode error) {
        self->post(
            [=](Impl& impl) { impl.on_child_created(child->execution, number, node, error); });
      });
}

/// A child takes a place at once: it must not wait for the one that its parent holds.
void Runner::Impl::on_child_created(const Execution& child, ExecutionNumber parent, NodeNumber node,
                                    ErrorCode error) {
  ActiveRun* run = find(parent);
  if (error) {
    if (run != nullptr) end_stage(*run, node, failed(error.message()));
    return;
  }
  children_[child.number] = {parent, node};
  queue_.hold(lane_of(child));
  begin(child);
  const bool is_ending = run == nullptr || run->tree.state(node).status == RunStatus::discontinuing;
  if (is_ending) interrupt(child.number, {}, [](const auto&) {});
  publish_counts();
}

void Runner::Impl::abort_child(const ActiveRun& run, NodeNumber node) {
  for (const auto& [child, place] : children_) {
    if (place == std::pair(run.tree.execution().number, node)) {
      return interrupt(child, {}, [](const auto&) {});
    }
  }
}

/// Ends the stage that waits for a child: its status is the child's, its outputs are evaluated in
/// the child as it ended.
void Runner::Impl::tell_parent(ExecutionNumber child) {
  const auto place = children_.find(child);
  if (place == children_.end()) return;
  const auto [parent, node] = place->second;
  children_.erase(place);
  ActiveRun* run = find(parent);
  if (run == nullptr) return;
  Result<Execution> ended = load(child);
  if (!ended) return end_stage(*run, node, failed(ended.error().message()));
  if (!is_final(ended->status)) {
    return end_stage(*run, node, failed("the end of the chained pipeline could not be stored"));
  }
  LeafEnd end{ended->status, ended->failure, {}};
  if (is_positive(end.status)) {
    end.status = ended->status == RunStatus::ignore_failed ? RunStatus::succeeded : end.status;
    const auto& spec = std::get<plan::ChainedPipelineSpec>(run->tree.at(node).plan->spec);
    if (auto outputs = child_outputs(spec, std::move(*ended))) {
      end.outcomes.emplace_back("output", std::move(*outputs));
    }
  }
  end_stage(*run, node, std::move(end));
}

std::optional<std::string> Runner::Impl::child_outputs(const plan::ChainedPipelineSpec& spec,
                                                       Execution child) const {
  if (spec.outputs.empty()) return std::nullopt;
  const auto run = load_run(std::move(child));
  if (!run) return std::nullopt;
  JsonWriter json;
  json.begin_object();
  for (const plan::PlanVariable& output : spec.outputs) {
    const auto value = (*run)->expressions.render((*run)->tree, kRootNode, output.text);
    if (value) json.member(output.name, *value);
  }
  json.end_object();
  return json.take();
}

void Runner::Impl::end_stage(ActiveRun& run, NodeNumber node, LeafEnd end) {
  run.machine.end_leaf(node, std::move(end), parts_.clock.now_ms());
  finish_turn(run);
}

}  // namespace tripgate

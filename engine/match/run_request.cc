// Input sets first, then values into the pipeline, then the plan of what came of it.
#include "engine/match/run_request.h"

#include <algorithm>
#include <iterator>

#include "engine/base/errc.h"
#include "engine/inputs/late_inputs.h"
#include "engine/inputs/run_inputs.h"
#include "engine/match/input_set_texts.h"
#include "engine/plan/chained_pipelines.h"
#include "engine/plan/pipeline_reader.h"
#include "engine/plan/stage_selection.h"
#include "engine/status/execution_store.h"
#include "engine/status/initial_nodes.h"
#include "engine/status/new_id.h"
#include "engine/yaml/parser.h"

namespace tripgate {
namespace {

using Reason = RunRefusal::Reason;

PipelineKey key_of(const RunRequest& request) {
  return {request.account, request.org, request.project, request.pipeline};
}

RunAnswer refuse(Reason reason, std::string message,
                 std::optional<std::string> runtime_input = std::nullopt) {
  return {RunRefusal{reason, std::move(message)}, std::move(runtime_input)};
}

/// What the run is given: the request's own text, or that of its input sets with it.
Result<Result<std::string, Diagnostic>> runtime_input_of(const RunRequest& request,
                                                         const std::string& pipeline,
                                                         Catalog& catalog) {
  using Merged = Result<std::string, Diagnostic>;
  if (request.input_sets.empty()) {
    return Merged(boost::system::in_place_value, request.runtime_input);
  }
  auto sets = load_input_sets(request.input_sets, key_of(request), catalog);
  if (!sets) return sets.error();
  std::vector<std::string> texts;
  for (InputSetText& set : *sets) {
    if (set.text) {
      texts.push_back(std::move(*set.text));
    } else if (request.must_find_input_sets) {
      return Merged(Diagnostic(no_input_set_text(set.identifier)));
    }
  }
  return inputs::merge_input_sets(pipeline, texts, request.runtime_input);
}

/// Marks the stages in which something is asked for when it is reached.
void mark_late_inputs(std::string_view text, const plan::PipelinePlan& plan,
                      std::vector<NodeState>& nodes) {
  if (text.find("executionInput()") == std::string_view::npos) return;
  const auto document = yaml::parse_document(text, {});
  const yaml::Node* const pipeline = document ? document->root.find("pipeline") : nullptr;
  if (pipeline == nullptr) return;
  const plan::PlanIndex index(plan);
  for (const std::string& field : inputs::late_fields(*pipeline)) {
    for (NodeState& node : nodes) {
      const plan::PlanNode* const planned = index.find(node.setup_id);
      const bool is_stage = planned != nullptr && planned->kind == plan::NodeKind::stage;
      if (is_stage && field.starts_with(planned->path + ".")) node.asks_for_input = true;
    }
  }
}

/// The selected stages in the order in which the pipeline has them.
std::vector<std::string> stages_of(const plan::PipelinePlan& plan) {
  std::vector<std::string> stages;
  for (std::vector<std::string>& place : stage_places(plan)) {
    std::ranges::move(place, std::back_inserter(stages));
  }
  return stages;
}

PlannedRun make_run(const RunRequest& request, std::uint64_t version,
                    const plan::PipelinePlan& plan) {
  PlannedRun run;
  Execution& execution = run.execution;
  execution.account = request.account;
  execution.org = request.org;
  execution.project = request.project;
  execution.pipeline = request.pipeline;
  execution.pipeline_name = plan.name;
  execution.pipeline_version = version;
  execution.tags = plan.tags;
  execution.origin = request.origin;
  execution.lineage = request.lineage;
  execution.parent = request.parent;
  execution.notes = request.notes;
  execution.allows_stage_selection = plan.allows_stage_selection;
  if (!request.selected_stages.empty()) execution.selected_stages = stages_of(plan);
  return run;
}

Result<std::vector<NodeState>, Diagnostic> first_nodes(const RunRequest& request,
                                                       const plan::PipelinePlan& plan) {
  if (!request.retried) return initial_nodes(plan);
  const EarlierRun& before = *request.retried;
  return retry_nodes({before.plan, before.nodes}, plan, before.start);
}

Result<void, Diagnostic> check_chained(const RunRequest& request, const plan::PipelinePlan& plan) {
  if (!request.may_execute) return {};
  for (const plan::ChainedPipelineSpec* const chained : plan::chained_pipelines(plan)) {
    if (request.may_execute(chained->org, chained->project)) continue;
    return Diagnostic("Missing permission core_pipeline_execute on pipeline with identifier " +
                      chained->pipeline + " in project " + chained->org + "/" + chained->project);
  }
  return {};
}

/// What a run is planned from.
struct RunSource {
  std::string pipeline;  ///< With the selected stages only.
  std::uint64_t version = 0;
  std::string runtime_input;
  UnixMs started_at_ms = 0;
};

Result<PlannedRun, Diagnostic> plan_source(const RunRequest& request, const RunSource& source,
                                           const Clock& clock, const plan::PlanDefaults& defaults) {
  auto resolved = inputs::resolve_pipeline(source.pipeline, source.runtime_input);
  if (!resolved) return resolved.error();
  const std::string id =
      request.plan_execution_id.empty() ? make_short_id() : request.plan_execution_id;
  const std::string& text = *resolved ? (*resolved)->text : source.pipeline;
  auto plan = plan::plan_pipeline_text(text, id, defaults);
  if (!plan) return plan.error();
  if (const auto checked = check_chained(request, *plan); !checked) return checked.error();
  auto nodes = first_nodes(request, *plan);
  if (!nodes) return nodes.error();
  PlannedRun run = make_run(request, source.version, *plan);
  run.nodes = std::move(*nodes);
  mark_late_inputs(text, *plan, run.nodes);
  run.plan = std::make_shared<plan::PipelinePlan>(std::move(*plan));
  run.execution.plan_execution_id = id;
  run.execution.started_at_ms = source.started_at_ms;
  run.execution.created_at_ms = clock.now_ms();
  if (*resolved) {
    run.text = RunText{text, source.runtime_input, std::move((*resolved)->checks)};
  } else if (!request.selected_stages.empty()) {
    run.text = RunText{text, source.runtime_input, {}};
  }
  return run;
}

/// Notes a retry with the run that it retries, which may have one retry only.
ErrorCode link_retry(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                     const Execution& retry) {
  const auto before = find_execution(txn, dbs, retry.lineage.retry_of);
  if (!before) return before.error();
  if (!before->lineage.retried_by.empty()) return make_error_code(Errc::conflict);
  return annotate_execution(txn, dbs, before->number, [&](Execution& stored) {
    stored.lineage.retried_by = retry.plan_execution_id;
  });
}

}  // namespace

Result<RunAnswer> plan_run(const RunRequest& request, Catalog& catalog, const Clock& clock,
                           const plan::PlanDefaults& defaults) {
  const UnixMs started_at_ms = clock.now_ms();
  auto stored = catalog.find_pipeline(key_of(request));
  if (!stored) return stored.error();
  if (!*stored) {
    std::string message =
        "Pipeline with the given ID: " + request.pipeline + " does not exist or has been deleted";
    // Input sets cannot be merged without it.
    if (!request.input_sets.empty()) return refuse(Reason::no_pipeline, std::move(message));
    return refuse(Reason::no_pipeline, std::move(message), request.runtime_input);
  }
  auto given = runtime_input_of(request, (*stored)->text, catalog);
  if (!given) return given.error();
  if (!*given) return refuse(Reason::input_sets, given->error().message);
  std::string runtime_input = std::move(**given);
  RunSource source{std::move((*stored)->text), (*stored)->version, runtime_input, started_at_ms};
  if (!request.selected_stages.empty()) {
    auto cut = plan::select_stages(source.pipeline, request.selected_stages);
    if (!cut) return refuse(Reason::run, cut.error().message, std::move(runtime_input));
    source.pipeline = std::move(*cut);
  }
  auto run = plan_source(request, source, clock, defaults);
  if (!run) return refuse(Reason::run, run.error().message, std::move(runtime_input));
  return RunAnswer{std::move(*run), std::move(runtime_input)};
}

ErrorCode store_run(lmdb::WriteTransaction& txn, const StateDatabases& dbs, PlannedRun& run) {
  if (!run.execution.lineage.retry_of.empty()) {
    if (const ErrorCode failed = link_retry(txn, dbs, run.execution)) return failed;
  }
  if (run.first_turn) {
    const auto next = next_numbers(txn, dbs, run.execution);
    if (!next) return next.error();
    const Execution& head = run.first_turn->head;
    run.first_turn->is_stored =
        head.number == next->number && head.run_sequence == next->run_sequence;
    if (run.first_turn->is_stored) run.execution = head;
  }
  if (const ErrorCode failed = create_execution(txn, dbs, run.execution, run.nodes)) return failed;
  if (run.first_turn && run.first_turn->is_stored) {
    const FirstTurn& turn = *run.first_turn;
    if (const ErrorCode failed = put_nodes(txn, dbs, run.execution.number, turn.nodes)) {
      return failed;
    }
    if (const ErrorCode failed = put_notifications(txn, dbs, turn.notifications)) return failed;
  }
  return run.text ? put_run_text(txn, dbs, run.execution.number, *run.text) : ErrorCode();
}

}  // namespace tripgate

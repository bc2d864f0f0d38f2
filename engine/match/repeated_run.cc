// A rerun remembers where it comes from and begins anew; a retry also takes over nodes, for which
// it needs the plan of the earlier run.
#include "engine/match/repeated_run.h"

#include <memory>
#include <utility>

#include "engine/base/errc.h"
#include "engine/match/retry_nodes.h"
#include "engine/plan/pipeline_reader.h"
#include "engine/plan/stage_selection.h"
#include "engine/status/execution_store.h"
#include "engine/status/node_store.h"
#include "engine/status/retry_chain.h"

namespace tripgate {
namespace {

Diagnostic unreadable(const ErrorCode& error) {
  return {"the earlier run cannot be read: " + error.message(), error};
}

Diagnostic no_run(const std::string& id) {
  return Diagnostic("No Plan Execution exists for id " + id);
}

bool is_of_pipeline(const Execution& execution, const RunRequest& request) {
  return execution.account == request.account && execution.org == request.org &&
         execution.project == request.project && execution.pipeline == request.pipeline;
}

const std::string& first_of(const std::string& root, const Execution& before) {
  return root.empty() ? before.plan_execution_id : root;
}

void note_rerun(ExecutionLineage& lineage, const Execution& before) {
  const bool is_rerun = !before.lineage.rerun_of.empty();
  lineage.rerun_of = before.plan_execution_id;
  lineage.rerun_of_type = before.origin.type;
  lineage.rerun_root = first_of(before.lineage.rerun_root, before);
  lineage.rerun_root_type = is_rerun ? before.lineage.rerun_root_type : before.origin.type;
}

Result<void, Diagnostic> take_over(RunRequest& request, const Execution& before,
                                   const RetryStart& start, const RunRecords& records) {
  request.lineage.retry_of = before.plan_execution_id;
  request.lineage.retry_root = first_of(before.lineage.retry_root, before);
  request.selected_stages = before.selected_stages;
  const auto text = load_run_text(records, before);
  if (!text) return unreadable(text.error());
  auto plan = plan::plan_pipeline_text(text->pipeline, before.plan_execution_id, {});
  if (!plan) return plan.error();
  auto nodes = load_nodes(records.txn, records.dbs, before.number);
  if (!nodes) return unreadable(nodes.error());
  request.retried =
      std::make_shared<const EarlierRun>(EarlierRun{std::move(*plan), std::move(*nodes), start});
  return {};
}

}  // namespace

Result<RunText> load_run_text(const RunRecords& records, const Execution& execution) {
  auto own = find_run_text(records.txn, records.dbs, execution.number);
  if (!own) return own.error();
  if (*own) return std::move(**own);
  auto stored = records.catalog.load_pipeline_version(
      {execution.account, execution.org, execution.project, execution.pipeline},
      execution.pipeline_version);
  if (!stored) return stored.error();
  return RunText{std::move(*stored), {}, {}};
}

Result<void, Diagnostic> repeat_run(RunRequest& request, const Repetition& repetition,
                                    const RunRecords& records, UnixMs now_ms) {
  const std::string& id = repetition.plan_execution_id;
  const auto before = find_execution(records.txn, records.dbs, id);
  if (!before && before.error() != Errc::not_found) return unreadable(before.error());
  if (!before || !is_of_pipeline(*before, request)) return no_run(id);
  request.origin.event_id = before->origin.event_id;
  request.origin.event_sequence = before->origin.event_sequence;
  if (!repetition.retry) {
    note_rerun(request.lineage, *before);
    return {};
  }
  if (auto refusal = why_not_retried(*before, now_ms)) return Diagnostic(std::move(*refusal));
  return take_over(request, *before, *repetition.retry, records);
}

Result<std::optional<std::string>> find_pipeline_change(const RunRecords& records,
                                                        const Execution& execution) {
  using Change = std::optional<std::string>;
  auto now = records.catalog.find_pipeline(
      {execution.account, execution.org, execution.project, execution.pipeline});
  if (!now) return now.error();
  if (!*now) {
    return Change("Pipeline with the given ID: " + execution.pipeline +
                  " does not exist or has been deleted");
  }
  auto before = load_run_text(records, execution);
  if (!before) return before.error();
  const auto old_plan = plan::plan_pipeline_text(before->pipeline, {}, {});
  if (!old_plan) return Change(old_plan.error().message);
  std::string text = std::move((*now)->text);
  if (!execution.selected_stages.empty()) {
    auto cut = plan::select_stages(text, execution.selected_stages);
    if (!cut) return Change(kOtherStagesToRetry);
    text = std::move(*cut);
  }
  const auto new_plan = plan::plan_pipeline_text(text, {}, {});
  if (!new_plan) return Change(new_plan.error().message);
  if (stage_places(*old_plan) != stage_places(*new_plan)) return Change(kOtherStagesToRetry);
  return Change();
}

Diagnostic retry_refusal(const ErrorCode& cause, const std::string& retried) {
  if (cause == Errc::not_found) return no_run(retried);
  return Diagnostic(kNotLatestToRetry);
}

}  // namespace tripgate

// The same parts that the runner puts together, without its machine.
#include "engine/run/stored_run.h"

#include <utility>

#include "engine/base/json_document.h"
#include "engine/match/repeated_run.h"
#include "engine/plan/pipeline_reader.h"
#include "engine/status/node_store.h"

namespace tripgate {

Diagnostic unreadable_run(std::string_view part, const ErrorCode& error) {
  return {"the run's " + std::string(part) + " cannot be read: " + error.message(), error};
}

Result<std::unique_ptr<StoredRun>, Diagnostic> StoredRun::load(const RunArchive& archive,
                                                               const Execution& execution) {
  const auto txn = archive.store.begin_read();
  if (!txn) return unreadable_run("records", txn.error());
  const StateDatabases& dbs = archive.store.databases();
  const auto text = load_run_text({*txn, dbs, archive.catalog}, execution);
  if (!text) return unreadable_run("text", text.error());
  auto plan = plan::plan_pipeline_text(text->pipeline, execution.plan_execution_id, {});
  if (!plan) return plan.error();
  auto nodes = load_nodes(*txn, dbs, execution.number);
  if (!nodes) return unreadable_run("nodes", nodes.error());
  GivenInputs given(*text, *plan);
  auto tree = RunTree::assemble(execution, std::move(*plan), std::move(*nodes));
  if (!tree) return Diagnostic("the run's nodes do not fit its plan");
  if (const auto used = restore_answers(*tree, given.late(), {}); !used) return used.error();
  NodeExpressions::LoadEvent load_event;
  if (const EventSequence sequence = execution.origin.event_sequence; sequence != 0) {
    load_event = [&journal = archive.journal, sequence] { return journal.load(sequence); };
  }
  std::unique_ptr<StoredRun> run(
      new StoredRun(std::move(*tree), std::move(load_event), archive.clock));
  run->expressions_.give(std::move(given));
  run->expressions_.show_at(archive.public_url);
  return run;
}

Result<LateInputView, Diagnostic> StoredRun::view_input(const std::string& node_execution_id) {
  const auto number = tree_.find(node_execution_id);
  if (!number || !expressions_.asks_for_input(tree_, *number)) {
    return no_input_template(node_execution_id);
  }
  const Execution& execution = tree_.execution();
  const NodeState& state = tree_.state(*number);
  const std::string& path = tree_.at(*number).plan->path;
  LateInputView view;
  view.account = execution.account;
  view.org = execution.org;
  view.project = execution.project;
  if (const auto instance = JsonDocument::parse(state.instance)) {
    view.instance_id = instance->root().find("inputInstanceId").text();
  }
  view.template_yaml = expressions_.late_inputs().template_of(path);
  view.field_yaml = expressions_.late_inputs().field_of(path);
  view.given = state.given_input;
  return view;
}

}  // namespace tripgate

// Requests for runs behind the API's functions: planned on the server's thread, stored, and handed
// to the runner once they are durable.
#include "engine/base/errc.h"
#include "engine/http/api_wiring.h"
#include "engine/inputs/run_inputs.h"
#include "engine/inputs/set_check.h"
#include "engine/match/input_set_texts.h"
#include "engine/plan/stage_selection.h"
#include "engine/status/execution_store.h"
#include "engine/yaml/parser.h"

namespace tripgate::http {
namespace {

constexpr const char* kBusy = "Too many executions are waiting";

Diagnostic unreadable(const ErrorCode& error) {
  return {"the store cannot be read: " + error.message(), error};
}

Result<Execution, Diagnostic> start_run(const ApiParts& parts, const RunRequest& request) {
  if (parts.runner.room() == 0) return Diagnostic(kBusy, Errc::overloaded);
  auto answer = plan_run(request, parts.catalog, parts.clock, {});
  if (!answer) return unreadable(answer.error());
  if (const RunRefusal* const refusal = answer->refusal()) return Diagnostic(refusal->message);
  PlannedRun& run = *answer->run();
  const ErrorCode failed = parts.store.write_and_wait(
      [&](lmdb::WriteTransaction& txn) { return store_run(txn, parts.store.databases(), run); });
  const std::string& retried = run.execution.lineage.retry_of;
  const bool is_refused = failed == Errc::conflict || failed == Errc::not_found;
  if (!retried.empty() && is_refused) return retry_refusal(failed, retried);
  if (failed) return Diagnostic("the run cannot be stored: " + failed.message(), failed);
  parts.runner.enqueue({run.execution.number});
  return std::move(run.execution);
}

Result<Execution, Diagnostic> start_repetition(const ApiParts& parts, RunRequest request,
                                               const Repetition& repetition) {
  {
    const auto txn = parts.store.begin_read();
    if (!txn) return unreadable(txn.error());
    const RunRecords records{*txn, parts.store.databases(), parts.catalog};
    const auto repeated = repeat_run(request, repetition, records, parts.clock.now_ms());
    if (!repeated) return repeated.error();
  }
  return start_run(parts, request);
}

Result<RunDocuments> load_documents(const ApiParts& parts, const std::string& account,
                                    const std::string& id) {
  const auto txn = parts.store.begin_read();
  if (!txn) return txn.error();
  auto execution = find_execution_of(*txn, parts.store.databases(), account, id);
  if (!execution) return execution.error();
  auto text = load_run_text({*txn, parts.store.databases(), parts.catalog}, *execution);
  if (!text) return text.error();
  const auto stored = parts.catalog.load_pipeline_version(
      {account, execution->org, execution->project, execution->pipeline},
      execution->pipeline_version);
  if (!stored) return stored.error();
  auto input_template = inputs::template_text(*stored);
  if (!input_template) return make_error_code(Errc::store_corrupt);
  return RunDocuments{std::move(*execution), std::move(*text), std::move(*input_template)};
}

PipelineKey key_of(const Scope& scope, const std::string& pipeline) {
  return {scope.account, scope.org, scope.project, pipeline};
}

Result<std::string, Diagnostic> load_pipeline(const ApiParts& parts, const PipelineKey& key) {
  auto text = parts.catalog.find_pipeline(key);
  if (!text) return unreadable(text.error());
  if (*text) return {boost::system::in_place_value, std::move((*text)->text)};
  return Diagnostic("Pipeline with the given ID: " + std::string(key.pipeline) +
                    " does not exist or has been deleted");
}

Result<std::string, Diagnostic> input_template(const ApiParts& parts, const Scope& scope,
                                               const std::string& pipeline,
                                               const std::vector<std::string>& stages) {
  const auto text = load_pipeline(parts, key_of(scope, pipeline));
  if (!text) return text.error();
  if (stages.empty()) return inputs::template_text(*text);
  const auto cut = plan::cut_stages(*text, stages);
  if (!cut) return cut.error();
  return inputs::template_text(*cut);
}

using SetErrors = InputSetMerge::SetErrors;

/// What of a set its pipeline does not take. asked: the pipeline; nullptr: it cannot be told.
SetErrors errors_of(const InputSetText& set, const yaml::Node* asked) {
  if (!set.text) return {set.identifier, {{"", no_input_set_text(set.identifier)}}};
  SetErrors errors{set.identifier, {}};
  const auto document = yaml::parse_document(*set.text, {});
  const yaml::Node* const head = document ? document->root.find("inputSet") : nullptr;
  const yaml::Node* const values = head == nullptr ? nullptr : head->find("pipeline");
  if (asked == nullptr || values == nullptr) return errors;
  for (inputs::FieldError& error : inputs::check_input_set(*asked, *values)) {
    errors.fields.emplace_back(std::move(error.fqn), std::move(error.message));
  }
  return errors;
}

/// Sets are judged by the whole pipeline, and merged into the stages that are asked for.
Result<InputSetMerge, Diagnostic> merge_sets(const ApiParts& parts, const Scope& scope,
                                             const std::string& pipeline,
                                             const InputSetChoice& choice) {
  const PipelineKey key = key_of(scope, pipeline);
  const auto whole = load_pipeline(parts, key);
  if (!whole) return whole.error();
  const auto asked = choice.stages.empty() ? whole : plan::cut_stages(*whole, choice.stages);
  if (!asked) return asked.error();
  auto sets = load_input_sets(choice.sets, key, parts.catalog);
  if (!sets) return unreadable(sets.error());
  const auto document = yaml::parse_document(*whole, {});
  const yaml::Node* const fields = document ? document->root.find("pipeline") : nullptr;
  InputSetMerge merged;
  std::vector<std::string> texts;
  for (InputSetText& set : *sets) {
    SetErrors errors = errors_of(set, fields);
    if (errors.fields.empty()) {
      texts.push_back(std::move(*set.text));
    } else {
      merged.invalid_sets.push_back(set.identifier);
      merged.errors.push_back(std::move(errors));
    }
  }
  if (!merged.invalid_sets.empty()) return merged;
  auto runtime_input = inputs::merge_input_sets(*asked, texts, choice.last);
  if (!runtime_input) return runtime_input.error();
  merged.runtime_input = std::move(*runtime_input);
  auto complete = inputs::merge_into_pipeline(*asked, merged.runtime_input);
  if (!complete) return complete.error();
  merged.pipeline = std::move(*complete);
  return merged;
}

}  // namespace

void wire_runs(Api& api, const ApiParts& parts) {
  api.start_run = [parts](const RunRequest& request) { return start_run(parts, request); };
  api.repeat_run = [parts](const RunRequest& request, const Repetition& repetition) {
    return start_repetition(parts, request, repetition);
  };
  api.run_documents = [parts](const std::string& account, const std::string& execution) {
    return load_documents(parts, account, execution);
  };
  api.input_template = [parts](const Scope& scope, const std::string& pipeline,
                               const std::vector<std::string>& stages) {
    return input_template(parts, scope, pipeline, stages);
  };
  api.merge_input_sets = [parts](const Scope& scope, const std::string& pipeline,
                                 const InputSetChoice& choice) {
    return merge_sets(parts, scope, pipeline, choice);
  };
}

}  // namespace tripgate::http

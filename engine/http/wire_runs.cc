// Requests for runs behind the API's functions: planned on the server's thread, stored, and handed
// to the runner once they are durable.
#include "engine/base/errc.h"
#include "engine/http/api_wiring.h"
#include "engine/inputs/run_inputs.h"
#include "engine/inputs/set_check.h"
#include "engine/inputs/set_references.h"
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

/// Merges sets that a person chose, and says of each what its pipeline does not take.
class SetMerger {
 public:
  SetMerger(const ApiParts& parts, const PipelineKey& key, std::string pipeline)
      : parts_(parts), key_(key), pipeline_(std::move(pipeline)) {}

  Result<void, Diagnostic> add(const std::string& identifier, bool may_be_overlay) {
    const auto text = parts_.catalog.find_input_set(key_, identifier);
    if (!text) return unreadable(text.error());
    if (!*text) {
      note(identifier, {{"", "InputSet with the given ID: " + identifier +
                                 " does not exist or has been deleted"}});
      return {};
    }
    const auto references = inputs::overlay_references(**text);
    if (references && may_be_overlay) {
      for (const std::string& reference : *references) {
        if (const auto added = add(reference, false); !added) return added;
      }
      return {};
    }
    check(identifier, **text);
    texts_.push_back(**text);
    return {};
  }

  Result<InputSetMerge, Diagnostic> merge(const std::string& last) {
    if (!merged_.invalid_sets.empty()) return std::move(merged_);
    auto runtime_input = inputs::merge_input_sets(pipeline_, texts_, last);
    if (!runtime_input) return runtime_input.error();
    merged_.runtime_input = std::move(*runtime_input);
    auto whole = inputs::merge_into_pipeline(pipeline_, merged_.runtime_input);
    if (!whole) return whole.error();
    merged_.pipeline = std::move(*whole);
    return std::move(merged_);
  }

 private:
  void check(const std::string& identifier, const std::string& text) {
    const auto pipeline = yaml::parse_document(pipeline_, {});
    const auto set = yaml::parse_document(text, {});
    const yaml::Node* const asked = pipeline ? pipeline->root.find("pipeline") : nullptr;
    const yaml::Node* const head = set ? set->root.find("inputSet") : nullptr;
    const yaml::Node* const values = head == nullptr ? nullptr : head->find("pipeline");
    if (asked == nullptr || values == nullptr) return;
    std::vector<std::pair<std::string, std::string>> fields;
    for (inputs::FieldError& error : inputs::check_input_set(*asked, *values)) {
      fields.emplace_back(std::move(error.fqn), std::move(error.message));
    }
    if (!fields.empty()) note(identifier, std::move(fields));
  }

  void note(const std::string& identifier,
            std::vector<std::pair<std::string, std::string>> fields) {
    merged_.invalid_sets.push_back(identifier);
    merged_.errors.push_back({identifier, std::move(fields)});
  }

  const ApiParts& parts_;
  const PipelineKey& key_;
  const std::string pipeline_;
  std::vector<std::string> texts_;
  InputSetMerge merged_;
};

Result<InputSetMerge, Diagnostic> merge_sets(const ApiParts& parts, const Scope& scope,
                                             const std::string& pipeline,
                                             const std::vector<std::string>& sets,
                                             const std::string& last) {
  const PipelineKey key = key_of(scope, pipeline);
  auto text = load_pipeline(parts, key);
  if (!text) return text.error();
  SetMerger merger(parts, key, std::move(*text));
  for (const std::string& set : sets) {
    if (const auto added = merger.add(set, true); !added) return added.error();
  }
  return merger.merge(last);
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
                                 const std::vector<std::string>& sets, const std::string& last) {
    return merge_sets(parts, scope, pipeline, sets, last);
  };
}

}  // namespace tripgate::http

// Runs that a person asks for. Source: pipelines.md 7.2, 8.2 and 8.3.
#include "engine/base/json_document.h"
#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"
#include "engine/http/input_set_json.h"
#include "engine/plan/setup_id.h"

namespace tripgate::http {
namespace {

/// How long the original keeps the record of a run (pipelines.md 9.3).
constexpr UnixMs kValidMs = UnixMs{1000} * 60 * 60 * 24 * 183;

/// `planExecution` of the answer. Its status is an engine's name, not a display name.
std::string started_run(const Execution& execution) {
  JsonWriter json;
  json.begin_object().key("planExecution").begin_object();
  json.member("uuid", execution.plan_execution_id).member("createdAt", execution.created_at_ms);
  json.member("planId", plan::setup_id(execution.plan_execution_id, "plan"));
  json.key("setupAbstractions").begin_object().member("accountId", execution.account);
  json.member("orgIdentifier", execution.org).member("projectIdentifier", execution.project);
  json.end_object().member("validUntil", execution.created_at_ms + kValidMs);
  json.member("status", engine_name(execution.status)).member("startTs", execution.started_at_ms);
  json.null_member("endTs").key("metadata").begin_object();
  json.member("runSequence", static_cast<std::int64_t>(execution.run_sequence));
  json.key("triggerInfo").begin_object();
  json.member("triggerType", engine_name(execution.origin.type)).end_object();
  json.member("pipelineIdentifier", execution.pipeline).end_object();
  json.key("governanceMetadata").begin_object().member("deny", false).end_object();
  json.null_member("nodeExecutionOutcomes").end_object().key("gitDetails").begin_object();
  json.null_member("objectId").null_member("branch").null_member("repoName").end_object();
  return json.end_object().take();
}

/// What a body fills into a request. Errors: it is not what the call takes.
using ReadBody = Result<void, Diagnostic> (*)(const std::string& body, RunRequest& request);

Result<void, Diagnostic> read_runtime_input(const std::string& body, RunRequest& request) {
  request.runtime_input = body;
  return {};
}

Result<void, Diagnostic> read_input_sets(const std::string& body, RunRequest& request) {
  const auto document = JsonDocument::parse(body);
  if (!document) return document.error();
  request.runtime_input = document->root().find("lastYamlToMerge").text();
  request.input_sets = texts_of(document->root().find("inputSetReferences"));
  request.selected_stages = texts_of(document->root().find("stageIdentifiers"));
  return {};
}

/// `expressionValues` would become text of the pipeline, and so of its scripts, where values never
/// go (README, "Differences"); without them the call is complete.
Result<void, Diagnostic> read_stages(const std::string& body, RunRequest& request) {
  const auto document = JsonDocument::parse(body);
  if (!document) return document.error();
  if (!document->root().find("expressionValues").members().empty()) {
    return Diagnostic("expressionValues are not supported: select the stages that are named");
  }
  request.runtime_input = document->root().find("runtimeInputYaml").text();
  request.selected_stages = texts_of(document->root().find("stageIdentifiers"));
  return {};
}

Response tell_run(const Context& context, const Result<Execution, Diagnostic>& started) {
  if (!started) return refuse(started.error(), context.correlation_id);
  return success(started_run(*started), context.correlation_id);
}

std::string notes_of(const Context& context) {
  return context.request.parameter_or_empty("notesForPipelineExecution");
}

/// original: the plan execution id of the run that is repeated; empty: none is.
Response start(const Context& context, ReadBody read, const std::string& original = {}) {
  auto request = run_request(context, notes_of(context));
  if (!request) return refuse(request.error(), context.correlation_id);
  const auto taken = read(context.request.body, *request);
  if (!taken) return refuse(taken.error(), context.correlation_id);
  return tell_run(context, original.empty() ? context.api.start_run(*request)
                                            : context.api.repeat_run(*request, {original, {}}));
}

Response start_again(const Context& context, ReadBody read) {
  return start(context, read, context.path.find("planExecutionId"));
}

}  // namespace

Result<RunRequest, Diagnostic> run_request(const Context& context, std::string notes) {
  if (auto refusal = refusal_of_notes(notes)) return *std::move(refusal);
  RunRequest request;
  request.account = context.scope.account;
  request.org = context.scope.org;
  request.project = context.scope.project;
  request.pipeline = context.path.find("identifier");
  request.notes = std::move(notes);
  request.origin.type = TriggerType::manual;
  request.origin.principal_username = context.caller.identifier;
  request.may_execute = [caller = context.caller, account = request.account](
                            const std::string& org, const std::string& project) {
    return caller.allows(edge::permission_execute, {account, org, project});
  };
  return request;
}

Response run_pipeline(const Context& context) {
  return start(context, read_runtime_input);
}

Response run_with_input_sets(const Context& context) {
  return start(context, read_input_sets);
}

Response run_stages(const Context& context) {
  return start(context, read_stages);
}

Response rerun_pipeline(const Context& context) {
  return start_again(context, read_runtime_input);
}

Response rerun_with_input_sets(const Context& context) {
  return start_again(context, read_input_sets);
}

Response rerun_stages(const Context& context) {
  return start_again(context, read_stages);
}

/// `runAllStages` is true unless it says false, as in the original.
Response retry_pipeline(const Context& context) {
  const Request& asked = context.request;
  Repetition repetition{asked.parameter_or_empty("planExecutionId"), RetryStart()};
  repetition.retry->stages = asked.parameters("retryStages");
  repetition.retry->runs_all_stages = asked.parameter_or_empty("runAllStages") != "false";
  auto request = run_request(context, notes_of(context));
  if (!request) return refuse(request.error(), context.correlation_id);
  request->runtime_input = asked.body;
  return tell_run(context, context.api.repeat_run(*request, repetition));
}

}  // namespace tripgate::http

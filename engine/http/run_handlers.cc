// Runs that a person asks for. Source: pipelines.md 7.2, 8.2 and 8.3.
#include "engine/base/json_document.h"
#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"
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

RunRequest request_of(const Context& context) {
  RunRequest request;
  request.account = context.scope.account;
  request.org = context.scope.org;
  request.project = context.scope.project;
  request.pipeline = context.path.values[0];
  request.notes = context.request.parameter_or_empty("notesForPipelineExecution");
  request.origin.type = TriggerType::manual;
  request.origin.principal_username = context.caller.identifier;
  return request;
}

Response start_run(const Context& context, const RunRequest& request) {
  const Result<Execution, Diagnostic> started = context.api.start_run(request);
  if (!started) return invalid_request(started.error().message, context.correlation_id);
  return success(started_run(*started), context.correlation_id);
}

}  // namespace

Response run_pipeline(const Context& context) {
  RunRequest request = request_of(context);
  request.runtime_input = context.request.body;
  return start_run(context, request);
}

Response run_with_input_sets(const Context& context) {
  const auto body = JsonDocument::parse(context.request.body);
  if (!body) return invalid_request(body.error().message, context.correlation_id);
  if (!body->root().find("stageIdentifiers").elements().empty()) {
    return invalid_request("stageIdentifiers: selected stages are not supported yet",
                           context.correlation_id);
  }
  RunRequest request = request_of(context);
  request.runtime_input = body->root().find("lastYamlToMerge").text();
  for (const JsonView& set : body->root().find("inputSetReferences").elements()) {
    request.input_sets.push_back(set.text());
  }
  return start_run(context, request);
}

}  // namespace tripgate::http

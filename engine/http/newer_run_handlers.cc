// Runs by the newer API, whose answers have no envelope. Source: pipelines.md 8.2.
#include "engine/base/json_document.h"
#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"

namespace tripgate::http {
namespace {

/// The body is an object with `inputs_yaml`, or a runtime input itself; it may be empty. Errors: it
/// gives what pipelines of this kind do not take.
Result<void, Diagnostic> read_body(const std::string& body, RunRequest& request) {
  const auto document = JsonDocument::parse(body);
  const bool is_runtime_input =
      !document || !document->root().is_object() || document->root().find("pipeline");
  if (is_runtime_input) {
    request.runtime_input = body;
    return {};
  }
  for (const char* name : {"inputs", "expression_values"}) {
    if (document->root().find(name).members().empty()) continue;
    return Diagnostic(std::string(name) + " are not supported: give inputs_yaml");
  }
  request.runtime_input = document->root().find("inputs_yaml").text();
  return {};
}

Result<RunRequest, Diagnostic> read_request(const Context& context) {
  auto request = run_request(context, context.request.parameter_or_empty("notes"));
  if (!request) return request.error();
  const auto read = read_body(context.request.body, *request);
  if (!read) return read.error();
  return request;
}

Response tell_run(const Context& context, const Result<Execution, Diagnostic>& started) {
  if (!started) return refuse(started.error(), context.correlation_id);
  JsonWriter json;
  json.begin_object().key("execution_details").begin_object();
  json.member("execution_id", started->plan_execution_id);
  json.member("status", engine_name(started->status)).end_object().end_object();
  return bare(json.take());
}

Response repeat(const Context& context, const std::optional<RetryStart>& retry) {
  const auto request = read_request(context);
  if (!request) return refuse(request.error(), context.correlation_id);
  const Repetition repetition{context.path.find("planExecutionId"), retry};
  return tell_run(context, context.api.repeat_run(*request, repetition));
}

}  // namespace

Response newer_run_pipeline(const Context& context) {
  const auto request = read_request(context);
  if (!request) return refuse(request.error(), context.correlation_id);
  return tell_run(context, context.api.start_run(*request));
}

Response newer_rerun_pipeline(const Context& context) {
  return repeat(context, std::nullopt);
}

Response newer_retry_pipeline(const Context& context) {
  RetryStart start;
  start.stages = context.request.parameters("retry_stages");
  if (start.stages.empty()) return missing_parameters({"retry_stages"}, context.correlation_id);
  start.runs_all_stages = context.request.parameter_or_empty("run_all_stages") != "false";
  return repeat(context, start);
}

}  // namespace tripgate::http

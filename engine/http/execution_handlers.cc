// Executions: list, detail, and the output of their steps, which can be followed while they run.
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

#include "engine/base/errc.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"
#include "engine/http/log_stream.h"

namespace tripgate::http {
namespace {

Response no_execution(const ErrorCode& cause, const Context& context) {
  if (cause != Errc::not_found) return store_failure(cause, context.correlation_id);
  return not_found("No Plan Execution exists for id " + context.path.values[0],
                   context.correlation_id);
}

/// The lines of the parameters `fromPos` and `count`, of each attempt.
LogRange wanted_range(const Request& request) {
  LogRange range;
  for (auto [name, number] :
       {std::pair{"fromPos", &range.first}, std::pair{"count", &range.count}}) {
    const std::string text = request.parameter_or_empty(name);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_whole = error == std::errc() && end == text.data() + text.size();
    if (is_whole && value >= 0) *number = value;
  }
  return range;
}

/// Leaves the attempts of the parameters `stage` and `step`, where they are given.
ExecutionLogs select_attempts(ExecutionLogs logs, const std::optional<std::string>& stage,
                              const std::optional<std::string>& step) {
  std::erase_if(logs.attempts, [&](const StepAttempt& attempt) {
    return (stage && attempt.stage != *stage) || (step && attempt.step != *step);
  });
  return logs;
}

}  // namespace

Response list_executions(const Context& context) {
  const auto [page, size] = paging(context.request);
  const Result<std::string> executions = context.api.execution_list(
      context.scope, context.request.parameter("pipelineIdentifier"), page, size);
  if (!executions) return store_failure(executions.error(), context.correlation_id);
  return success(*executions, context.correlation_id);
}

Response get_execution(const Context& context) {
  const std::string& id = context.path.values[0];
  const Result<ExecutionLogs> place = context.api.execution_logs(context.scope.account, id);
  if (!place) return no_execution(place.error(), context);
  auto refused = refuse_without(edge::permission_view, context, place->scope);
  if (refused) return *std::move(refused);
  const std::string stage = context.request.parameter_or_empty("stageNodeId");
  const std::string iteration = context.request.parameter_or_empty("stageNodeExecutionId");
  const GraphQuery graph = {
      .stage_node_id = stage,
      .stage_node_execution_id = iteration,
      .is_full = context.request.parameter_or_empty("renderFullBottomGraph") == "true"};
  const Result<std::string> execution =
      context.api.execution_detail(context.scope.account, id, graph);
  if (!execution) return no_execution(execution.error(), context);
  return success(*execution, context.correlation_id);
}

Response get_execution_sub_graph(const Context& context) {
  const std::string& id = context.path.values[0];
  const Result<ExecutionLogs> place = context.api.execution_logs(context.scope.account, id);
  if (!place) return no_execution(place.error(), context);
  auto refused = refuse_without(edge::permission_view, context, place->scope);
  if (refused) return *std::move(refused);
  const Result<std::string> graph =
      context.api.execution_sub_graph(context.scope.account, id, context.path.values[1]);
  if (!graph) return no_execution(graph.error(), context);
  return success(*graph, context.correlation_id);
}

Response get_execution_logs(const Context& context) {
  const std::string id = context.path.values[0];
  const std::string account = context.scope.account;
  const Result<ExecutionLogs> logs = context.api.execution_logs(account, id);
  if (!logs) return no_execution(logs.error(), context);
  auto refused = refuse_without(edge::permission_view, context, logs->scope);
  if (refused) return *std::move(refused);

  const bool is_followed = context.request.parameter_or_empty("follow") == "true";
  const auto stream = std::make_shared<LogStream>(
      [&api = context.api, account, id, stage = context.request.parameter("stage"),
       step = context.request.parameter("step")]() -> Result<ExecutionLogs> {
        auto loaded = api.execution_logs(account, id);
        if (!loaded) return loaded.error();
        return select_attempts(std::move(*loaded), stage, step);
      },
      is_followed ? LogFormat::server_sent_events : LogFormat::json_lines,
      LogPlace(context.request.header("Last-Event-ID").value_or("")),
      wanted_range(context.request));
  Response response;
  response.content_type = is_followed ? "text/event-stream" : "application/x-ndjson";
  response.headers = {{"Cache-Control", "no-cache"}, {"X-Accel-Buffering", "no"}};
  response.stream = [stream] { return stream->next(); };
  return response;
}

}  // namespace tripgate::http

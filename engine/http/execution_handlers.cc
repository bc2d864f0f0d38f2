// Executions: list, detail, and the output of their steps, which can be followed while they run.
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

#include "engine/base/errc.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"
#include "engine/http/log_stream.h"
#include "engine/http/long_poll.h"

namespace tripgate::http {
namespace {  /// The lines of the parameters `fromPos` and `count`, of each attempt.
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

Response no_execution(const ErrorCode& cause, const std::string& id,
                      const std::string& correlation_id) {
  if (cause != Errc::not_found) return store_failure(cause, correlation_id);
  return not_found("No Plan Execution exists for id " + id, correlation_id);
}

std::optional<Response> refuse_execution(std::uint8_t permission, const Context& context) {
  const std::string& id = context.path.values[0];
  const Result<Scope> place = context.api.execution_scope(context.scope.account, id);
  if (!place) return no_execution(place.error(), id, context.correlation_id);
  return refuse_without(permission, context, *place);
}

namespace {

/// needs_graph: all of it is shown unless a stage is named.
Response show_execution(const Context& context, bool needs_graph) {
  if (auto refused = refuse_execution(edge::permission_view, context)) return *std::move(refused);
  struct Asked {
    const Api& api;
    std::string account, id, stage, iteration, child_stage, correlation_id;
    bool is_full = false;
    [[nodiscard]] GraphQuery graph() const { return {stage, iteration, is_full, child_stage}; }
  };
  const Request& request = context.request;
  Asked asked = {context.api,
                 context.scope.account,
                 context.path.values[0],
                 request.parameter_or_empty("stageNodeId"),
                 request.parameter_or_empty("stageNodeExecutionId"),
                 request.parameter_or_empty("childStageNodeId"),
                 context.correlation_id,
                 request.parameter_or_empty("renderFullBottomGraph") == "true"};
  if (needs_graph && !asked.graph().wants_graph()) asked.is_full = true;
  return answer_when_changed(
      context,
      [asked] { return asked.api.execution_revision(asked.account, asked.id, asked.graph()); },
      [asked] {
        const auto detail = asked.api.execution_detail(asked.account, asked.id, asked.graph());
        if (!detail) return no_execution(detail.error(), asked.id, asked.correlation_id);
        return success(*detail, asked.correlation_id);
      });
}

}  // namespace

Response get_execution(const Context& context) {
  return show_execution(context, false);
}

Response get_execution_with_graph(const Context& context) {
  return show_execution(context, true);
}

Response get_execution_sub_graph(const Context& context) {
  if (auto refused = refuse_execution(edge::permission_view, context)) return *std::move(refused);
  const std::string& id = context.path.values[0];
  const Result<std::string> graph =
      context.api.execution_sub_graph(context.scope.account, id, context.path.values[1]);
  if (!graph) return no_execution(graph.error(), id, context.correlation_id);
  return success(*graph, context.correlation_id);
}

Response get_execution_logs(const Context& context) {
  const std::string id = context.path.values[0];
  const std::string account = context.scope.account;
  const Result<ExecutionLogs> logs = context.api.execution_logs(account, id);
  if (!logs) return no_execution(logs.error(), id, context.correlation_id);
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

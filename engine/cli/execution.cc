// Executions: what ran, how it went, and what its steps printed.
#include "engine/cli/commands.h"

namespace tripgate::cli {
namespace {

void print_executions(const Session& session, const JsonView& data) {
  Table table({"ID", "PIPELINE", "RUN", "STATUS", "STARTED", "ENDED"});
  for (const JsonView run : data.find("content").elements()) {
    table.add({run.find("planExecutionId").text(), run.find("pipelineIdentifier").text(),
               run.find("runSequence").text(), run.find("status").text(),
               time_text(run.find("startTs")), time_text(run.find("endTs"))});
  }
  table.print(session.out());
}

void print_execution(const Session& session, const JsonView& data) {
  const JsonView run = data.find("pipelineExecutionSummary");
  session.out() << run.find("pipelineIdentifier").text() << " #" << run.find("runSequence").text()
                << "  " << run.find("status").text() << '\n';
  const std::string failure = run.find("failureInfo").find("message").text();
  if (!failure.empty()) session.out() << failure << '\n';
  Table table({"STAGE", "TYPE", "STATUS", "STARTED", "ENDED"});
  for (const auto& [id, node] : run.find("layoutNodeMap").members()) {
    table.add({node.find("nodeIdentifier").text(), node.find("nodeType").text(),
               node.find("status").text(), time_text(node.find("startTs")),
               time_text(node.find("endTs"))});
  }
  table.print(session.out());
}

/// Prints what a line of the log stream carries; a followed stream wraps it in "data: ".
void print_log_line(const Session& session, std::string_view line) {
  constexpr std::string_view kPrefix = "data: ";
  if (line.starts_with(kPrefix)) line.remove_prefix(kPrefix.size());
  if (!line.starts_with('{')) return;
  const Result<JsonDocument, Diagnostic> record = JsonDocument::parse(std::string(line));
  if (record) session.out() << record->root().find("out").text() << std::flush;
}

}  // namespace

int execution_list(const Session& session) {
  Call call = {.method = "GET",
               .path = "/pipeline/api/tripgate/executions",
               .query = session.project_query(),
               .body = {}};
  call.query.emplace_back("size", session.arguments().value("last").value_or("20"));
  if (const auto pipeline = session.arguments().value("pipeline")) {
    call.query.emplace_back("pipelineIdentifier", *pipeline);
  }
  for (const std::string& status : session.arguments().values("status")) {
    call.query.emplace_back("status", status);
  }
  if (session.arguments().has("all")) call.query.emplace_back("showAllExecutions", "true");
  return session.ask(call, [&](const JsonView& data) {
    return session.show(data, [&](const JsonView& shown) { print_executions(session, shown); });
  });
}

int execution_show(const Session& session) {
  const std::string& id = session.arguments().operands().back();
  const Call call = {.method = "GET",
                     .path = "/pipeline/api/pipelines/execution/v2/" + encode_url(id),
                     .query = session.project_query(),
                     .body = {}};
  return session.ask(call, [&](const JsonView& data) {
    return session.show(data, [&](const JsonView& shown) { print_execution(session, shown); });
  });
}

int execution_eval(const Session& session) {
  Call call = {.method = "POST",
               .path = "/pipeline/api/pipelines/execution/" + encode_url(session.operand(0)) +
                       "/evaluateExpression",
               .query = session.project_query(),
               .body = session.operand(1)};
  if (const auto node = session.arguments().value("node")) {
    call.query.emplace_back("nodeExecutionId", *node);
  }
  return session.ask(call, [&](const JsonView& data) {
    for (const auto& [key, block] : data.find("mapExpression").members()) {
      const std::string complaint = block.find("error").text();
      if (!complaint.empty()) session.complain() << key << ": " << complaint << '\n';
    }
    return session.show(data, [&](const JsonView& shown) {
      session.out() << shown.find("compiledYaml").text() << '\n';
    });
  });
}

int execution_abort(const Session& session) {
  Call call = {.method = "PUT",
               .path = "/pipeline/api/pipeline/execute/interrupt/" + encode_url(session.operand(0)),
               .query = session.project_query(),
               .body = {}};
  call.query.emplace_back("interruptType", "AbortAll");
  return session.ask(call, [&](const JsonView& data) {
    return session.show(data, [&](const JsonView& shown) {
      session.out() << "aborting " << shown.find("planExecutionId").text() << '\n';
    });
  });
}

int execution_logs(const Session& session) {
  Call call = {
      .method = "GET",
      .path = "/pipeline/api/tripgate/executions/" + encode_url(session.operand(0)) + "/logs",
      .query = session.project_query(),
      .body = {}};
  if (session.arguments().has("follow")) call.query.emplace_back("follow", "true");
  return session.follow(call, [&](std::string_view line) { print_log_line(session, line); });
}

}  // namespace tripgate::cli

// Events: what came in, and what became of it.
#include "engine/cli/commands.h"

namespace tripgate::cli {
namespace {

void print_events(const Session& session, const JsonView& data) {
  Table table({"ID", "RECEIVED", "PIPELINE", "TRIGGER", "PRINCIPAL", "PEER", "BYTES"});
  for (const JsonView event : data.elements()) {
    table.add({event.find("eventId").text(), time_text(event.find("receivedAt")),
               event.find("pipelineIdentifier").text(), event.find("triggerIdentifier").text(),
               event.find("principal").text(), event.find("peer").text(),
               event.find("bodySize").text()});
  }
  table.print(session.out());
}

void print_event(const Session& session, const JsonView& event) {
  Table table({"event", event.find("eventId").text()});
  table.add({"received", time_text(event.find("receivedAt"))});
  for (const char* name : {"orgIdentifier", "projectIdentifier", "pipelineIdentifier",
                           "triggerIdentifier", "principal", "peer", "method", "query"}) {
    table.add({name, event.find(name).text()});
  }
  for (const JsonView header : event.find("headers").elements()) {
    table.add({header.find("name").text() + ':', header.find("value").text()});
  }
  table.print(session.out());
  session.out() << '\n' << event.find("payload").text() << '\n';
}

void print_outcome(const Session& session, const JsonView& details) {
  Table table({"status", details.find("status").text()});
  table.add({"message", details.find("message").text()});
  table.add({"execution", details.find("pipelineExecutionId").text()});
  table.print(session.out());
}

}  // namespace

int event_list(const Session& session) {
  Call call = {.method = "GET",
               .path = "/pipeline/api/tripgate/events",
               .query = session.project_query(),
               .body = {}};
  call.query.emplace_back("size", session.arguments().value("last").value_or("20"));
  return session.ask(call, [&](const JsonView& data) {
    return session.show(data, [&](const JsonView& shown) { print_events(session, shown); });
  });
}

int event_show(const Session& session) {
  const std::string& id = session.arguments().operands().back();
  const Call call = {.method = "GET",
                     .path = "/pipeline/api/tripgate/events/" + encode_url(id),
                     .query = session.project_query(),
                     .body = {}};
  const int shown = session.ask(call, [&](const JsonView& data) {
    return session.show(data, [&](const JsonView& event) { print_event(session, event); });
  });
  if (shown != exit_done || session.format() != OutputFormat::table) return shown;
  Call outcome = {.method = "GET",
                  .path = "/pipeline/api/webhook/triggerProcessingDetails",
                  .query = session.project_query(),
                  .body = {}};
  outcome.query.emplace_back("eventId", id);
  return session.ask(outcome, [&](const JsonView& details) {
    print_outcome(session, details);
    return int{exit_done};
  });
}

}  // namespace tripgate::cli

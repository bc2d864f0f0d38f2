// Why triggers fired or did not, and what an edited one would have done.
#include "engine/cli/commands.h"
#include "engine/cli/explanation_text.h"
#include "engine/cli/source_files.h"

namespace tripgate::cli {
namespace {

void print_trigger(std::ostream& out, const JsonView& trigger) {
  const JsonView conditions = trigger.find("conditions");
  const bool matches = trigger.find("matches").boolean().value_or(false);
  if (!conditions) {
    out << "\na trigger whose version " << trigger.find("version").text() << " is gone: ";
    out << (matches ? "matched\n" : trigger.find("firstFailing").text() + " did not hold\n");
    return;
  }
  out << "\ntrigger " << trigger.find("triggerIdentifier").text() << " of pipeline "
      << trigger.find("pipelineIdentifier").text() << ", version " << trigger.find("version").text()
      << (matches ? ": matches\n" : ": does not match\n");
  if (conditions.elements().empty()) out << "  it has no conditions\n";
  print_conditions(out, conditions);
}

void print_explanation(const Session& session, const JsonView& data) {
  std::ostream& out = session.out();
  out << "event " << data.find("eventId").text() << ": " << data.find("status").text() << '\n'
      << data.find("message").text() << '\n';
  const auto candidates = data.find("candidates").elements();
  for (const JsonView trigger : candidates) print_trigger(out, trigger);
  const auto count = data.find("candidateCount").integer().value_or(0);
  if (count == 0) out << "\nit selected no trigger\n";
  const auto left = count - static_cast<std::int64_t>(candidates.size());
  if (left > 0) out << "\nand " << left << " more triggers\n";
}

void add_events(Table& table, const char* change, const JsonView& events) {
  for (const JsonView event : events.elements()) {
    table.add({change, event.find("eventId").text(), time_text(event.find("receivedAt")),
               event.find("firstFailing").text()});
  }
}

void print_what_if(const Session& session, const JsonView& data) {
  const auto number = [&data](const char* name) { return data.find(name).text(); };
  const JsonView newly = data.find("newlyFires");
  const JsonView stops = data.find("stops");
  if (!newly.elements().empty() || !stops.elements().empty()) {
    Table table({"CHANGE", "EVENT", "RECEIVED", "CONDITION"});
    add_events(table, "newly fires", newly);
    add_events(table, "stops", stops);
    table.print(session.out());
    session.out() << '\n';
  }
  session.out() << number("judged") << " events judged: " << newly.elements().size()
                << " would newly fire, " << stops.elements().size() << " would stop, "
                << number("staysFiring") << " still fire, " << number("staysSilent")
                << " still do not\n";
  if (data.find("exists").boolean().value_or(true)) return;
  session.out() << "There is no trigger " << number("triggerIdentifier") << " of pipeline "
                << number("pipelineIdentifier") << " yet: every event of the project was judged.\n";
}

}  // namespace

int event_explain(const Session& session) {
  const std::string& id = session.arguments().operands().back();
  const Call call = {.method = "GET",
                     .path = "/pipeline/api/triggers/eventHistory/explain/" + encode_url(id),
                     .query = session.project_query(),
                     .body = {}};
  return session.ask(call, [&](const JsonView& data) {
    return session.show(data, [&](const JsonView& shown) { print_explanation(session, shown); });
  });
}

int what_if(const Session& session) {
  const auto files = read_source_files(session.arguments().operands());
  if (!files || files->size() != 1) {
    session.complain() << "tripgate whatif: "
                       << (files ? "one file was expected" : files.error().message) << '\n';
    return exit_refused;
  }
  Call call = {.method = "POST",
               .path = "/pipeline/api/tripgate/whatif",
               .query = session.project_query(),
               .body = files->front().text};
  call.query.emplace_back("file", files->front().name);
  call.query.emplace_back("size", session.arguments().value("last").value_or("100"));
  return session.ask(call, [&](const JsonView& data) {
    return session.show(data, [&](const JsonView& shown) { print_what_if(session, shown); });
  });
}

}  // namespace tripgate::cli

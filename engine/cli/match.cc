// One event against one trigger, without an engine: the same judgement, and every reason for it.
#include "engine/cli/commands.h"
#include "engine/cli/event_file.h"
#include "engine/cli/explanation_text.h"
#include "engine/cli/source_files.h"
#include "engine/match/conditions.h"
#include "engine/match/explained_event.h"
#include "engine/plan/documents.h"

namespace tripgate::cli {
namespace {

int complain(const Session& session, const Diagnostic& complaint) {
  session.complain() << "tripgate match: " << complaint.to_string() << '\n';
  return exit_usage;
}

Result<EventFile, Diagnostic> read_event(const Session& session) {
  const Result<SourceFile, Diagnostic> file = read_source_file(session.operand(0));
  if (!file) return file.error();
  Result<EventFile, Diagnostic> event = read_event_file(file->text);
  if (!event) {
    Diagnostic complaint = event.error();
    complaint.file = file->name;
    return complaint;
  }
  for (const std::string& line : session.arguments().values("header")) {
    if (auto complaint = add_header_line(*event, line)) return *complaint;
  }
  return event;
}

/// The only trigger of a file; complains about everything that is wrong with it.
std::optional<plan::TriggerDocument> read_trigger(const Session& session) {
  const Result<SourceFile, Diagnostic> file = read_source_file(session.operand(1));
  if (!file) {
    complain(session, file.error());
    return std::nullopt;
  }
  yaml::Findings findings(file->name);
  auto documents = plan::read_documents(file->text, {}, findings);
  for (Diagnostic& warning : findings.warnings) {
    warning.message.insert(0, "warning: ");
    session.complain() << warning.to_string() << '\n';
  }
  for (const Diagnostic& error : findings.errors) session.complain() << error.to_string() << '\n';
  if (!findings.is_clean()) return std::nullopt;
  auto* const trigger = documents.size() == 1
                            ? std::get_if<plan::TriggerDocument>(&documents.front().content)
                            : nullptr;
  if (trigger != nullptr) return std::move(*trigger);
  complain(session, Diagnostic(file->name + ": exactly one trigger was expected"));
  return std::nullopt;
}

void print(const Session& session, const plan::TriggerDocument& trigger, const JsonView& shown) {
  session.out() << trigger.identifier;
  if (shown.find("matches").boolean().value_or(false)) {
    session.out() << " matches";
  } else {
    session.out() << " does not match, see " << shown.find("firstFailing").text();
  }
  session.out() << (trigger.is_enabled ? "\n" : "; but it is disabled\n");
  print_conditions(session.out(), shown.find("conditions"));
}

}  // namespace

int match(const Session& session) {
  const Result<EventFile, Diagnostic> event = read_event(session);
  if (!event) return complain(session, event.error());
  const std::optional<plan::TriggerDocument> trigger = read_trigger(session);
  if (!trigger) return exit_usage;
  const JudgedEvent judged(event->body, event->header_lines());
  const Explanation explanation = Conditions(*trigger).explain(judged);
  const ExplainedCondition* const failing = explanation.first_failing();
  JsonWriter json;
  json.begin_object().member("triggerIdentifier", trigger->identifier);
  json.member("matches", failing == nullptr);
  json.member("firstFailing",
              failing == nullptr ? std::nullopt : std::optional(failing->place.to_string()));
  json.key("conditions");
  write_explanation(json, explanation);
  json.end_object();
  const Result<JsonDocument, Diagnostic> document = JsonDocument::parse(json.text());
  if (!document) return complain(session, document.error());
  session.show(document->root(), [&](const JsonView& shown) { print(session, *trigger, shown); });
  return failing == nullptr ? exit_done : exit_refused;
}

}  // namespace tripgate::cli

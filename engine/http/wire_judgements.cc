// Explanations and what-if behind the API's functions: stored events judged again.
#include <algorithm>

#include "engine/base/errc.h"
#include "engine/http/api_wiring.h"
#include "engine/match/explained_event.h"
#include "engine/match/what_if.h"
#include "engine/plan/documents.h"
#include "engine/status/history.h"

namespace tripgate::http {
namespace {

/// Candidates that one answer explains; `triggerIdentifier` asks for a certain one.
constexpr std::size_t kExplainedMax = 100;

/// Events that one what-if looks at to find those of its trigger, and bytes of bodies that it
/// parses: about a second of one thread.
constexpr std::size_t kEventScanMax = 10000;
constexpr std::size_t kWhatIfMaxBytes = 64 * 1024 * 1024;

/// What is stored of one settled event.
struct Judged {
  StoredEvent event;
  std::vector<CandidateVerdict> candidates;
  HistoryRow row;
};

Result<Judged> load_judged(const ApiParts& parts, const std::string& account,
                           const std::string& text) {
  const std::optional<EventId> id = EventId::parse(text);
  if (!id) return Errc::not_found;
  const Result<EventSequence> sequence = parts.journal.find(*id);
  if (!sequence) return sequence.error();
  Judged judged;
  {
    const auto txn = parts.store.begin_read();
    if (!txn) return txn.error();
    const StateDatabases& databases = parts.store.databases();
    const auto rows = load_history_rows(*txn, databases, *sequence);
    if (!rows) return rows.error();
    if (rows->empty() || rows->front().account != account) return Errc::not_found;
    judged.row = rows->front();
    auto candidates = load_candidates(*txn, databases, *sequence);
    if (!candidates && candidates.error() != Errc::not_found) return candidates.error();
    if (candidates) judged.candidates = std::move(*candidates);
  }
  Result<StoredEvent> event = parts.journal.load(*sequence);
  if (!event) return event.error();
  judged.event = std::move(*event);
  return judged;
}

LoadTriggerVersion loader(const ApiParts& parts) {
  return [&parts](std::uint64_t ref, std::uint64_t version) {
    return parts.entities.load_version(ref, version);
  };
}

Result<std::string> explain(const ApiParts& parts, const std::string& account,
                            const std::string& event_id) {
  Result<Judged> judged = load_judged(parts, account, event_id);
  if (!judged) return judged.error();
  const std::size_t count = judged->candidates.size();
  judged->candidates.resize(std::min(count, kExplainedMax));
  const auto triggers = explain_event(judged->event, judged->candidates, loader(parts));
  if (!triggers) return triggers.error();
  JsonWriter json;
  json.begin_object().member("eventId", event_id);
  json.member("status", final_status_name(judged->row.status));
  json.member("message", judged->row.message);
  json.member("candidateCount", static_cast<std::int64_t>(count));
  json.key("candidates").begin_array();
  for (const ExplainedTrigger& trigger : *triggers) write_explained_trigger(json, trigger);
  json.end_array().end_object();
  return json.take();
}

/// Whether an event has the trigger among its candidates (triggers.md 1.6). One that does not exist
/// yet is judged with every event of its project.
bool reaches(const EventHead& head, const entities::EntityName& name,
             const std::optional<entities::Entity>& trigger) {
  const entities::Scope& scope = name.scope;
  if (head.account != scope.account || head.org != scope.org || head.project != scope.project) {
    return false;
  }
  if (!trigger) return true;
  if (head.trigger_ref != 0) return head.trigger_ref == trigger->ref;
  if (!trigger->webhook_token.empty() && head.principal.is_anonymous()) return false;
  return (!head.pipeline || *head.pipeline == name.pipeline) &&
         (!head.trigger || *head.trigger == name.identifier);
}

ErrorCode judge_stored_events(const ApiParts& parts, const entities::EntityName& name,
                              const std::optional<entities::Entity>& trigger, std::size_t last,
                              WhatIf& what_if) {
  const auto sequences = parts.journal.list(std::nullopt, kEventScanMax);
  if (!sequences) return sequences.error();
  std::size_t bytes = 0;
  for (const EventSequence sequence : *sequences) {
    if (what_if.report().judged() == last || bytes > kWhatIfMaxBytes) break;
    const Result<StoredEvent> head = parts.journal.load_head(sequence);
    if (!head) return head.error();
    const auto decoded = decode_event_head(head->head_bytes);
    if (!decoded || !reaches(decoded->head, name, trigger)) continue;
    const Result<StoredEvent> event = parts.journal.load(sequence);
    if (!event) return event.error();
    bytes += event->body.size();
    if (const ErrorCode failed = what_if.add(*event)) return failed;
  }
  return {};
}

/// The one trigger of a text; complaints go to the outcome.
std::optional<plan::TriggerDocument> read_trigger_text(const WhatIfRequest& request,
                                                       WhatIfOutcome& outcome) {
  yaml::Findings findings(request.file);
  auto documents = plan::read_documents(request.yaml, {}, findings);
  outcome.errors = std::move(findings.errors);
  if (!outcome.errors.empty()) return std::nullopt;
  auto* const trigger = documents.size() == 1
                            ? std::get_if<plan::TriggerDocument>(&documents.front().content)
                            : nullptr;
  if (trigger != nullptr) return std::move(*trigger);
  findings.error({1, 1}, "one trigger was expected");
  outcome.errors.push_back(findings.errors.back());
  return std::nullopt;
}

Result<WhatIfOutcome> what_if(const ApiParts& parts, const WhatIfRequest& request) {
  WhatIfOutcome outcome;
  const auto edited = read_trigger_text(request, outcome);
  if (!edited) return outcome;
  const Scope scope = {request.scope.account, edited->org.empty() ? request.scope.org : edited->org,
                       edited->project.empty() ? request.scope.project : edited->project};
  if (!request.may_view(scope)) {
    outcome.denied = scope;
    return outcome;
  }
  const entities::EntityName name = {entities::EntityKind::trigger,
                                     {scope.account, scope.org, scope.project},
                                     edited->pipeline_identifier,
                                     edited->identifier};
  std::optional<entities::Entity> entity;
  std::optional<plan::TriggerDocument> current;
  if (auto found = parts.entities.find(name)) {
    entity = std::move(*found);
    const auto text = parts.entities.load_version(entity->ref, entity->version);
    if (!text) return text.error();
    const auto document = plan::read_stored_trigger(*text);
    if (!document) return Errc::store_corrupt;
    current = *document;
  } else if (found.error() != Errc::not_found) {
    return found.error();
  }
  WhatIf comparison(current ? &*current : nullptr, *edited);
  if (const ErrorCode failed = judge_stored_events(parts, name, entity, request.last, comparison)) {
    return failed;
  }
  JsonWriter json;
  json.begin_object().member("triggerIdentifier", name.identifier);
  json.member("pipelineIdentifier", name.pipeline).member("exists", entity.has_value());
  write_report(json, comparison.report());
  json.end_object();
  outcome.data = json.take();
  return outcome;
}

}  // namespace

void wire_judgements(Api& api, const ApiParts& parts) {
  api.event_explanation = [parts](const std::string& account, const std::string& event) {
    return explain(parts, account, event);
  };
  api.what_if = [parts](const WhatIfRequest& request) { return what_if(parts, request); };
}

}  // namespace tripgate::http

// Selection first, then conditions, then one row for each trigger that matches, in the order of
// selection. Texts are those of triggers.md 1.7, 3.1 and 3.3, letter for letter.
#include "engine/match/verdict.h"

#include <algorithm>
#include <array>

#include "engine/base/errc.h"
#include "shared/event_head.h"

namespace tripgate {
namespace {

constexpr std::string_view kRequested = "Pipeline execution was requested successfully";
constexpr std::string_view kFailedPrefix =
    "Failed while requesting Pipeline Execution through Trigger: ";

std::string not_found_message(const EventHead& head) {
  std::string text = "No enabled custom trigger found for Account:";
  text.append(head.account).append(", Org: ").append(head.org);
  text.append(", Project: ").append(head.project);
  if (head.pipeline && !head.pipeline->empty()) text.append(", Pipeline: ").append(*head.pipeline);
  if (head.trigger && !head.trigger->empty()) text.append(", Trigger: ").append(*head.trigger);
  return text;
}

std::string no_pipeline_message(const CatalogTrigger& trigger) {
  return "Unable to continue trigger execution. Pipeline with identifier: " + trigger.pipeline +
         ", with org: " + trigger.org + ", with ProjectId: " + trigger.project +
         ", For Trigger: " + trigger.identifier + " does not exist.";
}

/// The token's trigger, or all that the ids select. Without a key, ids select no trigger that owns
/// a token: its token is what keeps strangers from firing it.
Result<std::vector<TriggerPointer>> select(const EventHead& head, Catalog& catalog) {
  if (head.trigger_ref != 0) {
    auto trigger = catalog.find_trigger(head.trigger_ref);
    if (!trigger) return trigger.error();
    if (!*trigger || !(*trigger)->is_enabled) return std::vector<TriggerPointer>();
    return std::vector<TriggerPointer>{std::move(*trigger)};
  }
  auto selected =
      catalog.select_triggers({head.account, head.org, head.project, head.pipeline, head.trigger});
  if (!selected) return selected.error();
  std::erase_if(*selected, [&head](const TriggerPointer& trigger) {
    return !trigger->is_enabled || (trigger->has_token && head.principal.is_anonymous());
  });
  return selected;
}

/// The filter that an event without any match ended at: the last one that a candidate reached.
FinalStatus mismatch_status(ConditionList list) {
  switch (list) {
    case ConditionList::payload:
      return FinalStatus::no_matching_trigger_for_payload_conditions;
    case ConditionList::header:
      return FinalStatus::no_matching_trigger_for_header_conditions;
    case ConditionList::jexl:
      break;
  }
  return FinalStatus::no_matching_trigger_for_jexl_conditions;
}

/// The original names the account where it says Project.
std::string mismatch_message(ConditionList list, std::string_view account) {
  const std::string_view text =
      list == ConditionList::jexl
          ? "No Trigger matched jexl conditions for payload event for Project: "
          : "No Trigger matched conditions for payload event for Account: ";
  return std::string(text).append(account);
}

std::string print(const EventId& id) {
  std::array<char, EventId::kTextSize> text{};
  id.print(text);
  return {text.data(), text.size()};
}

RowTrigger row_trigger(const CatalogTrigger& trigger) {
  return {trigger.ref, trigger.org, trigger.project, trigger.pipeline, trigger.identifier};
}

/// Judging thousands of triggers is waiting for memory, so what is judged soon is asked for early.
void fetch_ahead(const std::vector<TriggerPointer>& selected, std::size_t at) {
  constexpr std::size_t kAhead = 4;
  if (at + 2 * kAhead < selected.size()) {
    const CatalogTrigger& later = *selected[at + 2 * kAhead];
    __builtin_prefetch(&later.ref);
    __builtin_prefetch(&later.conditions);
  }
  if (at + kAhead >= selected.size()) return;
  if (const Conditions* next = selected[at + kAhead]->conditions.get()) next->fetch();
}

/// The body is parsed for the first trigger that has conditions, and for that one only.
std::vector<CandidateVerdict> judge_conditions(const std::vector<TriggerPointer>& selected,
                                               const DecodedEventHead& head,
                                               std::string_view body) {
  std::optional<JudgedEvent> judged;
  std::vector<CandidateVerdict> candidates;
  candidates.reserve(selected.size());
  for (std::size_t at = 0; at < selected.size(); ++at) {
    fetch_ahead(selected, at);
    const TriggerPointer& trigger = selected[at];
    CandidateVerdict candidate{trigger->ref, trigger->version, std::nullopt};
    if (trigger->conditions) {
      if (!judged) judged.emplace(head, body);
      candidate.mismatch = trigger->conditions->find_mismatch(*judged);
    }
    candidates.push_back(candidate);
  }
  return candidates;
}

/// Makes rows on behalf of one event.
class Judge {
 public:
  Judge(const StoredEvent& event, const EventHead& head, Catalog& catalog, const Clock& clock,
        const plan::PlanDefaults& defaults)
      : event_(event), head_(head), catalog_(catalog), clock_(clock), defaults_(defaults) {}

  [[nodiscard]] VerdictRow make_row(FinalStatus status, std::string message) const {
    VerdictRow verdict;
    verdict.row.event_sequence = event_.sequence;
    verdict.row.created_at_ms = clock_.now_ms();
    verdict.row.account = head_.account;
    verdict.row.status = status;
    verdict.row.message = std::move(message);
    return verdict;
  }

  /// Plans the run of a trigger that matches.
  [[nodiscard]] Result<VerdictRow> fire(const CatalogTrigger& trigger) const {
    Result<VerdictRow> verdict = request(trigger);
    if (!verdict) return verdict;
    verdict->row.trigger = row_trigger(trigger);
    return verdict;
  }

  /// What the trigger's own activity shows of a mismatch.
  [[nodiscard]] HistoryRow activity_row(const CatalogTrigger& trigger, const Mismatch& mismatch,
                                        std::size_t candidate) const {
    const ConditionPlace& place = mismatch.place;
    std::string message = place.to_string();
    message += mismatch.is_error ? " could not be judged" : " does not hold";
    HistoryRow row = make_row(mismatch_status(place.list), std::move(message)).row;
    row.number = kActivityNumber + static_cast<std::uint32_t>(candidate);
    row.trigger = row_trigger(trigger);
    return row;
  }

 private:
  [[nodiscard]] VerdictRow refuse(std::string message) const {
    return make_row(FinalStatus::invalid_runtime_input_yaml, std::move(message));
  }

  [[nodiscard]] Result<VerdictRow> request(const CatalogTrigger& trigger) const {
    Result<RunAnswer> answer = plan_run(request_of(trigger), catalog_, clock_, defaults_);
    if (!answer) return answer.error();
    const RunRefusal* const refusal = answer->refusal();
    VerdictRow verdict = refusal != nullptr ? refuse(refusal_message(*refusal, trigger))
                                            : make_row(FinalStatus::target_execution_requested,
                                                       std::string(kRequested));
    if (gives_input(trigger)) verdict.row.runtime_input = std::move(answer->runtime_input);
    if (PlannedRun* const run = answer->run()) {
      verdict.run = std::make_unique<PlannedRun>(std::move(*run));
    }
    return verdict;
  }

  /// What goes wrong with input sets has no prefix (triggers.md 3.3).
  [[nodiscard]] static std::string refusal_message(const RunRefusal& refusal,
                                                   const CatalogTrigger& trigger) {
    using Reason = RunRefusal::Reason;
    if (refusal.reason == Reason::input_sets) return refusal.message;
    const bool has_pipeline = refusal.reason != Reason::no_pipeline;
    return std::string(kFailedPrefix) +
           (has_pipeline ? refusal.message : no_pipeline_message(trigger));
  }

  [[nodiscard]] static bool gives_input(const CatalogTrigger& trigger) {
    return trigger.runtime_input.has_value() || !trigger.input_set_refs.empty();
  }

  [[nodiscard]] RunRequest request_of(const CatalogTrigger& trigger) const {
    RunRequest request;
    request.account = trigger.account;
    request.org = trigger.org;
    request.project = trigger.project;
    request.pipeline = trigger.pipeline;
    request.runtime_input = trigger.runtime_input.value_or(std::string());
    request.input_sets = trigger.input_set_refs;
    request.selected_stages = trigger.stages_to_execute;
    request.must_find_input_sets = false;
    request.origin.event_id = print(head_.id);
    request.origin.event_sequence = event_.sequence;
    request.origin.trigger = trigger.identifier;
    request.origin.trigger_name = trigger.name;
    request.origin.principal_username = head_.principal.username;
    request.origin.principal_email = head_.principal.email;
    return request;
  }

  const StoredEvent& event_;
  const EventHead& head_;
  Catalog& catalog_;
  const Clock& clock_;
  const plan::PlanDefaults& defaults_;
};

}  // namespace

Result<EventVerdict> judge_event(const StoredEvent& event, Catalog& catalog, const Clock& clock,
                                 const plan::PlanDefaults& defaults) {
  const auto decoded = decode_event_head(event.head_bytes);
  if (!decoded) return make_error_code(Errc::store_corrupt);
  const auto selected = select(decoded->head, catalog);
  if (!selected) return selected.error();
  const Judge judge(event, decoded->head, catalog, clock, defaults);
  EventVerdict verdict{event.sequence, {}, judge_conditions(*selected, *decoded, event.body), {}};
  ConditionList last_list = ConditionList::payload;
  for (std::size_t i = 0; i < selected->size(); ++i) {
    const std::optional<Mismatch>& mismatch = verdict.candidates[i].mismatch;
    if (mismatch) {
      last_list = std::max(last_list, mismatch->place.list);
      if (verdict.activity.size() == kActivityMismatchMax) continue;
      verdict.activity.push_back(judge.activity_row(*(*selected)[i], *mismatch, i));
      continue;
    }
    Result<VerdictRow> row = judge.fire(*(*selected)[i]);
    if (!row) return row.error();
    row->row.number = static_cast<std::uint32_t>(verdict.rows.size());
    verdict.rows.push_back(std::move(*row));
  }
  if (selected->empty()) {
    verdict.rows.push_back(judge.make_row(FinalStatus::no_enabled_custom_trigger_found,
                                          not_found_message(decoded->head)));
  } else if (verdict.rows.empty()) {
    verdict.rows.push_back(judge.make_row(mismatch_status(last_list),
                                          mismatch_message(last_list, decoded->head.account)));
  }
  return verdict;
}

EventVerdict exception_verdict(const StoredEvent& event, std::string_view reason, UnixMs now_ms) {
  const auto decoded = decode_event_head(event.head_bytes);
  VerdictRow verdict;
  HistoryRow& row = verdict.row;
  row.event_sequence = event.sequence;
  row.created_at_ms = now_ms;
  row.account = decoded ? decoded->head.account : std::string_view();
  row.status = FinalStatus::exception_while_processing;
  row.message = "Exception occurred while Processing Trigger Filter: AccountCustomTriggerFilter, ";
  row.message.append("for Account: ").append(row.account).append(". Exception: ").append(reason);
  EventVerdict aside{event.sequence, {}, {}, {}};
  aside.rows.push_back(std::move(verdict));
  return aside;
}

}  // namespace tripgate

// Two views of history rows that spell and date differently: `exceptionOccured` and the row's time
// in the details of an event, `exceptionOccurred` and the event's time in its history.
#include "engine/status/status_json.h"

namespace tripgate {
namespace {

constexpr std::string_view kSeveralRowsWarning =
    "There are multiple trigger events generated from this eventId. This response contains only "
    "one of them.";

void write_sort(JsonWriter& json) {
  json.begin_object().member("sorted", true).member("unsorted", false).member("empty", false);
  json.end_object();
}

void write_target_summary(JsonWriter& json, const HistoryRow& row) {
  json.begin_object().member("triggerId", row.trigger->identifier);
  json.member("targetId", row.trigger->pipeline).member("runtimeInput", row.runtime_input);
  json.member("planExecutionId", row.execution->plan_execution_id);
  json.member("runSequence", static_cast<std::int64_t>(row.execution->run_sequence));
  // As it was when it was requested, never updated (triggers.md 11.2).
  json.member("executionStatus", engine_name(RunStatus::running));
  json.member("startTs", row.execution->started_at_ms).end_object();
}

}  // namespace

void write_processing_details(JsonWriter& json, const EventFacts& event,
                              const std::vector<HistoryRow>& rows) {
  const HistoryRow& row = rows.front();
  const auto of_trigger = [&](const char* name, const std::string RowTrigger::*part) {
    row.trigger ? json.member(name, (*row.trigger).*part) : json.null_member(name);
  };
  json.begin_object().member("eventFound", true).member("eventId", event.event_id);
  json.member("accountIdentifier", row.account);
  of_trigger("orgIdentifier", &RowTrigger::org);
  of_trigger("projectIdentifier", &RowTrigger::project);
  of_trigger("triggerIdentifier", &RowTrigger::identifier);
  of_trigger("pipelineIdentifier", &RowTrigger::pipeline);
  json.key("pipelineExecutionId");
  row.execution ? json.string(row.execution->plan_execution_id) : json.null();
  json.member("exceptionOccured", row.status != FinalStatus::target_execution_requested);
  json.member("status", final_status_name(row.status)).member("message", row.message);
  json.member("payload", event.body).member("eventCreatedAt", row.created_at_ms);
  json.member("runtimeInput", row.runtime_input).key("warningMsg");
  rows.size() > 1 ? json.string(kSeveralRowsWarning) : json.null();
  json.end_object();
}

void write_history_row(JsonWriter& json, const EventFacts& event, const HistoryRow& row) {
  const auto of_trigger = [&](const char* name, const std::string RowTrigger::*part) {
    row.trigger ? json.member(name, (*row.trigger).*part) : json.null_member(name);
  };
  const bool is_requested = row.status == FinalStatus::target_execution_requested;
  json.begin_object();
  of_trigger("triggerIdentifier", &RowTrigger::identifier);
  json.member("accountId", row.account).member("eventCorrelationId", event.event_id);
  json.member("payload", event.body).member("eventCreatedAt", event.received_at_ms);
  json.member("finalStatus", final_status_name(row.status)).member("message", row.message);
  // Declared by the original, never filled.
  json.member("exceptionOccurred", false).null_member("createdAt");
  json.key("triggerEventStatus").begin_object();
  json.member("status", is_requested ? "SUCCESS" : "FAILED");
  json.member("message", friendly_text(row.status)).end_object();
  of_trigger("orgIdentifier", &RowTrigger::org);
  of_trigger("projectIdentifier", &RowTrigger::project);
  of_trigger("targetIdentifier", &RowTrigger::pipeline);
  json.key("targetExecutionSummary");
  row.trigger&& row.execution ? write_target_summary(json, row) : void(json.null());
  json.member("type", "WEBHOOK").null_member("ngTriggerEventInfo").end_object();
}

void write_page_end(JsonWriter& json, const PageNumbers& numbers) {
  const auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  const std::uint64_t pages = (numbers.total + numbers.size - 1) / numbers.size;
  json.key("pageable").begin_object().key("sort");
  write_sort(json);
  json.member("offset", number(numbers.page * numbers.size));
  json.member("pageNumber", number(numbers.page)).member("pageSize", number(numbers.size));
  json.member("paged", true).member("unpaged", false).end_object();
  json.member("totalPages", number(pages)).member("totalElements", number(numbers.total));
  json.member("last", numbers.page + 1 >= pages).member("size", number(numbers.size));
  json.member("number", number(numbers.page)).key("sort");
  write_sort(json);
  json.member("numberOfElements", number(numbers.count)).member("first", numbers.page == 0);
  json.member("empty", numbers.count == 0);
}

}  // namespace tripgate

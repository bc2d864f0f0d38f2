// Events: what became of them for anyone who knows the id, their content for those who may view.
#include "engine/base/errc.h"
#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"
#include "engine/http/long_poll.h"

namespace tripgate::http {
namespace {

using LoadEventDetails =
    std::function<Result<std::string>(const std::string& account, const std::string& event)>;

/// Rows of a list of events without `size`.
constexpr std::size_t kEventListMax = 1000;

/// The answer for an event without history rows, which clients read as "try again" (triggers.md
/// 2.3).
Response no_history(const std::string& event, const std::string& correlation_id) {
  return invalid_request("Trigger event history doesn't exist for event with eventId " + event,
                         correlation_id);
}

void append_event(JsonWriter& json, const EventView& event, bool has_content) {
  json.begin_object()
      .member("eventId", event.id)
      .member("receivedAt", event.received_at_ms)
      .member("accountIdentifier", event.scope.account)
      .member("orgIdentifier", event.scope.org)
      .member("projectIdentifier", event.scope.project)
      .member("pipelineIdentifier", event.pipeline)
      .member("triggerIdentifier", event.trigger)
      .member("principal", event.principal.empty() ? std::optional<std::string>() : event.principal)
      .member("peer", event.peer)
      .member("bodySize", static_cast<std::int64_t>(event.body_size));
  if (has_content) {
    json.member("method", event.method).member("query", event.query).key("headers").begin_array();
    for (const auto& [name, value] : event.headers) {
      json.begin_object().member("name", name).member("value", value).end_object();
    }
    json.end_array().member("payload", event.body);
  }
  json.end_object();
}

/// load: of the API, which lives longer than any request.
Response details_of_event(const Context& context, const std::string& event,
                          const LoadEventDetails& load) {
  const std::string& account = context.scope.account;
  return answer_when_changed(
      context, [&api = context.api, account, event] { return api.event_revision(account, event); },
      [&load, account, event, id = context.correlation_id] {
        return event_detail(load(account, event), event, id);
      });
}

}  // namespace

Response event_detail(const Result<std::string>& data, const std::string& event,
                      const std::string& correlation_id) {
  if (data) return success(*data, correlation_id);
  if (data.error() == Errc::not_found) return no_history(event, correlation_id);
  return store_failure(data.error(), correlation_id);
}

Result<EventView, Response> load_visible_event(const Context& context) {
  const std::string& id = context.path.values[0];
  Result<EventView> event = context.api.event(context.scope.account, id);
  if (!event) {
    return event.error() == Errc::not_found
               ? not_found("Event " + id + " does not exist", context.correlation_id)
               : store_failure(event.error(), context.correlation_id);
  }
  auto refused = refuse_without(edge::permission_view, context, event->scope, event->pipeline);
  if (refused) return *std::move(refused);
  return *std::move(event);
}

Response get_processing_details(const Context& context) {
  const std::string event = context.request.parameter_or_empty("eventId");
  return details_of_event(context, event, context.api.processing_details);
}

Response get_execution_details(const Context& context) {
  return details_of_event(context, context.path.values[0], context.api.execution_details);
}

Response get_event_history(const Context& context) {
  const Result<EventView, Response> event = load_visible_event(context);
  if (!event) return event.error();
  const auto [page, size] = paging(context.request);
  const Result<std::string> rows =
      context.api.event_history(context.scope.account, event->id, page, size);
  return event_detail(rows, event->id, context.correlation_id);
}

Response get_trigger_history(const Context& context) {
  const EntityName name = {.kind = EntityKind::trigger,
                           .scope = context.scope,
                           .pipeline = context.request.parameter("targetIdentifier"),
                           .identifier = context.path.values[0]};
  const auto [page, size] = paging(context.request);
  const Result<std::string> rows = context.api.trigger_history(name, page, size);
  if (rows) return success(*rows, context.correlation_id);
  if (rows.error() == Errc::not_found) {
    return not_found("Trigger " + name.identifier + " does not exist", context.correlation_id);
  }
  return store_failure(rows.error(), context.correlation_id);
}

Response get_event_body(const Context& context) {
  Result<EventView, Response> event = load_visible_event(context);
  if (!event) return event.error();
  // A stranger's bytes must not become a page of our origin.
  Response response;
  response.content_type = "application/octet-stream";
  response.headers = {{"X-Content-Type-Options", "nosniff"},
                      {"Content-Disposition", "attachment"},
                      {"Content-Security-Policy", "sandbox"}};
  response.body = std::move(event->body);
  return response;
}

Response list_events(const Context& context) {
  const std::size_t size = std::min(paging(context.request).size, kEventListMax);
  const Result<std::vector<EventView>> events = context.api.events(context.scope, size);
  if (!events) return store_failure(events.error(), context.correlation_id);
  JsonWriter json;
  json.begin_array();
  for (const EventView& event : *events) append_event(json, event, false);
  json.end_array();
  return success(json.text(), context.correlation_id);
}

Response get_event(const Context& context) {
  const Result<EventView, Response> event = load_visible_event(context);
  if (!event) return event.error();
  JsonWriter json;
  append_event(json, *event, true);
  return success(json.text(), context.correlation_id);
}

}  // namespace tripgate::http

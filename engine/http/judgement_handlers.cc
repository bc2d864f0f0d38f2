// Why an event fired a trigger or did not, and what an edited trigger would have done.
#include "engine/base/errc.h"
#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"

namespace tripgate::http {
namespace {

/// Events of a what-if without `size`.
constexpr std::size_t kWhatIfDefault = 100;

}  // namespace

Response get_event_explanation(const Context& context) {
  const Result<EventView, Response> event = load_visible_event(context);
  if (!event) return event.error();
  const Result<std::string> data = context.api.event_explanation(context.scope.account, event->id);
  return event_detail(data, event->id, context.correlation_id);
}

Response what_if(const Context& context) {
  const bool has_size = context.request.parameter("size").has_value();
  const std::size_t last = has_size ? paging(context.request).size : kWhatIfDefault;
  const Result<WhatIfOutcome> outcome =
      context.api.what_if({.scope = context.scope,
                           .file = context.request.parameter_or_empty("file"),
                           .yaml = context.request.body,
                           .last = last,
                           .may_view = [&](const Scope& scope) {
                             return context.caller.allows(edge::permission_view, scope);
                           }});
  if (!outcome) return store_failure(outcome.error(), context.correlation_id);
  if (outcome->denied) {
    return access_denied(context.caller, edge::permission_view, *outcome->denied, std::nullopt);
  }
  if (!outcome->errors.empty()) return refused_documents(outcome->errors, {}, context);
  return success(outcome->data, context.correlation_id);
}

}  // namespace tripgate::http

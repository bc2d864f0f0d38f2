// What no area owns: time, readiness, counters, and the way from an Api to a handler.
#include "engine/http/api_wiring.h"

#include <memory>

#include "engine/http/routes.h"

namespace tripgate::http {
namespace {

std::vector<Metric> read_metrics(const ApiParts& parts) {
  std::vector<Metric> metrics = {
      {"tripgate_events_durable", "Sequence of the newest event that is on disk.", true,
       parts.journal.last_durable()},
      {"tripgate_executions_running", "Executions that run.", false, parts.runner.running_count()},
      {"tripgate_executions_waiting", "Executions that wait for a place.", false,
       parts.runner.waiting_count()},
      {"tripgate_state_store_used_bytes", "Bytes of the state store that hold pages.", false,
       parts.store.environment().used_size()},
      {"tripgate_executions_removed", "Executions that retention removed since the start.", true,
       parts.retention.removed_executions()},
      {"tripgate_events_removed", "Events that retention removed since the start.", true,
       parts.retention.removed_events()},
      {"tripgate_edge_generation", "Generation of the durable entities.", true,
       parts.entities.current_generation()},
  };
  // A store that cannot be read must not show a zero.
  if (const Result<EventSequence> settled = parts.journal.settled()) {
    metrics.push_back(
        {"tripgate_events_settled", "Sequence of the last event that was judged.", true, *settled});
  }
  return metrics;
}

}  // namespace

Api wire_api(const ApiParts& parts) {
  Api api;
  api.public_url = parts.config.public_url;
  api.now_ms = [parts] { return parts.clock.now_ms(); };
  api.why_not_ready = parts.why_not_ready;
  api.metrics = [parts] { return read_metrics(parts); };
  wire_entities(api, parts);
  wire_settings_and_tokens(api, parts);
  wire_secrets(api, parts);
  wire_events_and_executions(api, parts);
  wire_waiting(api, parts);
  wire_repetitions(api, parts);
  wire_judgements(api, parts);
  wire_runs(api, parts);
  wire_stored_runs(api, parts);
  return api;
}

Handler make_handler(Api api) {
  const auto shared = std::make_shared<const Api>(std::move(api));
  return [shared](const Request& request) { return answer(*shared, request); };
}

}  // namespace tripgate::http

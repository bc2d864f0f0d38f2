// Probes: is the engine alive, does it take events, what has it counted.
#include "engine/http/handlers.h"

namespace tripgate::http {
namespace {

Response text(int status, std::string body) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  return response;
}

Response readiness(const Context& context) {
  const std::optional<std::string> reason = context.api.why_not_ready();
  return reason ? text(503, *reason + "\n") : text(200, "ok\n");
}

}  // namespace

Response get_healthz(const Context& context) {
  return readiness(context);
}

Response get_readyz(const Context& context) {
  return readiness(context);
}

Response get_metrics(const Context& context) {
  std::string body;
  for (const Metric& metric : context.api.metrics()) {
    body += "# HELP " + metric.name + " " + metric.help + "\n";
    body += "# TYPE " + metric.name + (metric.is_counter ? " counter\n" : " gauge\n");
    body += metric.name + " " + std::to_string(metric.value) + "\n";
  }
  Response response = text(200, std::move(body));
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

}  // namespace tripgate::http

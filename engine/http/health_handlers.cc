// Probes: is the engine alive, does it take events, what has it counted.
#include "engine/base/json_writer.h"
#include "engine/http/handlers.h"
#include "shared/limits.h"

namespace tripgate::http {
namespace {

/// In the form of the module's own /healthz (ngx_module/response.md), with the reason behind it.
Response readiness(const Context& context) {
  const std::optional<std::string> reason = context.api.why_not_ready();
  JsonWriter json;
  json.begin_object().member("status", reason ? "DOWN" : "UP");
  if (reason) json.member("reason", *reason);
  json.end_object();
  Response response;
  response.status = reason ? 503 : 200;
  response.body = json.take();
  if (reason) {
    response.headers.emplace_back("Retry-After", std::to_string(limits::kRetryAfterSeconds));
  }
  return response;
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
  Response response;
  response.body = std::move(body);
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

}  // namespace tripgate::http

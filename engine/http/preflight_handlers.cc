// Checks before a run. There are no connectors to be checked, and what a run is given is checked
// when it is asked for, so every check is over at once and green. Source: pipelines.md 8.2, 10.3.
#include "engine/base/errc.h"
#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"
#include "engine/status/new_id.h"

namespace tripgate::http {
namespace {

void write_green(JsonWriter& json, std::string_view wrapper, std::string_view checks) {
  json.key(wrapper).begin_object().key(checks).begin_array().end_array();
  json.member("status", "SUCCESS").end_object();
}

}  // namespace

/// Begins a check of a pipeline that exists; gives the id to ask with.
Response begin_preflight(const Context& context) {
  const std::string pipeline = context.request.parameter_or_empty("pipelineIdentifier");
  const auto stored = context.api.entity({.kind = EntityKind::pipeline,
                                          .scope = context.scope,
                                          .pipeline = {},
                                          .identifier = pipeline});
  if (!stored && stored.error() == Errc::not_found) {
    return invalid_request(
        "Pipeline with the given ID: " + pipeline + " does not exist or has been deleted",
        context.correlation_id);
  }
  if (!stored) return store_failure(stored.error(), context.correlation_id);
  JsonWriter json;
  json.string(make_short_id());
  return success(json.take(), context.correlation_id);
}

Response get_preflight(const Context& context) {
  if (context.request.parameter_or_empty("preflightCheckId").empty()) {
    return missing_parameters({"preflightCheckId"}, context.correlation_id);
  }
  JsonWriter json;
  json.begin_object();
  write_green(json, "pipelineInputWrapperResponse", "pipelineInputResponse");
  write_green(json, "connectorWrapperResponse", "checkResponses");
  json.member("status", "SUCCESS").null_member("errorInfo").end_object();
  return success(json.take(), context.correlation_id);
}

}  // namespace tripgate::http

// Runs that repeat others: what may be repeated and what was. Source: pipelines.md 8.8.
#include "engine/base/errc.h"
#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"
#include "engine/plan/pipeline_reader.h"

namespace tripgate::http {
namespace {

using AskOfExecution =
    std::function<Result<std::string>(const std::string& account, const std::string& execution)>;

/// Answers with what a function of the API tells of the execution that the path names.
Response tell(const Context& context, const AskOfExecution& ask) {
  if (auto refused = refuse_execution(edge::permission_view, context)) return *std::move(refused);
  const std::string& id = context.path.values[0];
  const Result<std::string> told = ask(context.scope.account, id);
  if (!told) return no_execution(told.error(), id, context.correlation_id);
  return success(*told, context.correlation_id);
}

void write_stage(JsonWriter& json, const plan::PlanNode& stage) {
  json.begin_object().member("stageIdentifier", stage.identifier);
  json.member("stageName", stage.name).null_member("message");
  json.key("stagesRequired").begin_array().end_array().member("toBeBlocked", false).end_object();
}

}  // namespace

Response get_retry_stages(const Context& context) {
  return tell(context, context.api.retry_stages);
}

Response get_retry_history(const Context& context) {
  return tell(context, context.api.retry_history);
}

Response get_latest_execution(const Context& context) {
  return tell(context, context.api.latest_execution);
}

/// The stages that may be run alone; none if the pipeline does not allow it.
Response list_selectable_stages(const Context& context) {
  const std::string pipeline = context.request.parameter_or_empty("pipelineIdentifier");
  const Result<EntityView> stored = context.api.entity({.kind = EntityKind::pipeline,
                                                        .scope = context.scope,
                                                        .pipeline = {},
                                                        .identifier = pipeline});
  if (!stored && stored.error() != Errc::not_found) {
    return store_failure(stored.error(), context.correlation_id);
  }
  if (!stored) {
    return invalid_request(
        "Pipeline with the given ID: " + pipeline + " does not exist or has been deleted",
        context.correlation_id);
  }
  const auto plan = plan::plan_pipeline_text(stored->yaml, {}, {});
  if (!plan) return refuse(plan.error(), context.correlation_id);
  JsonWriter json;
  json.begin_array();
  for (const plan::PlanNode& place : plan->stages.children) {
    if (!plan->allows_stage_selection) break;
    const bool is_block = place.kind == plan::NodeKind::parallel;
    if (!is_block) write_stage(json, place);
    for (const plan::PlanNode& stage : place.children) {
      if (is_block) write_stage(json, stage);
    }
  }
  json.end_array();
  return success(json.take(), context.correlation_id);
}

}  // namespace tripgate::http

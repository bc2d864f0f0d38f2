// One row per call: method, path, who may, which parameters, which function. `/gateway` in front of
// a path is optional and not written here.
#include "engine/http/routes.h"

#include "engine/base/errc.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"

namespace tripgate::http {
namespace {

using enum Access;
using edge::permission_edit;
using edge::permission_execute;
using edge::permission_view;
constexpr Method kGet = Method::get, kPost = Method::post, kPut = Method::put,
                 kDelete = Method::erase;
constexpr std::uint8_t kNeedsPipeline = needs_project | needs_pipeline;

constexpr Route kRoutes[] = {
    // Probes, and the description of this table.
    {kGet, "/healthz", open, 0, needs_nothing, get_healthz},
    {kGet, "/readyz", open, 0, needs_nothing, get_readyz},
    {kGet, "/metrics", open, 0, needs_nothing, get_metrics},
    {kGet, "/openapi.json", open, 0, needs_nothing, get_openapi},

    // What became of an event (triggers.md 2.1, 11.1).
    {kGet, "/pipeline/api/webhook/triggerProcessingDetails", open, 0, needs_account | needs_event,
     get_processing_details},
    {kGet, "/pipeline/api/webhook/triggerExecutionDetails/{eventId}", open, 0, needs_account,
     get_execution_details},
    {kGet, "/pipeline/api/triggers/eventHistory/{trigger}", by_scope, permission_view,
     needs_project | needs_target, get_trigger_history},
    {kGet, "/pipeline/api/triggers/eventHistory/eventCorrelation/{eventId}", by_record,
     permission_view, needs_account, get_event_history},
    {kGet, "/pipeline/api/triggers/eventHistory/v2/eventCorrelation/{eventId}", by_record,
     permission_view, needs_account, get_event_history},
    {kGet, "/pipeline/api/triggers/eventHistory/body/{eventId}", by_record, permission_view,
     needs_account, get_event_body},
    {kGet, "/pipeline/api/triggers/eventHistory/explain/{eventId}", by_record, permission_view,
     needs_account, get_event_explanation},
    {kPost, "/pipeline/api/tripgate/whatif", by_record, permission_view, needs_account, what_if},
    {kGet, "/pipeline/api/tripgate/events", by_scope, permission_view, needs_account, list_events},
    {kGet, "/pipeline/api/tripgate/events/{eventId}", by_record, permission_view, needs_account,
     get_event},

    // Executions (pipelines.md 8.2, 8.10).
    {kGet, "/pipeline/api/tripgate/executions", by_scope, permission_view, needs_account,
     list_executions},
    {kPost, "/pipeline/api/pipelines/execution/summary", by_scope, permission_view, needs_project,
     list_executions},
    {kGet, "/pipeline/api/pipelines/execution/v2/{planExecutionId}", by_record, permission_view,
     needs_account, get_execution},
    {kGet, "/pipeline/api/pipelines/execution/{planExecutionId}", by_record, permission_view,
     needs_account, get_execution_with_graph},
    {kGet, "/pipeline/api/pipelines/execution/subGraph/{planExecutionId}/{nodeExecutionId}",
     by_record, permission_view, needs_account, get_execution_sub_graph},
    {kPut, "/pipeline/api/pipeline/execute/interrupt/{planExecutionId}", by_record,
     permission_execute, needs_account, interrupt_execution},
    {kPut, "/pipeline/api/pipeline/execute/interrupt/{planExecutionId}/{nodeExecutionId}",
     by_record, permission_execute, needs_account, interrupt_node},
    {kPut,
     "/pipeline/api/pipeline/execute/manualIntervention/interrupt/{planExecutionId}/"
     "{nodeExecutionId}",
     by_record, permission_execute, needs_account, intervene},
    {kGet, "/pipeline/api/tripgate/executions/{planExecutionId}/logs", by_record, permission_view,
     needs_account, get_execution_logs},

    // Steps that wait for people (pipelines.md 2.4, 2.5).
    {kGet, "/pipeline/api/approvals/{approvalId}", by_record, permission_view, needs_account,
     get_approval},
    {kPost, "/pipeline/api/approvals/{approvalId}/harness/activity", by_record, permission_view,
     needs_account, act_on_approval},
    {kGet, "/pipeline/api/approvals/{approvalId}/harness/authorization", by_record, permission_view,
     needs_account, get_approval_authorization},
    {kGet, "/v1/orgs/{org}/projects/{project}/approvals/execution/{execution-id}", by_scope,
     permission_view, needs_account_header, list_approvals},
    {kPost, "/v1/orgs/{org}/projects/{project}/approvals/execution/{execution-id}", by_scope,
     permission_execute, needs_account_header, act_on_approval_of_execution},
    {kPut, "/pipeline/api/waitStep/{nodeExecutionId}", by_record, permission_execute, needs_account,
     put_wait_step},
    {kGet, "/pipeline/api/waitStep/executionDetails/{nodeExecutionId}", by_record, permission_view,
     needs_account, get_wait_step},

    {kPost, "/pipeline/api/pipelines/execution/{planExecutionId}/evaluateExpression", by_record,
     permission_view, needs_account, evaluate_expression},
    {kGet, "/pipeline/api/pipelines/execution/{planExecutionId}/notes", by_record, permission_view,
     needs_account, get_notes},
    {kPut, "/pipeline/api/pipelines/execution/{planExecutionId}/notes", by_record,
     permission_execute, needs_account, put_notes},
    {kGet, "/pipeline/api/pipelines/execution/{planExecutionId}/inputset", by_record,
     permission_view, needs_account, get_run_input},
    {kGet, "/pipeline/api/pipelines/execution/{planExecutionId}/inputsetV2", by_record,
     permission_view, needs_account, get_run_input_with_template},
    {kGet, "/pipeline/api/pipelines/execution/{planExecutionId}/metadata", by_record,
     permission_view, needs_account, get_run_metadata},
    {kGet, "/pipeline/api/pipelines/execution/{planExecutionId}/metadata/details", by_record,
     permission_view, needs_account, get_run_metadata_details},
    {kGet, "/pipeline/api/pipeline/execute/{planExecutionId}/retryStages", by_record,
     permission_view, needs_account, get_retry_stages},
    {kGet, "/pipeline/api/pipeline/execute/retryHistory/{planExecutionId}", by_record,
     permission_view, needs_account, get_retry_history},
    {kGet, "/pipeline/api/pipeline/execute/latestExecutionId/{planExecutionId}", by_record,
     permission_view, needs_account, get_latest_execution},
    {kGet, "/pipeline/api/pipeline/execute/stagesExecutionList", by_scope, permission_view,
     needs_project, list_selectable_stages},

    // Runs that a person asks for, and input sets (pipelines.md 7 and 8.2).
    {kPost, "/pipeline/api/pipeline/execute/preflightCheck", by_scope, permission_execute,
     kNeedsPipeline, begin_preflight},
    {kGet, "/pipeline/api/pipeline/execute/getPreflightCheckResponse", by_scope, permission_execute,
     needs_project, get_preflight},
    {kPost, "/pipeline/api/pipeline/execute/retry/{identifier}", by_scope, permission_execute,
     needs_project | needs_retry, retry_pipeline},
    {kPost, "/pipeline/api/pipeline/execute/{identifier}", by_scope, permission_execute,
     needs_project, run_pipeline},
    {kPost, "/pipeline/api/pipeline/execute/{identifier}/v2", by_scope, permission_execute,
     needs_project, run_pipeline},
    {kPost, "/pipeline/api/pipeline/execute/{identifier}/inputSetList", by_scope,
     permission_execute, needs_project, run_with_input_sets},
    {kPost, "/pipeline/api/pipeline/execute/{identifier}/stages", by_scope, permission_execute,
     needs_project, run_stages},
    {kPost, "/pipeline/api/pipeline/execute/rerun/v2/{planExecutionId}/{identifier}", by_scope,
     permission_execute, needs_project, rerun_pipeline},
    {kPost, "/pipeline/api/pipeline/execute/rerun/{planExecutionId}/{identifier}/stages", by_scope,
     permission_execute, needs_project, rerun_stages},
    {kPost, "/pipeline/api/pipeline/execute/rerun/{planExecutionId}/{identifier}/inputSetList",
     by_scope, permission_execute, needs_project, rerun_with_input_sets},
    {kPost, "/pipeline/api/pipeline/execute/rerun/{planExecutionId}/{identifier}", by_scope,
     permission_execute, needs_project, rerun_pipeline},
    {kPost, "/v1/orgs/{org}/projects/{project}/pipelines/{identifier}/execute", by_scope,
     permission_execute, needs_account_header, newer_run_pipeline},
    {kPost,
     "/v1/orgs/{org}/projects/{project}/pipelines/{identifier}/execute/rerun/{planExecutionId}",
     by_scope, permission_execute, needs_account_header, newer_rerun_pipeline},
    {kPost,
     "/v1/orgs/{org}/projects/{project}/pipelines/{identifier}/execute/retry/{planExecutionId}",
     by_scope, permission_execute, needs_account_header, newer_retry_pipeline},
    {kGet, "/v1/orgs/{org}/projects/{project}/pipelines/{identifier}/inputs", by_scope,
     permission_view, needs_account_header, newer_get_inputs},
    {kGet, "/pipeline/api/pipeline/execution-input/{nodeExecutionId}", by_record, permission_view,
     needs_account, get_execution_input},
    {kPost, "/pipeline/api/pipeline/execution-input/{nodeExecutionId}", by_record,
     permission_execute, needs_account, give_execution_input},
    {kPost, "/pipeline/api/inputSets/template", by_scope, permission_view, kNeedsPipeline,
     get_input_template},
    {kPost, "/pipeline/api/inputSets/merge", by_scope, permission_view, kNeedsPipeline,
     merge_input_sets},
    {kGet, "/pipeline/api/inputSets", by_scope, permission_view, kNeedsPipeline, list_input_sets},
    {kPost, "/pipeline/api/inputSets", by_scope, permission_edit, kNeedsPipeline, create_input_set},
    {kGet, "/pipeline/api/inputSets/{identifier}", by_scope, permission_view, kNeedsPipeline,
     get_input_set},
    {kPut, "/pipeline/api/inputSets/{identifier}", by_scope, permission_edit, kNeedsPipeline,
     put_input_set},
    {kDelete, "/pipeline/api/inputSets/{identifier}", by_scope, permission_edit, kNeedsPipeline,
     erase_input_set},
    {kPost, "/pipeline/api/inputSets/overlay", by_scope, permission_edit, kNeedsPipeline,
     create_overlay},
    {kGet, "/pipeline/api/inputSets/overlay/{identifier}", by_scope, permission_view,
     kNeedsPipeline, get_overlay},
    {kPut, "/pipeline/api/inputSets/overlay/{identifier}", by_scope, permission_edit,
     kNeedsPipeline, put_overlay},

    // Pipelines, triggers and input sets. KIND: pipeline, trigger, inputset.
    {kPost, "/pipeline/api/tripgate/apply", by_record, permission_edit, needs_account, apply_files},
    {kGet, "/pipeline/api/tripgate/entities/{kind}", by_scope, permission_view, needs_project,
     list_entities},
    {kGet, "/pipeline/api/tripgate/entities/{kind}/{id}", by_scope, permission_view, needs_project,
     get_entity},
    {kDelete, "/pipeline/api/tripgate/entities/{kind}/{id}", by_scope, permission_edit,
     needs_project, erase_entity},

    // Settings (triggers.md 5.3), API keys (6.3) and secrets (pipelines.md 6.11).
    {kGet, "/ng/api/settings", by_scope, permission_view, needs_account, list_settings},
    {kGet, "/ng/api/settings/{identifier}", by_scope, permission_view, needs_account, get_setting},
    {kPut, "/ng/api/settings", by_scope, permission_edit, needs_account, put_settings},
    {kPost, "/ng/api/token", by_scope, permission_edit, needs_account, create_token},
    {kPost, "/ng/api/token/rotate/{identifier}", by_record, permission_edit, needs_account,
     rotate_token},
    {kDelete, "/ng/api/token/{identifier}", by_record, permission_edit, needs_account,
     revoke_token},
    {kGet, "/ng/api/v2/secrets", by_scope, permission_view, needs_account, list_secrets},
    {kPost, "/ng/api/v2/secrets", by_scope, permission_edit, needs_account, create_secret},
    {kPut, "/ng/api/v2/secrets/{identifier}", by_scope, permission_edit, needs_account, put_secret},
    {kDelete, "/ng/api/v2/secrets/{identifier}", by_scope, permission_edit, needs_account,
     erase_secret},
    {kPost, "/ng/api/tripgate/secrets/reseal", by_record, permission_edit, needs_account,
     reseal_secrets},
    {kGet, "/ng/api/token/aggregate", by_record, permission_edit, needs_account, list_tokens},
};

Scope scope_of(const Route& route, const Request& request, const PathParameters& path) {
  std::string account = account_of(route, request);
  if (route.is_newer()) return {std::move(account), path.find("org"), path.find("project")};
  return {std::move(account), request.parameter_or_empty("orgIdentifier"),
          request.parameter_or_empty("projectIdentifier")};
}

/// Who calls; Errc::unauthorized without a valid key. A public route asks nobody.
Result<Caller> identify(const Api& api, const Route& route, const Request& request) {
  Caller caller;
  if (route.access == open) return caller;
  caller.is_administrator = request.is_administrator;
  caller.identifier = caller.name = "admin";
  if (caller.is_administrator) return caller;
  const std::optional<std::string> key = request.header("X-Api-Key");
  if (!key || key->empty()) return Errc::unauthorized;
  return api.authenticate(*key, account_of(route, request));
}

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

Response answer(const Api& api, const Request& request) {
  const std::string id = correlation_id(request);
  const RouteMatch match = find_route(kRoutes, request);
  if (match.route == nullptr) return match.is_path_known ? wrong_method(id) : unknown_path(id);
  const Route& route = *match.route;

  // A key is checked against the account that it is used for, so that one comes first.
  const std::vector<std::string_view> absent = absent_parameters(route, request);
  const bool lacks_account = !absent.empty() && account_of(route, request).empty();
  if (lacks_account) return missing_parameters(absent, id);
  const Result<Caller> caller = identify(api, route, request);
  if (!caller && caller.error() == Errc::unauthorized) return invalid_token(id);
  if (!caller) return store_failure(caller.error(), id);
  if (!absent.empty()) return missing_parameters(absent, id);

  const Scope scope = scope_of(route, request, match.path);
  const Context context = {api, request, *caller, scope, match.path, id};
  if (route.access == by_scope) {
    if (auto refused = refuse_without(route.permission, context, scope)) return *std::move(refused);
  }
  return route.handler(context);
}

}  // namespace tripgate::http

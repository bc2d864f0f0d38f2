// HarnessApproval steps. Whoever may see a run may ask; the step's user groups say who may act.
// Source: pipelines.md 2.5.
#include <boost/algorithm/string/predicate.hpp>

#include "engine/base/errc.h"
#include "engine/base/json_document.h"
#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"
#include "engine/http/late_answer.h"

namespace tripgate::http {
namespace {

ApprovalUser user_of(const Caller& caller) {
  return {caller.identifier, caller.name, caller.email};
}

/// The approval that the path names, or the answer that says why not.
Result<ApprovalView, Response> load_visible(const Context& context) {
  const std::string& id = context.path.values[0];
  Result<ApprovalView> found =
      context.api.approval(context.scope.account, id, user_of(context.caller));
  if (!found) {
    if (found.error() != Errc::not_found) {
      return store_failure(found.error(), context.correlation_id);
    }
    return not_found("No approval instance found with id: " + id, context.correlation_id);
  }
  auto refused = refuse_without(edge::permission_view, context, found->scope);
  if (refused) return *std::move(refused);
  return std::move(*found);
}

/// The activity in the body; both spellings of its inputs are known (pipelines.md 2.5).
Result<ApprovalRequest, Diagnostic> read_activity(const Context& context) {
  const auto body = JsonDocument::parse(context.request.body);
  if (!body || !body->root().is_object()) return Diagnostic("the body is not a JSON object");
  const JsonView root = body->root();
  const std::string action = root.find("action").text();
  if (action != "APPROVE" && action != "REJECT") {
    return Diagnostic("Invalid value:" + action + ", the expected values are: [APPROVE, REJECT]");
  }
  ApprovalRequest request;
  request.user = user_of(context.caller);
  request.is_approval = action == "APPROVE";
  const bool is_camel = root.find("approverInputs").is_array();
  for (const JsonView input :
       root.find(is_camel ? "approverInputs" : "approver_inputs").elements()) {
    request.inputs.emplace_back(input.find("name").text(), input.find("value").text());
  }
  request.comments = root.find("comments").text();
  return request;
}

/// How what became of an approval is shown.
using Show = Response (*)(std::string json, const std::string& correlation_id);

Response in_envelope(std::string json, const std::string& correlation_id) {
  return success(json, correlation_id);
}

Response without_envelope(std::string json, const std::string& /*correlation_id*/) {
  return bare(std::move(json));
}

/// Nobody is told to try again what is done.
Response done_unseen(const ErrorCode& cause, const std::string& correlation_id) {
  const std::string message =
      "The activity is stored, but the approval cannot be read: " + cause.message();
  return refuse({message, make_error_code(Errc::io)}, correlation_id);
}

/// Does what the body says, and shows what became of the approval.
Response act(const Context& context, const std::string& id, Show show) {
  const auto request = read_activity(context);
  if (!request) return refuse(request.error(), context.correlation_id);
  return answer_when_told<void>(
      [&](OnAnswered on_done) { context.api.act_on_approval(id, *request, std::move(on_done)); },
      [&api = context.api, account = context.scope.account, id, user = request->user, show,
       correlation_id = context.correlation_id](const auto& done) {
        if (!done) return refuse(done.error(), correlation_id);
        auto approval = api.approval(account, id, user);
        if (!approval) return done_unseen(approval.error(), correlation_id);
        return show(std::move(approval->json), correlation_id);
      },
      context.correlation_id);
}

/// The approvals of the execution that the path names, if it belongs to the scope there.
Result<std::vector<ApprovalView>, Response> load_all(const Context& context) {
  const Scope& scope = context.scope;
  auto found = context.api.approvals(scope.account, context.path.find("execution-id"),
                                     user_of(context.caller));
  if (!found && found.error() != Errc::not_found) {
    return store_failure(found.error(), context.correlation_id);
  }
  const bool is_elsewhere =
      !found || (!found->empty() && (found->front().scope.org != scope.org ||
                                     found->front().scope.project != scope.project));
  if (!is_elsewhere) return std::move(*found);
  return invalid_request("execution_id param value provided doesn't belong to Account: " +
                             scope.account + ", Org: " + scope.org + ", Project: " + scope.project +
                             " or the pipeline has been deleted",
                         context.correlation_id);
}

}  // namespace

Response get_approval(const Context& context) {
  const Result<ApprovalView, Response> approval = load_visible(context);
  return approval ? success(approval->json, context.correlation_id) : approval.error();
}

Response act_on_approval(const Context& context) {
  const Result<ApprovalView, Response> approval = load_visible(context);
  if (!approval) return approval.error();
  if (approval->refusal) return invalid_request(*approval->refusal, context.correlation_id);
  return act(context, approval->id, in_envelope);
}

Response get_approval_authorization(const Context& context) {
  const Result<ApprovalView, Response> approval = load_visible(context);
  if (!approval) return approval.error();
  JsonWriter json;
  json.begin_object().member("authorized", !approval->refusal.has_value());
  json.member("reason", approval->refusal).end_object();
  return success(json.text(), context.correlation_id);
}

Response list_approvals(const Context& context) {
  const auto approvals = load_all(context);
  if (!approvals) return approvals.error();
  const std::string status = context.request.parameter_or_empty("approval_status");
  const std::string type = context.request.parameter_or_empty("approval_type");
  const std::string node = context.request.parameter_or_empty("node_execution_id");
  const bool is_type = type.empty() || boost::algorithm::iequals(type, "HarnessApproval") ||
                       boost::algorithm::iequals(type, "HARNESS_APPROVAL");
  JsonWriter json;
  json.begin_array();
  for (const ApprovalView& approval : *approvals) {
    const bool is_wanted = is_type &&
                           (status.empty() || boost::algorithm::iequals(status, approval.status)) &&
                           (node.empty() || node == approval.id);
    if (is_wanted) json.raw(approval.json);
  }
  return bare(json.end_array().take());
}

Response act_on_approval_of_execution(const Context& context) {
  auto approvals = load_all(context);
  if (!approvals) return approvals.error();
  const std::optional<std::string> callback = context.request.parameter("callback_id");
  std::erase_if(*approvals, [&](const ApprovalView& approval) {
    return approval.status != "WAITING" || (callback && *callback != approval.callback_id);
  });
  const std::string place =
      "waiting for pipeline execution id: " + context.path.find("execution-id") +
      " and callback id: " + callback.value_or("null");
  if (approvals->empty()) {
    return invalid_request("Found no Harness Approval Instance " + place, context.correlation_id);
  }
  if (approvals->size() > 1) {
    return invalid_request("Found more than 1 Harness Approval Instance " + place,
                           context.correlation_id);
  }
  if (approvals->front().refusal) {
    return invalid_request("User not authorized to approve/reject", context.correlation_id);
  }
  return act(context, approvals->front().id, without_envelope);
}

}  // namespace tripgate::http

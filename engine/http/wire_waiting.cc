// Approvals and waits behind the API's functions: read from the store, decided by the runner.
#include "engine/base/errc.h"
#include "engine/base/json_document.h"
#include "engine/http/api_wiring.h"
#include "engine/status/approval.h"
#include "engine/status/execution_store.h"
#include "engine/status/node_store.h"

namespace tripgate::http {
namespace {

struct Waiting {
  Execution execution;
  NodeState node;
};

Result<Waiting> load_waiting(const ApiParts& parts, const std::string& id) {
  const auto txn = parts.store.begin_read();
  if (!txn) return txn.error();
  auto found = find_waiting_node(*txn, parts.store.databases(), id);
  if (!found) return found.error();
  auto execution = load_execution(*txn, parts.store.databases(), found->execution);
  if (!execution) return execution.error();
  return Waiting{std::move(*execution), std::move(found->node)};
}

Scope scope_of(const Execution& execution) {
  return {execution.account, execution.org, execution.project};
}

std::optional<ApprovalView> to_view(const ApiParts& parts, const Execution& execution,
                                    const NodeState& node, const ApprovalUser& user) {
  const auto approval = decode_approval(node.instance);
  if (!approval) return std::nullopt;
  JsonWriter json;
  write_approval(json, *approval, node);
  return ApprovalView{
      .scope = scope_of(execution),
      .id = node.execution_id,
      .status = std::string(approval_status(*approval, node)),
      .callback_id = approval->callback_id,
      .json = json.take(),
      .refusal = refusal_of_user(*approval, execution, parts.config.user_groups, user)};
}

Result<ApprovalView> load_approval(const ApiParts& parts, const std::string& account,
                                   const std::string& id, const ApprovalUser& user) {
  const auto waiting = load_waiting(parts, id);
  if (!waiting) return waiting.error();
  if (waiting->execution.account != account) return make_error_code(Errc::not_found);
  auto view = to_view(parts, waiting->execution, waiting->node, user);
  if (!view) return make_error_code(Errc::not_found);
  return std::move(*view);
}

Result<std::vector<ApprovalView>> load_approvals(const ApiParts& parts, const std::string& account,
                                                 const std::string& id, const ApprovalUser& user) {
  const auto txn = parts.store.begin_read();
  if (!txn) return txn.error();
  const auto execution = find_execution_of(*txn, parts.store.databases(), account, id);
  if (!execution) return execution.error();
  const auto nodes = load_nodes(*txn, parts.store.databases(), execution->number);
  if (!nodes) return nodes.error();
  std::vector<ApprovalView> views;
  for (const NodeState& node : *nodes) {
    if (auto view = to_view(parts, *execution, node, user)) views.push_back(std::move(*view));
  }
  return views;
}

Diagnostic no_approval(const std::string& id) {
  return Diagnostic("No approval instance found with id: " + id);
}

/// Why the step that waits cannot be asked.
Diagnostic why_not(const ErrorCode& error, Diagnostic absent) {
  if (error == Errc::not_found) return absent;
  return {"the store cannot be read: " + error.message(), error};
}

void act_on_approval(const ApiParts& parts, const std::string& id, const ApprovalRequest& request,
                     const OnAnswered& on_done) {
  const auto waiting = load_waiting(parts, id);
  if (!waiting) return on_done(why_not(waiting.error(), no_approval(id)));
  const auto approval = decode_approval(waiting->node.instance);
  if (!approval) return on_done(no_approval(id));
  auto refusal = refusal_of_ended(*approval, waiting->node, parts.clock.now_ms());
  if (refusal) return on_done(Diagnostic(std::move(*refusal)));
  parts.runner.act_on_approval(waiting->execution.number, id, request, on_done);
}

Result<WaitView> load_wait(const ApiParts& parts, const std::string& account,
                           const std::string& id) {
  const auto waiting = load_waiting(parts, id);
  if (!waiting) return waiting.error();
  const auto instance = JsonDocument::parse(waiting->node.instance);
  const auto duration =
      instance ? instance->root().find("duration").integer() : std::optional<std::int64_t>();
  if (waiting->execution.account != account || !duration) return make_error_code(Errc::not_found);
  return WaitView{scope_of(waiting->execution), waiting->node.started_at_ms, *duration};
}

void end_wait(const ApiParts& parts, const std::string& id, bool is_success,
              const OnAnswered& on_done) {
  const auto waiting = load_waiting(parts, id);
  if (!waiting) {
    return on_done(why_not(waiting.error(), Diagnostic("No Wait step exists for id " + id)));
  }
  parts.runner.end_wait(waiting->execution.number, id, is_success, on_done);
}

}  // namespace

void wire_waiting(Api& api, const ApiParts& parts) {
  api.approval = [parts](const std::string& account, const std::string& id,
                         const ApprovalUser& user) {
    return load_approval(parts, account, id, user);
  };
  api.approvals = [parts](const std::string& account, const std::string& execution,
                          const ApprovalUser& user) {
    return load_approvals(parts, account, execution, user);
  };
  api.act_on_approval = [parts](const std::string& id, const ApprovalRequest& request,
                                const OnAnswered& on_done) {
    act_on_approval(parts, id, request, on_done);
  };
  api.wait_step = [parts](const std::string& account, const std::string& node) {
    return load_wait(parts, account, node);
  };
  api.end_wait = [parts](const std::string& node, bool is_success, const OnAnswered& on_done) {
    end_wait(parts, node, is_success, on_done);
  };
}

}  // namespace tripgate::http

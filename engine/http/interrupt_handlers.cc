// Interrupts of running executions. Source: pipelines.md 8.7.
#include <algorithm>
#include <array>

#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"

namespace tripgate::http {
namespace {

using Types = std::vector<InterruptType>;

const Types kOfPlan = {InterruptType::abort_all};
const Types kOfNode = {InterruptType::abort_all, InterruptType::user_marked_failure};
const Types kOfIntervention = {InterruptType::abort_all,
                               InterruptType::pause,
                               InterruptType::resume,
                               InterruptType::ignore,
                               InterruptType::stage_rollback,
                               InterruptType::step_group_rollback,
                               InterruptType::mark_as_success,
                               InterruptType::expire_all,
                               InterruptType::retry,
                               InterruptType::mark_as_failure,
                               InterruptType::user_marked_failure};

std::string unknown_interrupt(const std::string& name, const Types& accepted) {
  std::string text = "Invalid value:" + name + ", the expected values are: [";
  for (const InterruptType type : accepted) {
    if (text.back() != '[') text += ", ";
    text += interrupt_name(type);
  }
  return text + "]";
}

/// Pausing and resuming are of the run, whatever node the address names.
bool is_of_run(InterruptType type) {
  return type == InterruptType::pause || type == InterruptType::resume;
}

Response interrupt(const Context& context, const Types& accepted) {
  const std::string& id = context.path.values[0];
  auto refused = refuse_execution(edge::permission_execute, context);
  if (refused) return *std::move(refused);
  const std::string name = context.request.parameter_or_empty("interruptType");
  const std::optional<InterruptType> type = parse_interrupt(name);
  if (!type || std::find(accepted.begin(), accepted.end(), *type) == accepted.end()) {
    return invalid_request(unknown_interrupt(name, accepted), context.correlation_id);
  }
  InterruptRequest request{*type, {}, context.caller.identifier, {}};
  if (context.path.values.size() > 1 && !is_of_run(*type)) {
    request.node_execution_id = context.path.values[1];
  }
  const Result<std::string, Diagnostic> done = context.api.interrupt(id, request);
  if (!done) return invalid_request(done.error().message, context.correlation_id);
  JsonWriter json;
  json.begin_object().member("id", *done).member("type", interrupt_name(*type));
  json.member("planExecutionId", id).end_object();
  return success(json.take(), context.correlation_id);
}

}  // namespace

Response interrupt_execution(const Context& context) {
  return interrupt(context, kOfPlan);
}

Response interrupt_node(const Context& context) {
  return interrupt(context, kOfNode);
}

Response intervene(const Context& context) {
  return interrupt(context, kOfIntervention);
}

}  // namespace tripgate::http

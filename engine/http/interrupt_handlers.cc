// Interrupts of running executions. Source: pipelines.md 8.7.
#include <algorithm>
#include <array>

#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"
#include "engine/http/late_answer.h"

namespace tripgate::http {
namespace {

using Types = std::vector<InterruptType>;

const Types kOfPlan = {InterruptType::abort_all};
const Types kOfNode = {InterruptType::abort_all, InterruptType::user_marked_failure};
const Types kOfIntervention = {InterruptType::abort_all,
                               InterruptType::abort,
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

std::string interrupted(const std::string& execution, InterruptType type, const std::string& id) {
  JsonWriter json;
  json.begin_object().member("id", id).member("type", interrupt_name(type));
  return json.member("planExecutionId", execution).end_object().take();
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
  return answer_when_told<std::string>(
      [&](OnInterrupted on_done) { context.api.interrupt(id, request, std::move(on_done)); },
      [id, type = *type, correlation_id = context.correlation_id](const auto& done) {
        return done ? success(interrupted(id, type, *done), correlation_id)
                    : refuse(done.error(), correlation_id);
      },
      context.correlation_id);
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

// What a text would become in a run. Source: pipelines.md 6.10.
#include <set>

#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"

namespace tripgate::http {
namespace {

std::string evaluated_json(const EvaluatedText& evaluated) {
  JsonWriter json;
  json.begin_object().member("compiledYaml", evaluated.text).key("mapExpression").begin_object();
  std::set<std::string> known;
  for (const EvaluatedBlock& block : evaluated.blocks) {
    const std::string key =
        block.place.empty() ? block.expression : block.place + "+" + block.expression;
    if (!known.insert(key).second) continue;
    json.key(key).begin_object().member("originalExpression", block.expression);
    json.member("resolvedValue", block.value).member("fqn", block.place);
    if (!block.value) json.member("error", block.complaint);
    json.end_object();
  }
  return json.end_object().end_object().take();
}

}  // namespace

Response evaluate_expression(const Context& context) {
  if (auto refused = refuse_execution(edge::permission_view, context)) return *std::move(refused);
  const auto evaluated = context.api.evaluate_text(
      context.scope.account, context.path.find("planExecutionId"),
      context.request.parameter_or_empty("nodeExecutionId"), context.request.body);
  if (!evaluated) return refuse(evaluated.error(), context.correlation_id);
  return success(evaluated_json(*evaluated), context.correlation_id);
}

}  // namespace tripgate::http

// What nodes ask for while their run is under way. Source: pipelines.md 7.3.
#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"

namespace tripgate::http {
namespace {

/// What a node asks for, or the answer to who may not know. An unknown node is told to everybody:
/// its id says nothing.
Result<LateInputView, Response> load_input(const Context& context, std::uint8_t permission) {
  auto input = context.api.execution_input(context.path.values[0]);
  if (input && input->account != context.scope.account) {
    input = no_input_template(context.path.values[0]);
  }
  if (!input) return invalid_request(input.error().message, context.correlation_id);
  const Scope scope = {input->account, input->org, input->project};
  if (auto refused = refuse_without(permission, context, scope)) return *std::move(refused);
  return std::move(*input);
}

std::optional<std::string> null_if_empty(const std::string& text) {
  return text.empty() ? std::optional<std::string>() : text;
}

}  // namespace

Response get_execution_input(const Context& context) {
  const auto input = load_input(context, edge::permission_view);
  if (!input) return input.error();
  JsonWriter json;
  json.begin_object().member("nodeExecutionId", context.path.values[0]);
  json.member("inputInstanceId", input->instance_id);
  json.member("inputTemplate", input->template_yaml);
  json.member("userInput", null_if_empty(input->given));
  json.member("fieldYaml", input->field_yaml).end_object();
  return success(json.take(), context.correlation_id);
}

Response give_execution_input(const Context& context) {
  const auto input = load_input(context, edge::permission_execute);
  if (!input) return input.error();
  const std::string& node = context.path.values[0];
  const auto taken = context.api.give_execution_input(node, context.request.body);
  if (!taken) return invalid_request(taken.error().message, context.correlation_id);
  JsonWriter json;
  json.begin_object().member("nodeExecutionId", node);
  json.member("inputInstanceId", input->instance_id);
  json.member("status", *taken ? "Success" : "Failed").end_object();
  return success(json.take(), context.correlation_id);
}

}  // namespace tripgate::http

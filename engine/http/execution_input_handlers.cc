// What nodes ask for while their run is under way. Source: pipelines.md 7.3.
#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"
#include "engine/http/late_answer.h"

namespace tripgate::http {
namespace {

/// What a node asks for, or the answer to who may not know. An unknown node is told to everybody:
/// its id says nothing.
Result<LateInputView, Response> load_input(const Context& context, std::uint8_t permission) {
  auto input = context.api.execution_input(context.path.values[0]);
  if (input && input->account != context.scope.account) {
    input = no_input_template(context.path.values[0]);
  }
  if (!input) return refuse(input.error(), context.correlation_id);
  const Scope scope = {input->account, input->org, input->project};
  if (auto refused = refuse_without(permission, context, scope)) return *std::move(refused);
  return std::move(*input);
}

std::optional<std::string> null_if_empty(const std::string& text) {
  return text.empty() ? std::optional<std::string>() : text;
}

std::string given(const std::string& node, const std::string& instance, bool is_taken) {
  JsonWriter json;
  json.begin_object().member("nodeExecutionId", node).member("inputInstanceId", instance);
  return json.member("status", is_taken ? "Success" : "Failed").end_object().take();
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
  return answer_when_told<bool>(
      [&](OnInputGiven on_given) {
        context.api.give_execution_input(node, context.request.body, std::move(on_given));
      },
      [node, instance = input->instance_id,
       correlation_id = context.correlation_id](const auto& taken) {
        // A node whose run is over has taken what it was given, or nothing: it takes no more.
        const bool is_over = !taken && taken.error() == no_input_template(node);
        if (!taken && !is_over) return refuse(taken.error(), correlation_id);
        return success(given(node, instance, !is_over && *taken), correlation_id);
      },
      context.correlation_id);
}

}  // namespace tripgate::http

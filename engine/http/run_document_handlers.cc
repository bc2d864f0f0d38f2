// What an execution ran and what it was given. Source: pipelines.md 8.2.
#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"
#include "engine/inputs/run_inputs.h"

namespace tripgate::http {
namespace {

/// Answers with what `tell` makes of the documents of the execution that the path names.
template <class Tell>
Response with_documents(const Context& context, Tell tell) {
  if (auto refused = refuse_execution(edge::permission_view, context)) return *std::move(refused);
  const std::string& id = context.path.values[0];
  const auto documents = context.api.run_documents(context.scope.account, id);
  if (!documents) return no_execution(documents.error(), id, context.correlation_id);
  return tell(*documents);
}

/// The template of the pipeline as it is now; null if it is gone or cannot be read.
std::optional<std::string> current_template(const Api& api, const Execution& execution) {
  auto text = api.input_template({execution.account, execution.org, execution.project},
                                 execution.pipeline, {});
  return text ? std::optional<std::string>(std::move(*text)) : std::nullopt;
}

std::string metadata(const RunDocuments& documents, bool has_input) {
  JsonWriter json;
  json.begin_object().member("executionId", documents.execution.plan_execution_id);
  json.member("executionYaml", documents.text.pipeline);
  if (has_input) json.member("inputYaml", documents.text.runtime_input);
  return json.end_object().take();
}

}  // namespace

/// The text itself, without an envelope.
Response get_run_input(const Context& context) {
  return with_documents(context, [](const RunDocuments& documents) {
    Response response;
    response.content_type = "application/yaml";
    response.body = documents.text.runtime_input;
    return response;
  });
}

Response get_run_input_with_template(const Context& context) {
  return with_documents(context, [&](const RunDocuments& documents) {
    JsonWriter json;
    json.begin_object().member("inputSetTemplateYaml", documents.input_template);
    json.member("inputSetYaml", documents.text.runtime_input);
    json.member("latestTemplateYaml", current_template(context.api, documents.execution));
    return success(json.end_object().take(), context.correlation_id);
  });
}

Response get_run_metadata(const Context& context) {
  return with_documents(context, [&](const RunDocuments& documents) {
    return success(metadata(documents, false), context.correlation_id);
  });
}

Response get_run_metadata_details(const Context& context) {
  return with_documents(context, [&](const RunDocuments& documents) {
    return success(metadata(documents, true), context.correlation_id);
  });
}

}  // namespace tripgate::http

// Notes that people keep with an execution. Source: pipelines.md 8.2.
#include "engine/base/errc.h"
#include "engine/base/json_document.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"

namespace tripgate::http {
namespace {

/// `notes` of the query, or of a JSON body.
std::optional<std::string> new_notes(const Request& request) {
  if (auto notes = request.parameter("notes")) return notes;
  const auto document = JsonDocument::parse(request.body);
  if (!document) return std::nullopt;
  const auto notes = document->root().find("notes").string();
  return notes ? std::optional<std::string>(*notes) : std::nullopt;
}

Response tell_notes(const Context& context) {
  const std::string& id = context.path.values[0];
  const Result<std::string> notes = context.api.execution_notes(context.scope.account, id);
  if (!notes) return no_execution(notes.error(), id, context.correlation_id);
  return success(*notes, context.correlation_id);
}

}  // namespace

std::optional<Diagnostic> refusal_of_notes(std::string_view notes) {
  if (notes.size() <= kNotesMaxBytes) return std::nullopt;
  return Diagnostic("notes are longer than " + std::to_string(kNotesMaxBytes) + " bytes");
}

Response get_notes(const Context& context) {
  if (auto refused = refuse_execution(edge::permission_view, context)) return *std::move(refused);
  return tell_notes(context);
}

Response put_notes(const Context& context) {
  if (auto refused = refuse_execution(edge::permission_execute, context)) {
    return *std::move(refused);
  }
  const std::optional<std::string> notes = new_notes(context.request);
  if (!notes) return invalid_request("notes are missing", context.correlation_id);
  if (const auto refusal = refusal_of_notes(*notes)) {
    return refuse(*refusal, context.correlation_id);
  }
  const std::string& id = context.path.values[0];
  const ErrorCode failed = context.api.set_execution_notes(context.scope.account, id, *notes);
  if (failed) return no_execution(failed, id, context.correlation_id);
  return tell_notes(context);
}

}  // namespace tripgate::http

// Wait steps under a person's hand. Source: pipelines.md 2.4.
#include "engine/base/errc.h"
#include "engine/base/json_document.h"
#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"
#include "engine/http/late_answer.h"

namespace tripgate::http {
namespace {

Result<WaitView, Response> load(const Context& context, std::uint8_t permission) {
  const std::string& node = context.path.values[0];
  Result<WaitView> found = context.api.wait_step(context.scope.account, node);
  if (!found && found.error() != Errc::not_found) {
    return store_failure(found.error(), context.correlation_id);
  }
  if (!found) return not_found("No Wait step exists for id " + node, context.correlation_id);
  auto refused = refuse_without(permission, context, found->scope);
  if (refused) return *std::move(refused);
  return std::move(*found);
}

}  // namespace

Response put_wait_step(const Context& context) {
  const auto wait = load(context, edge::permission_execute);
  if (!wait) return wait.error();
  const auto body = JsonDocument::parse(context.request.body);
  const std::string action = body ? body->root().find("action").text() : std::string();
  const bool is_success = action == "MARK_AS_SUCCESS";
  if (!is_success && action != "MARK_AS_FAIL") {
    return invalid_request(
        "Invalid value:" + action + ", the expected values are: [MARK_AS_FAIL, MARK_AS_SUCCESS]",
        context.correlation_id);
  }
  return answer_when_told<void>(
      [&](OnAnswered on_done) {
        context.api.end_wait(context.path.values[0], is_success, std::move(on_done));
      },
      [correlation_id = context.correlation_id](const auto& done) {
        return done ? success(R"({"status":true})", correlation_id)
                    : refuse(done.error(), correlation_id);
      },
      context.correlation_id);
}

Response get_wait_step(const Context& context) {
  const auto wait = load(context, edge::permission_view);
  if (!wait) return wait.error();
  JsonWriter json;
  json.begin_object().member("nodeExecutionId", context.path.values[0]);
  json.member("createdAt", wait->created_at_ms).member("duration", wait->duration_ms).end_object();
  return success(json.text(), context.correlation_id);
}

}  // namespace tripgate::http

// The result crosses a process boundary as JSON: bodies that are no UTF-8 get U+FFFD here, which is
// how the original decodes them.
#include "engine/call/call_result.h"

#include <array>
#include <utility>

#include "engine/base/json_writer.h"
#include "engine/call/call_fields.h"
#include "engine/call/call_limits.h"
#include "engine/jexl/json.h"

namespace tripgate {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kCodeMax = 999;
constexpr std::array<std::string_view, 3> kKindNames{"connectivity", "timeout", "application"};

std::string write(const CallResult& result) {
  JsonWriter json;
  json.begin_object().member("version", kVersion);
  if (result.failure) {
    json.key("failure").begin_object();
    json.member("kind", kKindNames[static_cast<std::size_t>(result.failure->kind)]);
    json.member("message", result.failure->message).end_object();
  } else {
    json.member("responseCode", std::int64_t{result.response_code});
    json.member("responseBody", result.response_body);
  }
  return json.end_object().take();
}

CallFailure read_failure(CallFields& document) {
  const jexl::Value object = document.object("failure");
  CallFields fields(object, "failure");
  const std::string name = fields.text("kind");
  CallFailure failure{CallFailureKind::application, fields.text("message")};
  bool is_known = false;
  for (std::size_t i = 0; i < kKindNames.size(); ++i) {
    if (name != kKindNames[i]) continue;
    failure.kind = static_cast<CallFailureKind>(i);
    is_known = true;
  }
  if (!is_known) fields.complain("kind of failure is unknown");
  (void)fields.finish();
  document.adopt(fields);
  return failure;
}

}  // namespace

CallResult failed_call(CallFailureKind kind, std::string message) {
  CallResult result;
  result.failure = CallFailure{kind, std::move(message)};
  return result;
}

std::string write_call_result(const CallResult& result) {
  std::string text = write(result);
  if (text.size() <= kCallResultMaxBytes) return text;
  return write(failed_call(
      CallFailureKind::application,
      "The response does not fit " + std::to_string(kCallResultMaxBytes) + " bytes of JSON"));
}

Result<CallResult, Diagnostic> parse_call_result(std::string_view text) {
  if (text.size() > kCallResultMaxBytes) return Diagnostic("the result is too large");
  const auto root = jexl::parse_json(text);
  if (!root) return Diagnostic("the result is no JSON: " + root.error().message);
  CallFields document(*root, "the result");
  (void)document.number("version", kVersion, kVersion);
  CallResult result;
  if (document.has("failure")) {
    result.failure = read_failure(document);
  } else {
    result.response_code = static_cast<int>(document.number("responseCode", 0, kCodeMax));
    result.response_body = document.text("responseBody");
  }
  if (const std::string complaint = document.finish(); !complaint.empty()) {
    return Diagnostic(complaint);
  }
  return result;
}

}  // namespace tripgate

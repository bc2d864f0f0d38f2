// The answer joins the node's names as two more roots. It is a value there like everything else
// that comes from outside, and never evaluated.
#include "engine/call/http_step.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/base/json_writer.h"
#include "engine/jexl/value_text.h"

namespace tripgate {
namespace {

using jexl::Value;

constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;

/// The node's names, and the answer's in front of them.
class AnswerContext final : public jexl::Context {
 public:
  AnswerContext(const jexl::Context& roots, Value code, Value body)
      : roots_(roots), code_(std::move(code)), body_(std::move(body)) {}

  std::optional<Value> find(std::string_view name) const override {
    if (name == "httpResponseCode") return code_;
    if (name == "httpResponseBody") return body_;
    return roots_.find(name);
  }
  std::optional<Result<Value, jexl::EvalError>> call(
      std::string_view name, std::span<const Value> arguments) const override {
    return roots_.call(name, arguments);
  }

 private:
  const jexl::Context& roots_;
  Value code_;
  Value body_;
};

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

// Java's simple names, which the original puts into its complaint.
std::string_view type_name(const Value& value) {
  switch (value.kind()) {
    case jexl::Kind::null:
      return "null";
    case jexl::Kind::int32:
      return "Integer";
    case jexl::Kind::int64:
      return "Long";
    case jexl::Kind::float32:
    case jexl::Kind::float64:
      return "Double";
    case jexl::Kind::string:
      return "String";
    case jexl::Kind::list:
    case jexl::Kind::array:
      return "ArrayList";
    case jexl::Kind::map:
      return "LinkedHashMap";
    default:
      return "Object";
  }
}

CallEnd failed_end(CallFailureKind kind, std::string message) {
  return broken_call({kind, std::move(message)});
}

using Variables = std::vector<std::pair<std::string, std::string>>;

std::string write_output(const plan::HttpSpec& spec, const CallResult& answer,
                         const Variables& variables) {
  JsonWriter json;
  json.begin_object().member("httpUrl", spec.url).member("httpMethod", upper(spec.method));
  json.member("httpResponseCode", std::int64_t{answer.response_code});
  json.member("httpResponseBody", answer.response_body);
  json.member("status", "SUCCESS").null_member("errorMsg");
  json.key("outputVariables").begin_object();
  for (const auto& [name, value] : variables) json.member(name, value);
  return json.end_object().end_object().take();
}

/// The part after an answer came: outputs, assertion, outcome.
class HttpJudgement {
 public:
  HttpJudgement(const plan::HttpSpec& spec, const CallResult& answer, const jexl::Context& roots,
                const TextRenderer::Surroundings& surroundings)
      : spec_(spec),
        answer_(answer),
        roots_(roots),
        surroundings_(surroundings),
        body_(Value::string(answer.response_body)) {}

  CallEnd judge() {
    Variables variables;
    if (const auto read = read_outputs(variables); !read) {
      return failed_end(CallFailureKind::application, read.error().message);
    }
    const Result<bool, Diagnostic> holds = check_assertion();
    if (!holds) {
      CallEnd end = failed_end(CallFailureKind::application, holds.error().message);
      end.log = {{"Validating the assertions...", false}, {end.message, true}};
      return end;
    }
    CallEnd end;
    end.is_success = *holds;
    end.output = write_output(spec_, answer_, variables);
    end.log = {{"Validating the assertions...", false},
               {*holds ? "Assertions passed" : "Assertions failed", !*holds}};
    if (!*holds) end.message = "assertion failed";
    return end;
  }

 private:
  // The code is a text for outputs and a number for the assertion (pipelines.md 2.3).
  Result<void, Diagnostic> read_outputs(Variables& variables) const {
    const AnswerContext context(roots_, Value::string(std::to_string(answer_.response_code)),
                                body_);
    const TextRenderer renderer(context, surroundings_);
    for (const plan::PlanVariable& output : spec_.outputs) {
      const Result<Value, Diagnostic> value = renderer.evaluate(output.text);
      if (!value) return value.error();
      if (!value->is_null()) variables.emplace_back(output.name, jexl::to_text(*value));
    }
    return {};
  }

  Result<bool, Diagnostic> check_assertion() const {
    if (spec_.assertion.empty()) return true;
    const AnswerContext context(roots_, Value::integer(answer_.response_code), body_);
    const TextRenderer renderer(context, surroundings_);
    const Result<Value, Diagnostic> value = renderer.evaluate(spec_.assertion);
    const std::string what = "Assertion provided is not a valid expression: ";
    if (!value) return Diagnostic(what + value.error().message);
    if (value->is(jexl::Kind::boolean)) return value->as_bool();
    return Diagnostic(what + "Expected boolean assertion, got " + std::string(type_name(*value)) +
                      " value");
  }

  const plan::HttpSpec& spec_;
  const CallResult& answer_;
  const jexl::Context& roots_;
  const TextRenderer::Surroundings& surroundings_;
  Value body_;
};

/// Renders texts in place until one fails.
class InPlace {
 public:
  explicit InPlace(const RenderText& render) : render_(render) {}

  void operator()(std::string& text) {
    if (failure_) return;
    Result<std::string, Diagnostic> rendered = render_(text);
    if (rendered) {
      text = std::move(*rendered);
    } else {
      failure_ = rendered.error();
    }
  }
  [[nodiscard]] const std::optional<Diagnostic>& failure() const { return failure_; }

 private:
  const RenderText& render_;
  std::optional<Diagnostic> failure_;
};

}  // namespace

Result<plan::HttpSpec, Diagnostic> render_http_step(const plan::HttpSpec& spec,
                                                    const RenderText& render) {
  plan::HttpSpec rendered = spec;
  InPlace in_place(render);
  in_place(rendered.method);
  in_place(rendered.url);
  in_place(rendered.body);
  in_place(rendered.certificate);
  in_place(rendered.certificate_key);
  for (auto& [key, value] : rendered.headers) {
    in_place(key);
    in_place(value);
  }
  if (in_place.failure()) return *in_place.failure();
  return rendered;
}

Result<StepCommand, Diagnostic> make_http_command(const plan::HttpSpec& spec,
                                                  const CallSettings& settings) {
  std::set<std::string_view> keys;
  for (const auto& [key, value] : spec.headers) {
    if (!keys.insert(key).second) return Diagnostic("Duplicate key " + key);
  }
  HttpCall call;
  call.method = spec.method;
  call.url = spec.url;
  call.headers = spec.headers;
  call.body = spec.body;
  call.certificate = spec.certificate;
  call.certificate_key = spec.certificate_key;
  call.connect_timeout = settings.http.connect_timeout;
  call.allowed_addresses = settings.http.allowed_addresses;
  call.ca_file = settings.http.ca_file;
  call.verifies_tls = settings.http.verifies_tls;
  return make_call_command(call, settings);
}

CallEnd judge_http_result(const plan::HttpSpec& spec, const StepResult& result,
                          const jexl::Context& roots,
                          const TextRenderer::Surroundings& surroundings) {
  const CallResult answer = read_call_result(result);
  if (answer.failure) return broken_call(*answer.failure);
  if (answer.response_code == kUnauthorized) {
    return failed_end(CallFailureKind::authentication, "The server answered 401 (Unauthorized)");
  }
  if (answer.response_code == kForbidden) {
    return failed_end(CallFailureKind::authorization, "The server answered 403 (Forbidden)");
  }
  return HttpJudgement(spec, answer, roots, surroundings).judge();
}

}  // namespace tripgate

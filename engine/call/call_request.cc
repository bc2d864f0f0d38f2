// Every member is required and none is unknown: both sides come from one build, so that what does
// not fit is a mistake, and a mistake must not send something.
#include "engine/call/call_request.h"

#include <array>

#include "engine/base/json_writer.h"
#include "engine/call/call_fields.h"
#include "engine/jexl/json.h"

namespace tripgate {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kTimeoutMaxMs = 600'000;
constexpr std::array<std::string_view, 3> kTlsNames{"required", "optional", "off"};

void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (const std::string& text : texts) json.string(text);
  json.end_array();
}

void write_http(JsonWriter& json, const HttpCall& call) {
  json.key("http").begin_object();
  json.member("method", call.method).member("url", call.url);
  json.key("headers").begin_array();
  for (const auto& [key, value] : call.headers) {
    json.begin_object().member("key", key).member("value", value).end_object();
  }
  json.end_array();
  json.member("body", call.body);
  json.member("certificate", call.certificate).member("certificateKey", call.certificate_key);
  json.member("connectTimeoutMs", call.connect_timeout.count());
  write_texts(json, "allowedAddresses", call.allowed_addresses);
  json.member("caFile", call.ca_file).member("verifyTls", call.verifies_tls);
  json.end_object();
}

void write_email(JsonWriter& json, const EmailCall& call) {
  json.key("email").begin_object();
  json.member("server", call.server).member("user", call.user).member("password", call.password);
  json.member("tls", kTlsNames[static_cast<std::size_t>(call.tls)]);
  json.member("caFile", call.ca_file).member("connectTimeoutMs", call.connect_timeout.count());
  json.member("from", call.from);
  write_texts(json, "to", call.to);
  write_texts(json, "cc", call.cc);
  json.member("subject", call.subject).member("body", call.body);
  json.member("messageId", call.message_id);
  json.end_object();
}

HttpHeaders read_headers(CallFields& fields) {
  HttpHeaders headers;
  for (const jexl::Value& element : fields.list("headers")) {
    CallFields header(element, "a header");
    std::string key = header.text("key");
    headers.emplace_back(std::move(key), header.text("value"));
    if (!header.finish().empty()) {
      fields.adopt(header);
      return {};
    }
  }
  return headers;
}

std::chrono::milliseconds read_timeout(CallFields& fields) {
  return std::chrono::milliseconds(fields.number("connectTimeoutMs", 1, kTimeoutMaxMs));
}

HttpCall read_http(CallFields& fields) {
  HttpCall call;
  call.method = fields.text("method");
  call.url = fields.text("url");
  call.headers = read_headers(fields);
  call.body = fields.text("body");
  call.certificate = fields.text("certificate");
  call.certificate_key = fields.text("certificateKey");
  call.connect_timeout = read_timeout(fields);
  call.allowed_addresses = fields.texts("allowedAddresses");
  call.ca_file = fields.text("caFile");
  call.verifies_tls = fields.flag("verifyTls");
  for (const std::string& block : call.allowed_addresses) {
    if (!parse_address_block(block)) fields.complain("allowedAddresses holds no address block");
  }
  return call;
}

MailTls read_tls(CallFields& fields) {
  const std::string name = fields.text("tls");
  for (std::size_t i = 0; i < kTlsNames.size(); ++i) {
    if (name == kTlsNames[i]) return static_cast<MailTls>(i);
  }
  fields.complain("tls is none of required, optional and off");
  return MailTls::required;
}

EmailCall read_email(CallFields& fields) {
  EmailCall call;
  call.server = fields.text("server");
  call.user = fields.text("user");
  call.password = fields.text("password");
  call.tls = read_tls(fields);
  call.ca_file = fields.text("caFile");
  call.connect_timeout = read_timeout(fields);
  call.from = fields.text("from");
  call.to = fields.texts("to");
  call.cc = fields.texts("cc");
  call.subject = fields.text("subject");
  call.body = fields.text("body");
  call.message_id = fields.text("messageId");
  return call;
}

}  // namespace

std::string write_call_request(const CallRequest& request) {
  JsonWriter json;
  json.begin_object().member("version", kVersion);
  if (const auto* http = std::get_if<HttpCall>(&request)) write_http(json, *http);
  if (const auto* email = std::get_if<EmailCall>(&request)) write_email(json, *email);
  return json.end_object().take();
}

Result<CallRequest, Diagnostic> parse_call_request(std::string_view text) {
  if (text.size() > kCallRequestMaxBytes) return Diagnostic("the request is too large");
  const auto root = jexl::parse_json(text);
  if (!root) return Diagnostic("the request is no JSON: " + root.error().message);
  CallFields document(*root, "the request");
  (void)document.number("version", kVersion, kVersion);
  const std::string_view kind = document.has("email") ? "email" : "http";
  const jexl::Value object = document.object(kind);
  CallFields fields(object, std::string(kind));
  CallRequest request;
  if (kind == "email") {
    request = read_email(fields);
  } else {
    request = read_http(fields);
  }
  if (document.finish().empty()) (void)fields.finish();
  document.adopt(fields);
  if (!document.complaint().empty()) return Diagnostic(document.complaint());
  return request;
}

}  // namespace tripgate

// Options first, then the environment, then the defaults of `make run` (design section 7).
#include "engine/cli/session.h"

#include <unistd.h>

#include <fstream>
#include <sstream>

namespace tripgate::cli {
namespace {

constexpr const char* kAdminSocketName = "/admin/admin.sock";
constexpr const char* kDevelopmentStateDir = "build/run";
constexpr const char* kInstalledStateDir = "/var/lib/tripgate";

std::string first_of(const Arguments& arguments, std::string_view option,
                     const Environment& environment, std::string_view variable,
                     std::string fallback) {
  if (const auto value = arguments.value(option)) return *value;
  return environment(variable).value_or(std::move(fallback));
}

/// The socket of a running checkout is preferred to an installation's.
std::string default_admin_socket() {
  std::string nearby = std::string(kDevelopmentStateDir) + kAdminSocketName;
  if (::access(nearby.c_str(), F_OK) == 0) return nearby;
  return std::string(kInstalledStateDir) + kAdminSocketName;
}

std::string trim(std::string text) {
  constexpr const char* kBlanks = " \t\r\n";
  text.erase(text.find_last_not_of(kBlanks) + 1);
  return text.substr(std::min(text.find_first_not_of(kBlanks), text.size()));
}

Result<std::string, Diagnostic> read_key(const Arguments& arguments,
                                         const Environment& environment) {
  const auto path = arguments.value("token-file");
  if (!path) return {boost::system::in_place_value, environment("TRIPGATE_TOKEN").value_or("")};
  std::ifstream file(*path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return Diagnostic("cannot read the token file " + *path);
  return {boost::system::in_place_value, trim(text.str())};
}

Result<Endpoint, Diagnostic> find_endpoint(const Arguments& arguments,
                                           const Environment& environment) {
  const bool is_local = arguments.has("admin-socket") || arguments.has("state-dir");
  Endpoint endpoint;
  if (!is_local) endpoint.url = first_of(arguments, "url", environment, "TRIPGATE_URL", "");
  if (is_local && arguments.has("url"))
    return Diagnostic("--url and a local socket exclude each other");
  if (!endpoint.url.empty()) {
    while (endpoint.url.ends_with('/')) endpoint.url.pop_back();
    Result<std::string, Diagnostic> key = read_key(arguments, environment);
    if (!key) return key.error();
    endpoint.key = *std::move(key);
    return endpoint;
  }
  const auto state_dir = arguments.value("state-dir");
  endpoint.socket_path = state_dir && !arguments.has("admin-socket")
                             ? *state_dir + kAdminSocketName
                             : first_of(arguments, "admin-socket", environment,
                                        "TRIPGATE_ADMIN_SOCKET", default_admin_socket());
  return endpoint;
}

Result<OutputFormat, Diagnostic> find_format(const Arguments& arguments) {
  const std::string word = arguments.value("output").value_or("table");
  if (word == "table") return OutputFormat::table;
  if (word == "json") return OutputFormat::json;
  if (word == "yaml") return OutputFormat::yaml;
  return Diagnostic("-o knows table, json and yaml, not " + word);
}

/// Whether an engine, or nginx in front of it, wrote this. Others, and nginx without
/// tripgate_error, do not.
bool is_envelope(const Result<JsonDocument, Diagnostic>& body) {
  return body && body->root().find("status").string().has_value();
}

}  // namespace

Result<Session, Diagnostic> Session::open(Arguments arguments, const Environment& environment,
                                          std::ostream& out, std::ostream& complain) {
  Result<Endpoint, Diagnostic> endpoint = find_endpoint(arguments, environment);
  if (!endpoint) return endpoint.error();
  const Result<OutputFormat, Diagnostic> format = find_format(arguments);
  if (!format) return format.error();
  Session session;
  session.scope_ = {
      .account = first_of(arguments, "account", environment, "TRIPGATE_ACCOUNT", "demo"),
      .org = first_of(arguments, "org", environment, "TRIPGATE_ORG", "default"),
      .project = first_of(arguments, "project", environment, "TRIPGATE_PROJECT", "demo")};
  session.arguments_ = std::move(arguments);
  session.format_ = *format;
  session.client_ = std::make_unique<ApiClient>(*std::move(endpoint));
  session.out_ = &out;
  session.complain_ = &complain;
  return session;
}

std::string Session::operand(std::size_t index) const {
  return index < arguments_.operands().size() ? arguments_.operands()[index] : "";
}

Session::Query Session::project_query() const {
  return {{"accountIdentifier", scope_.account},
          {"orgIdentifier", scope_.org},
          {"projectIdentifier", scope_.project}};
}

Session::Query Session::scope_query() const {
  Query query = {{"accountIdentifier", scope_.account}};
  const bool has_project = arguments_.has("project");
  if (has_project || arguments_.has("org")) query.emplace_back("orgIdentifier", scope_.org);
  if (has_project) query.emplace_back("projectIdentifier", scope_.project);
  return query;
}

int Session::explain(const Reply& reply) const {
  const Result<JsonDocument, Diagnostic> body = JsonDocument::parse(reply.body);
  const std::string message = body ? body->root().find("message").text() : "";
  const JsonView metadata = body ? body->root().find("metadata") : JsonView();
  for (const char* kind : {"errors", "warnings"}) {
    for (const JsonView complaint : metadata.find(kind).elements()) {
      Diagnostic diagnostic(
          static_cast<std::uint32_t>(complaint.find("line").integer().value_or(0)),
          static_cast<std::uint32_t>(complaint.find("column").integer().value_or(0)),
          complaint.find("message").text());
      diagnostic.file = complaint.find("file").text();
      complain() << diagnostic.to_string() << '\n';
    }
  }
  if (metadata.find("errors").elements().empty()) {
    const std::string status =
        "the answer has status " + std::to_string(reply.status) + " and no message";
    complain() << "tripgate: " << (message.empty() ? status : message) << '\n';
  }
  // An engine that answers is not away, though it has no room (503) or knows no outcome yet (504).
  return reply.status == 502 || !is_envelope(body) ? exit_engine_away : exit_refused;
}

int Session::ask(const Call& call, const std::function<int(const JsonView&)>& print) const {
  const Result<Reply, Diagnostic> reply = client_->call(call);
  if (!reply) {
    complain() << "tripgate: " << reply.error().message << '\n';
    return exit_engine_away;
  }
  if (reply->status != 200) return explain(*reply);
  const Result<JsonDocument, Diagnostic> body = JsonDocument::parse(reply->body);
  if (!is_envelope(body)) {
    complain() << "tripgate: what answers is no engine: "
               << (body ? "no envelope" : body.error().message) << '\n';
    return exit_engine_away;
  }
  return print(body->root().find("data"));
}

int Session::follow(const Call& call, const std::function<void(std::string_view)>& line) const {
  const Result<Reply, Diagnostic> reply = client_->stream(call, line);
  if (!reply) {
    complain() << "tripgate: " << reply.error().message << '\n';
    return exit_engine_away;
  }
  return reply->status == 200 ? int{exit_done} : explain(*reply);
}

int Session::show(const JsonView& data,
                  const std::function<void(const JsonView&)>& print_table) const {
  switch (format_) {
    case OutputFormat::json:
      out() << to_pretty_json(data);
      break;
    case OutputFormat::yaml:
      out() << to_yaml(data);
      break;
    case OutputFormat::table:
      print_table(data);
      break;
  }
  return exit_done;
}

}  // namespace tripgate::cli

// API keys. A secret goes to stdout alone, so that `KEY=$(tripgate token create ...)` works;
// remarks go to stderr.
#include <chrono>

#include "engine/base/clock.h"
#include "engine/base/json_writer.h"
#include "engine/cli/commands.h"
#include "engine/plan/duration.h"

namespace tripgate::cli {
namespace {

UnixMs now_ms() {
  return SystemClock().now_ms();
}

int refuse_usage(const Session& session, const std::string& text) {
  session.complain() << "tripgate token: " << text << '\n';
  return exit_usage;
}

/// The time that `--option` lies ahead; nothing without the option.
Result<std::optional<UnixMs>, Diagnostic> time_ahead(const Session& session,
                                                     std::string_view option) {
  const std::optional<std::string> text = session.arguments().value(option);
  if (!text) return std::optional<UnixMs>();
  const auto duration = plan::parse_duration(*text);
  if (!duration || duration->count() == 0) {
    return Diagnostic("--" + std::string(option) + ' ' + *text + ": " + plan::kDurationComplaint);
  }
  return std::optional<UnixMs>(now_ms() + std::chrono::milliseconds(*duration).count());
}

int print_secret(const Session& session, const JsonView& secret) {
  session.complain() << "This key is shown once; keep it safe.\n";
  session.out() << secret.text() << '\n';
  return exit_done;
}

/// The key that a command is about: its last operand (after `delete token` too), or --name.
std::string key_name(const Session& session) {
  const std::vector<std::string>& operands = session.arguments().operands();
  return operands.empty() ? session.arguments().value("name").value_or("") : operands.back();
}

}  // namespace

int token_create(const Session& session) {
  const std::optional<std::string> name = session.arguments().value("name");
  if (!name || name->empty()) return refuse_usage(session, "--name NAME is missing");
  const std::string role = session.arguments().value("role").value_or("executor");
  if (role != "admin" && role != "executor" && role != "viewer") {
    return refuse_usage(session, "--role knows admin, executor and viewer, not " + role);
  }
  const auto expires = time_ahead(session, "expires");
  if (!expires) return refuse_usage(session, expires.error().message);
  JsonWriter json;
  json.begin_object().member("name", *name).member("role", role);
  if (*expires) json.member("validTo", **expires);
  json.end_object();
  const Call call = {.method = "POST",
                     .path = "/ng/api/token",
                     .query = session.scope_query(),
                     .body = json.take()};
  return session.ask(call, [&](const JsonView& secret) { return print_secret(session, secret); });
}

int token_rotate(const Session& session) {
  const std::string name = key_name(session);
  if (name.empty()) return refuse_usage(session, "the key's name is missing");
  const auto until = time_ahead(session, "overlap");
  if (!until) return refuse_usage(session, until.error().message);
  Call call = {.method = "POST",
               .path = "/ng/api/token/rotate/" + encode_url(name),
               .query = session.scope_query(),
               .body = {}};
  call.query.emplace_back("rotateTimestamp", std::to_string(until->value_or(now_ms())));
  return session.ask(call, [&](const JsonView& secret) { return print_secret(session, secret); });
}

int token_revoke(const Session& session) {
  const std::string name = key_name(session);
  if (name.empty()) return refuse_usage(session, "the key's name is missing");
  const Call call = {.method = "DELETE",
                     .path = "/ng/api/token/" + encode_url(name),
                     .query = session.scope_query(),
                     .body = {}};
  return session.ask(call, [&](const JsonView&) {
    session.out() << "revoked " << name << '\n';
    return int{exit_done};
  });
}

int token_list(const Session& session) {
  const Call call = {.method = "GET",
                     .path = "/ng/api/token/aggregate",
                     .query = session.scope_query(),
                     .body = {}};
  return session.ask(call, [&](const JsonView& data) {
    return session.show(data, [&](const JsonView& shown) {
      Table table({"NAME", "ROLE", "ORG", "PROJECT", "EXPIRES", "VALID"});
      for (const JsonView entry : shown.find("content").elements()) {
        const JsonView token = entry.find("token");
        table.add({token.find("name").text(), token.find("role").text(),
                   token.find("orgIdentifier").text(), token.find("projectIdentifier").text(),
                   time_text(token.find("validTo")),
                   token.find("valid").boolean().value_or(false) ? "yes" : "no"});
      }
      table.print(session.out());
    });
  });
}

}  // namespace tripgate::cli

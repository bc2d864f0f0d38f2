// Approving from the command line: finds the step that waits, fills in what its author suggests for
// inputs that are not given, and acts.
#include "engine/base/json_writer.h"
#include "engine/cli/commands.h"

namespace tripgate::cli {
namespace {

constexpr std::string_view kApprovals = "/pipeline/api/approvals/";

/// The steps of an execution that wait for an approval, by execution id.
std::vector<std::string> waiting_approvals(const JsonView& data,
                                           const std::optional<std::string>& step) {
  std::vector<std::string> found;
  for (const auto& [id, node] : data.find("executionGraph").find("nodeMap").members()) {
    const bool waits = node.find("stepType").text() == "HarnessApproval" &&
                       node.find("status").text() == "ApprovalWaiting";
    if (waits && (!step || node.find("identifier").text() == *step)) found.emplace_back(id);
  }
  return found;
}

/// The value that `--input NAME=VALUE` gives; nothing if none does.
std::optional<std::string> given_value(const Session& session, const std::string& name) {
  for (const std::string& input : session.arguments().values("input")) {
    if (input.starts_with(name + "=")) return input.substr(name.size() + 1);
  }
  return std::nullopt;
}

std::string activity(const Session& session, const JsonView& approval) {
  const bool is_rejection = session.arguments().has("reject");
  JsonWriter json;
  json.begin_object().member("action", is_rejection ? "REJECT" : "APPROVE");
  json.key("approverInputs").begin_array();
  for (const JsonView input : approval.find("details").find("approverInputs").elements()) {
    const std::string name = input.find("name").text();
    const std::string fallback = input.find("defaultValue").text();
    json.begin_object().member("name", name);
    json.member("value", given_value(session, name).value_or(fallback)).end_object();
  }
  json.end_array();
  json.member("comments", session.arguments().value("comment").value_or("")).end_object();
  return json.take();
}

/// A misspelt input must not become a default in silence.
std::optional<std::string> unknown_input(const Session& session, const JsonView& approval) {
  for (const std::string& input : session.arguments().values("input")) {
    const std::string name = input.substr(0, input.find('='));
    bool is_known = false;
    for (const JsonView declared : approval.find("details").find("approverInputs").elements()) {
      is_known = is_known || declared.find("name").text() == name;
    }
    if (!is_known || input.find('=') == std::string::npos) return input;
  }
  return std::nullopt;
}

int act(const Session& session, const std::string& id, const JsonView& approval) {
  if (const auto unknown = unknown_input(session, approval)) {
    session.complain() << "tripgate execution approve: the step asks for no input " << *unknown
                       << '\n';
    return exit_refused;
  }
  const Call call = {.method = "POST",
                     .path = std::string(kApprovals) + encode_url(id) + "/harness/activity",
                     .query = session.project_query(),
                     .body = activity(session, approval)};
  return session.ask(call, [&](const JsonView& data) {
    return session.show(data, [&](const JsonView& shown) {
      session.out() << shown.find("status").text() << ' ' << shown.find("id").text() << '\n';
    });
  });
}

}  // namespace

int execution_approve(const Session& session) {
  const std::string execution = session.operand(0);
  Call find = {.method = "GET",
               .path = "/pipeline/api/pipelines/execution/v2/" + encode_url(execution),
               .query = session.project_query(),
               .body = {}};
  find.query.emplace_back("renderFullBottomGraph", "true");
  return session.ask(find, [&](const JsonView& data) {
    const auto waiting = waiting_approvals(data, session.arguments().value("step"));
    if (waiting.size() != 1) {
      session.complain() << "tripgate execution approve: "
                         << (waiting.empty() ? "no approval waits in "
                                             : "several approvals wait in ")
                         << execution << (waiting.empty() ? "\n" : "; name one with --step\n");
      return int{exit_refused};
    }
    const Call load = {.method = "GET",
                       .path = std::string(kApprovals) + encode_url(waiting.front()),
                       .query = session.project_query(),
                       .body = {}};
    return session.ask(
        load, [&](const JsonView& approval) { return act(session, waiting.front(), approval); });
  });
}

}  // namespace tripgate::cli

// Settings of the account, an organisation or a project.
#include "engine/base/json_writer.h"
#include "engine/cli/commands.h"

namespace tripgate::cli {

int setting_set(const Session& session) {
  JsonWriter json;
  json.begin_array()
      .begin_object()
      .member("identifier", session.operand(0))
      .member("value", session.operand(1))
      .member("allowOverrides", !session.arguments().has("no-overrides"))
      .member("updateType", "UPDATE")
      .end_object()
      .end_array();
  const Call call = {.method = "PUT",
                     .path = "/ng/api/settings",
                     .query = session.scope_query(),
                     .body = json.take()};
  return session.ask(call, [&](const JsonView& data) {
    for (const JsonView outcome : data.elements()) {
      if (!outcome.find("updateStatus").boolean().value_or(false)) {
        session.complain() << "tripgate: " << outcome.find("errorMessage").text() << '\n';
        return int{exit_refused};
      }
      // What was stored: the engine normalises yes and TRUE to true.
      session.out() << session.operand(0) << " = " << outcome.find("setting").find("value").text()
                    << '\n';
    }
    return int{exit_done};
  });
}

int setting_get(const Session& session) {
  // The last operand: `get setting ID` comes here too.
  const std::string& id = session.arguments().operands().back();
  const Call call = {.method = "GET",
                     .path = "/ng/api/settings/" + encode_url(id),
                     .query = session.scope_query(),
                     .body = {}};
  return session.ask(call, [&](const JsonView& data) {
    return session.show(
        data, [&](const JsonView& shown) { session.out() << shown.find("value").text() << '\n'; });
  });
}

int setting_list(const Session& session) {
  const Call call = {
      .method = "GET", .path = "/ng/api/settings", .query = session.scope_query(), .body = {}};
  return session.ask(call, [&](const JsonView& data) {
    return session.show(data, [&](const JsonView& shown) {
      Table table({"IDENTIFIER", "VALUE", "FROM", "OVERRIDES"});
      for (const JsonView entry : shown.elements()) {
        const JsonView setting = entry.find("setting");
        table.add({setting.find("identifier").text(), setting.find("value").text(),
                   setting.find("settingSource").text(),
                   setting.find("allowOverrides").boolean().value_or(true) ? "yes" : "no"});
      }
      table.print(session.out());
    });
  });
}

}  // namespace tripgate::cli

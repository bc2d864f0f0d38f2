// get and delete for every kind, and the curl command of a trigger.
#include "engine/cli/commands.h"

namespace tripgate::cli {
namespace {

/// Entities of one list; the engine gives no more at once.
constexpr std::size_t kListMax = 1000;

bool is_entity_kind(std::string_view kind) {
  return kind == "pipeline" || kind == "trigger" || kind == "inputset";
}

Call entity_call(const Session& session, const std::string& kind, const std::string& id) {
  Call call;
  call.path = "/pipeline/api/tripgate/entities/" + kind;
  if (!id.empty()) call.path += '/' + encode_url(id);
  call.query = session.project_query();
  if (const auto pipeline = session.arguments().value("pipeline")) {
    call.query.emplace_back("pipelineIdentifier", *pipeline);
  }
  // The option is only curl's; elsewhere it is absent.
  const std::optional<std::string> base = session.arguments().value("public-url");
  if (base || !session.endpoint().url.empty()) {
    call.query.emplace_back("baseUrl", base.value_or(session.endpoint().url));
  }
  return call;
}

void print_entities(const Session& session, const std::string& kind, const JsonView& data) {
  const bool has_pipeline = kind != "pipeline";
  Table table(has_pipeline ? std::vector<std::string>{"IDENTIFIER", "PIPELINE", "ENABLED", "NAME"}
                           : std::vector<std::string>{"IDENTIFIER", "VERSION", "NAME"});
  for (const JsonView entity : data.elements()) {
    const std::string id = entity.find("identifier").text();
    const std::string name = entity.find("name").text();
    if (has_pipeline) {
      const std::string enabled = entity.find("enabled").boolean().value_or(true) ? "yes" : "no";
      table.add({id, entity.find("pipelineIdentifier").text(), enabled, name});
    } else {
      table.add({id, entity.find("version").text(), name});
    }
  }
  table.print(session.out());
}

/// Says how to go on when the list may have been longer. On the side, so that programs that read
/// the list see it too.
void mention_rest(const Session& session, const std::string& kind, const JsonView& data) {
  const std::vector<JsonView> entities = data.elements();
  if (entities.size() < kListMax) return;
  const JsonView last = entities.back();
  const std::string pipeline = last.find("pipelineIdentifier").text();
  session.complain() << "tripgate get: the first " << kListMax
                     << "; for those behind them: --after "
                     << (kind == "pipeline" ? "" : pipeline + '/') << last.find("identifier").text()
                     << '\n';
}

Call list_call(const Session& session, const std::string& kind) {
  Call call = entity_call(session, kind, "");
  call.query.emplace_back("size", std::to_string(kListMax));
  if (const auto after = session.arguments().value("after")) {
    call.query.emplace_back("after", *after);
  }
  return call;
}

int list_entities(const Session& session, const std::string& kind) {
  return session.ask(list_call(session, kind), [&](const JsonView& data) {
    mention_rest(session, kind, data);
    return session.show(data, [&](const JsonView& shown) { print_entities(session, kind, shown); });
  });
}

int unknown_kind(const Session& session, const std::string& kind) {
  session.complain() << "tripgate: there is no kind " << kind
                     << "; pipeline, trigger, inputset, setting, token, event, execution\n";
  return exit_usage;
}

}  // namespace

int get(const Session& session) {
  const std::string kind = session.operand(0);
  const std::string id = session.operand(1);
  if (is_entity_kind(kind)) {
    if (id.empty()) return list_entities(session, kind);
    return session.ask(entity_call(session, kind, id), [&](const JsonView& data) {
      return session.show(
          data, [&](const JsonView& shown) { session.out() << shown.find("yaml").text(); });
    });
  }
  if (kind == "setting") return id.empty() ? setting_list(session) : setting_get(session);
  if (kind == "token") return token_list(session);
  if (kind == "event") return id.empty() ? event_list(session) : event_show(session);
  if (kind == "execution") return id.empty() ? execution_list(session) : execution_show(session);
  return unknown_kind(session, kind);
}

int erase(const Session& session) {
  const std::string kind = session.operand(0);
  if (kind == "token") return token_revoke(session);
  if (!is_entity_kind(kind)) return unknown_kind(session, kind);
  Call call = entity_call(session, kind, session.operand(1));
  call.method = "DELETE";
  return session.ask(call, [&](const JsonView&) {
    session.out() << "deleted " << kind << ' ' << session.operand(1) << '\n';
    return int{exit_done};
  });
}

int curl(const Session& session) {
  const Call call = entity_call(session, "trigger", session.operand(0));
  return session.ask(call, [&](const JsonView& trigger) {
    const std::string command = trigger.find("webhookCurlCommand").text();
    if (command.empty()) {
      session.complain()
          << "tripgate curl: the engine knows no public_url; give --public-url URL\n";
      return int{exit_refused};
    }
    session.out() << command << '\n';
    return int{exit_done};
  });
}

}  // namespace tripgate::cli

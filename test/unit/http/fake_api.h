// An engine that answers from what a test puts into it.
#pragma once

#include <string>

#include "engine/base/errc.h"
#include "engine/http/api.h"

namespace tripgate::http {

inline constexpr const char* kViewerKey = "viewer";
inline constexpr const char* kEditorKey = "editor";
inline constexpr const char* kEventId = "632394c7b018985c661747be";

/// A key of account acc with one grant.
inline Caller caller_with(std::uint8_t permissions, std::string org, std::string project) {
  Caller caller;
  caller.type = PrincipalType::service_account;
  caller.identifier = "sa1";
  caller.account = "acc";
  caller.grants.push_back({permissions, std::move(org), std::move(project)});
  return caller;
}

/// Knows account acc, two keys, and one event of acc/default/demo.
inline Api fake_api() {
  Api api;
  api.public_url = "https://host";
  api.now_ms = [] { return UnixMs{1000}; };
  api.authenticate = [](const std::string& key, const std::string& account) -> Result<Caller> {
    if (account != "acc") return Errc::unauthorized;
    if (key == kViewerKey) return caller_with(edge::permission_view, "default", "demo");
    if (key == kEditorKey) return caller_with(7, "", "");
    return Errc::unauthorized;
  };
  api.processing_details = api.execution_details =
      [](const std::string& account, const std::string& event) -> Result<std::string> {
    if (account != "acc" || event != kEventId) return Errc::not_found;
    return std::string(R"({"eventFound":true})");
  };
  api.event = [](const std::string& account, const std::string& event) -> Result<EventView> {
    if (account != "acc" || event != kEventId) return Errc::not_found;
    EventView view;
    view.id = event;
    view.scope = {"acc", "default", "demo"};
    view.body = std::string("<script>\0\xff", 10);
    view.body_size = view.body.size();
    return view;
  };
  api.entities = [](const EntityListQuery&) -> Result<std::vector<EntityView>> {
    return std::vector<EntityView>();
  };
  api.why_not_ready = [] { return std::optional<std::string>(); };
  api.metrics = [] { return std::vector<Metric>{{"tripgate_x_total", "Things.", true, 3}}; };
  return api;
}

}  // namespace tripgate::http

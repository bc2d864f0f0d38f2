// One small JSON object.
#include "engine/run/event_listener.h"

#include "engine/base/json_document.h"
#include "engine/base/json_writer.h"

namespace tripgate {

std::string encode_listener(const EventListener& listener) {
  JsonWriter json;
  json.begin_object().member("trigger", listener.trigger);
  json.member("lastEvent", static_cast<std::int64_t>(listener.last_event));
  return json.end_object().take();
}

std::optional<EventListener> decode_listener(const std::string& instance) {
  const auto document = JsonDocument::parse(instance);
  if (!document) return std::nullopt;
  const auto last_event = document->root().find("lastEvent").integer();
  const auto trigger = document->root().find("trigger").string();
  if (!last_event || !trigger) return std::nullopt;
  return EventListener{std::string(*trigger), static_cast<std::uint64_t>(*last_event)};
}

}  // namespace tripgate

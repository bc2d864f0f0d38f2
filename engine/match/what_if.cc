// Both sides judge the same parsed event; only what differs is remembered.
#include "engine/match/what_if.h"

#include <array>

#include "engine/base/errc.h"

namespace tripgate {
namespace {

void write_events(JsonWriter& json, const std::vector<ChangedEvent>& events) {
  json.begin_array();
  for (const ChangedEvent& event : events) {
    json.begin_object().member("eventId", event.event_id);
    json.member("receivedAt", event.received_at_ms).key("firstFailing");
    event.mismatch ? json.string(event.mismatch->place.to_string()) : json.null();
    json.end_object();
  }
  json.end_array();
}

}  // namespace

WhatIf::WhatIf(const plan::TriggerDocument* current, const plan::TriggerDocument& edited)
    : edited_{edited.is_enabled, Conditions(edited)} {
  if (current != nullptr) current_ = Side{current->is_enabled, Conditions(*current)};
}

ErrorCode WhatIf::add(const StoredEvent& event) {
  const auto decoded = decode_event_head(event.head_bytes);
  if (!decoded) return make_error_code(Errc::store_corrupt);
  const JudgedEvent judged(*decoded, event.body);
  const auto before = current_ ? current_->conditions.find_mismatch(judged) : std::nullopt;
  const auto after = edited_.conditions.find_mismatch(judged);
  const bool fires_now = current_ && current_->is_enabled && !before;
  const bool would_fire = edited_.is_enabled && !after;
  if (fires_now == would_fire) {
    ++(would_fire ? report_.stays_firing : report_.stays_silent);
    return {};
  }
  std::array<char, EventId::kTextSize> id{};
  decoded->head.id.print(id);
  (would_fire ? report_.newly_fires : report_.stops)
      .push_back({{id.data(), id.size()},
                  static_cast<UnixMs>(decoded->head.received_at_ms),
                  would_fire ? before : after});
  return {};
}

void write_report(JsonWriter& json, const WhatIfReport& report) {
  json.member("judged", static_cast<std::int64_t>(report.judged()));
  json.member("staysFiring", static_cast<std::int64_t>(report.stays_firing));
  json.member("staysSilent", static_cast<std::int64_t>(report.stays_silent));
  write_events(json.key("newlyFires"), report.newly_fires);
  write_events(json.key("stops"), report.stops);
}

}  // namespace tripgate

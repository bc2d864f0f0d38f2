// What the event that started a run gives to expressions. Source: triggers.md 10.1.
#pragma once

#include <string>
#include <string_view>

#include "engine/jexl/value.h"

namespace tripgate {

/// The values of `trigger` and `eventPayload`. The body is parsed once, and its text is data: it is
/// never evaluated.
struct EventRoots {
  jexl::Value trigger;  ///< Null without an event.
  jexl::Value payload;

  /// head_bytes: the event's encoded head; both are borrowed for as long as values live.
  [[nodiscard]] static EventRoots of_event(std::string_view head_bytes, std::string_view body);
};

/// What a listener sees of an event as `event`: payload and headers (pipelines.md 2.10). Borrows as
/// of_event does.
[[nodiscard]] jexl::Value listened_event(std::string_view head_bytes, std::string_view body);

}  // namespace tripgate

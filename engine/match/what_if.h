// What an edited trigger would have done with events that are stored.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/json_writer.h"
#include "engine/journal/journal.h"
#include "engine/match/conditions.h"

namespace tripgate {

/// One event of which the two triggers say different things.
struct ChangedEvent {
  std::string event_id;
  UnixMs received_at_ms = 0;
  /// What keeps the trigger that does not fire from firing; absent: it is disabled, or there is
  /// none.
  std::optional<Mismatch> mismatch;
};

/// Newest events first, as they are added.
struct WhatIfReport {
  std::vector<ChangedEvent> newly_fires;
  std::vector<ChangedEvent> stops;
  std::size_t stays_firing = 0;
  std::size_t stays_silent = 0;

  [[nodiscard]] std::size_t judged() const {
    return newly_fires.size() + stops.size() + stays_firing + stays_silent;
  }
};

/// Compares the trigger as it is with an edited one, event by event.
class WhatIf {
 public:
  /// current: nullptr if there is no such trigger yet.
  WhatIf(const plan::TriggerDocument* current, const plan::TriggerDocument& edited);

  /// Judges an event that the trigger is a candidate for. Errors: Errc::store_corrupt.
  [[nodiscard]] ErrorCode add(const StoredEvent& event);

  [[nodiscard]] const WhatIfReport& report() const { return report_; }

 private:
  struct Side {
    bool is_enabled = false;
    Conditions conditions;
  };

  std::optional<Side> current_;
  Side edited_;
  WhatIfReport report_;
};

/// `{"judged","staysFiring","staysSilent","newlyFires":[...],"stops":[...]}` without its braces.
void write_report(JsonWriter& json, const WhatIfReport& report);

}  // namespace tripgate

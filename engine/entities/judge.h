// Admission judged again from the state store, with the edge's answers (triggers.md 1.7, 1.8, 4.5).
#pragma once

#include <optional>

#include "engine/entities/entity_tables.h"
#include "shared/event_head.h"

namespace tripgate::entities {

/// What the edge would answer to the event; empty if it would let it through. Key, mandate or
/// permission, trigger: in the order of the module's refusals.
[[nodiscard]] Result<std::optional<Denial>> judge_event(const EntityReader& reader,
                                                        const EventHead& head, UnixMs now_ms);

}  // namespace tripgate::entities

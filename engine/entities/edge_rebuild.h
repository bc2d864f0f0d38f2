// Writes the edge projection anew from the state store.
#pragma once

#include <cstdint>

#include "engine/entities/edge_store.h"
#include "engine/journal/state_store.h"

namespace tripgate::entities {

/// Makes the edge show exactly what the state holds, in bounded transactions: first every row that
/// the state has, then away with rows that it has not, last the generation. Until then workers see
/// the old generation, so the engine judges again what they admit. No entity may change meanwhile.
[[nodiscard]] ErrorCode rebuild_edge(const StateStore& store, EdgeStore& edge,
                                     std::uint64_t generation);

}  // namespace tripgate::entities

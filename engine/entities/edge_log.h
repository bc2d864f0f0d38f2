// The latest changes of the edge, kept in the state store: an edge that has missed them catches up
// at once, where a rebuild reads every entity.
#pragma once

#include <cstdint>
#include <span>

#include "engine/entities/edge_store.h"
#include "engine/journal/state_store.h"

namespace tripgate::entities {

/// Changes that are kept. A kill between the two commits loses the edge one; a power cut also the
/// one before, whose meta page the edge had not flushed yet.
inline constexpr std::uint64_t kEdgeLogSize = 2;

/// Keeps the rows of the change that makes `generation`, inside the write that makes it.
[[nodiscard]] ErrorCode log_edge_change(lmdb::WriteTransaction& txn, lmdb::Database meta,
                                        std::uint64_t generation,
                                        std::span<const EdgeWrite> writes);

/// Brings the edge from generation `from` to `to`. False when a change in between is not kept any
/// more: then only a rebuild helps.
[[nodiscard]] Result<bool> replay_edge_log(const StateStore& store, EdgeStore& edge,
                                           std::uint64_t from, std::uint64_t to);

}  // namespace tripgate::entities

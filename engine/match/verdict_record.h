// What is kept of a judgement: each candidate's version and the first condition that failed. The
// rest of an explanation is computed again from the event and that version.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/lmdb.h"
#include "engine/base/result.h"
#include "engine/journal/state_store.h"
#include "engine/match/conditions.h"

namespace tripgate {

/// A trigger that an event selected, and whether its conditions held.
struct CandidateVerdict {
  std::uint64_t trigger_ref = 0;
  std::uint64_t version = 0;
  std::optional<Mismatch> mismatch;

  friend bool operator==(const CandidateVerdict&, const CandidateVerdict&) = default;
};

[[nodiscard]] std::string encode_candidates(const std::vector<CandidateVerdict>& candidates);

/// Empty when the bytes are damaged or of another version.
[[nodiscard]] std::optional<std::vector<CandidateVerdict>> decode_candidates(
    std::string_view bytes);

/// Writes the candidates of an event, whose sequence must be the largest so far.
[[nodiscard]] ErrorCode put_candidates(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                       std::uint64_t event_sequence,
                                       const std::vector<CandidateVerdict>& candidates);

/// The candidates of an event in the order of selection. Errors: Errc::not_found while it is not
/// settled, or if it could not be judged; Errc::store_corrupt.
[[nodiscard]] Result<std::vector<CandidateVerdict>> load_candidates(const lmdb::Transaction& txn,
                                                                    const StateDatabases& dbs,
                                                                    std::uint64_t event_sequence);

}  // namespace tripgate

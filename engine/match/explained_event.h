// A stored event explained: each trigger that it selected, condition by condition.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/json_writer.h"
#include "engine/base/result.h"
#include "engine/journal/journal.h"
#include "engine/match/explanation.h"
#include "engine/match/verdict_record.h"

namespace tripgate {

/// A candidate's verdict as it was stored, and the judgement computed again.
struct ExplainedTrigger {
  CandidateVerdict verdict;
  std::string pipeline;    // Empty, as the next, if the version is gone.
  std::string identifier;  // As that version has it.
  std::optional<Explanation> explanation;
};

/// The text of a trigger's version; Errc::not_found if it is gone.
using LoadTriggerVersion =
    std::function<Result<std::string>(std::uint64_t ref, std::uint64_t version)>;

/// Judges the event again with the versions that judged it. Pure but for `load`. Errors:
/// Errc::store_corrupt, those of `load` other than not_found.
[[nodiscard]] Result<std::vector<ExplainedTrigger>> explain_event(
    const StoredEvent& event, std::span<const CandidateVerdict> candidates,
    const LoadTriggerVersion& load);

/// `{"triggerIdentifier","pipelineIdentifier","version","matches","firstFailing","conditions"}`;
/// `conditions` is null if the version is gone.
void write_explained_trigger(JsonWriter& json, const ExplainedTrigger& trigger);

/// The array of conditions.
void write_explanation(JsonWriter& json, const Explanation& explanation);

}  // namespace tripgate

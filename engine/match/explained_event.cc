// The verdict is the stored one; the conditions are judged again, which gives the same.
#include "engine/match/explained_event.h"

#include "engine/base/errc.h"

namespace tripgate {
namespace {

Result<ExplainedTrigger> explain_candidate(const JudgedEvent& event,
                                           const CandidateVerdict& candidate,
                                           const LoadTriggerVersion& load) {
  ExplainedTrigger explained{candidate, {}, {}, std::nullopt};
  const Result<std::string> text = load(candidate.trigger_ref, candidate.version);
  if (!text && text.error() == Errc::not_found) return explained;
  if (!text) return text.error();
  const auto document = plan::read_stored_trigger(*text);
  if (!document) return make_error_code(Errc::store_corrupt);
  explained.pipeline = document->pipeline_identifier;
  explained.identifier = document->identifier;
  explained.explanation = Conditions(*document).explain(event);
  return explained;
}

void write_error(JsonWriter& json, const std::optional<Diagnostic>& error) {
  json.key("error");
  if (!error) {
    json.null();
    return;
  }
  json.begin_object().member("message", error->message);
  json.member("line", std::int64_t{error->line}).member("column", std::int64_t{error->column});
  json.end_object();
}

void write_condition(JsonWriter& json, const ExplainedCondition& condition) {
  const bool is_script = condition.place.list == ConditionList::jexl;
  const auto unless_script = [&](const std::string& text) {
    return is_script ? std::optional<std::string>() : std::optional(text);
  };
  json.begin_object().member("condition", condition.place.to_string());
  json.member("source", condition.source);
  json.member("operator", unless_script(condition.operation));
  json.member("expected", unless_script(condition.expected));
  json.member("found", condition.found).member("result", to_string(condition.outcome));
  json.key("blocks").begin_array();
  for (const ExplainedBlock& block : condition.blocks) {
    json.begin_object().member("source", block.source).member("value", block.value).end_object();
  }
  json.end_array();
  write_error(json, condition.error);
  json.end_object();
}

}  // namespace

Result<std::vector<ExplainedTrigger>> explain_event(const StoredEvent& event,
                                                    std::span<const CandidateVerdict> candidates,
                                                    const LoadTriggerVersion& load) {
  const auto decoded = decode_event_head(event.head_bytes);
  if (!decoded) return make_error_code(Errc::store_corrupt);
  const JudgedEvent judged(*decoded, event.body);
  std::vector<ExplainedTrigger> triggers;
  for (const CandidateVerdict& candidate : candidates) {
    Result<ExplainedTrigger> trigger = explain_candidate(judged, candidate, load);
    if (!trigger) return trigger.error();
    triggers.push_back(std::move(*trigger));
  }
  return triggers;
}

void write_explanation(JsonWriter& json, const Explanation& explanation) {
  json.begin_array();
  for (const ExplainedCondition& condition : explanation.conditions) {
    write_condition(json, condition);
  }
  json.end_array();
}

void write_explained_trigger(JsonWriter& json, const ExplainedTrigger& trigger) {
  const std::optional<Mismatch>& mismatch = trigger.verdict.mismatch;
  json.begin_object().member("triggerIdentifier", trigger.identifier);
  json.member("pipelineIdentifier", trigger.pipeline);
  json.member("version", static_cast<std::int64_t>(trigger.verdict.version));
  json.member("matches", !mismatch).key("firstFailing");
  mismatch ? json.string(mismatch->place.to_string()) : json.null();
  json.key("conditions");
  trigger.explanation ? write_explanation(json, *trigger.explanation) : void(json.null());
  json.end_object();
}

}  // namespace tripgate

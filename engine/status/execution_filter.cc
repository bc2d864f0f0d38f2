// What the short records tell is asked first; heads are read only for the rest.
#include "engine/status/execution_filter.h"

#include <algorithm>

namespace tripgate {
namespace {

template <class T>
bool is_wanted(const std::vector<T>& wanted, const T& found) {
  return wanted.empty() || std::ranges::find(wanted, found) != wanted.end();
}

char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool holds(std::string_view text, std::string_view part) {
  const auto equal = [](char a, char b) { return to_lower(a) == to_lower(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), equal) != text.end() ||
         part.empty();
}

bool has_tag(const Execution& execution, const std::pair<std::string, std::string>& wanted) {
  return std::ranges::any_of(execution.tags, [&](const auto& tag) {
    return tag.first == wanted.first && (wanted.second.empty() || tag.second == wanted.second);
  });
}

bool mentions(const Execution& execution, std::string_view term) {
  return holds(execution.pipeline_name, term) || holds(execution.pipeline, term) ||
         std::ranges::any_of(execution.tags, [&](const auto& tag) {
           return holds(tag.first, term) || holds(tag.second, term);
         });
}

}  // namespace

ExecutionChoice::ExecutionChoice(ExecutionFilter filter) : filter_(std::move(filter)) {
  const ExecutionFilter& f = filter_;
  // A part below an absent one cannot be looked up; the head tells.
  needs_head_ = (f.org.empty() && !f.project.empty()) || (f.project.empty() && !f.pipeline.empty());
  needs_head_ = needs_head_ || !f.trigger_identifiers.empty() || !f.pipeline_name.empty() ||
                !f.search_term.empty() || !f.tags.empty() || f.requested_by.has_value();
  place_ = place_hash(f.account);
  if (f.org.empty()) return;
  place_ = place_hash(f.account, f.org);
  place_part_ = &ListedExecution::org;
  if (f.project.empty()) return;
  place_ = place_hash(f.account, f.org, f.project);
  place_part_ = &ListedExecution::project;
  if (f.pipeline.empty()) return;
  place_ = place_hash(f.account, f.org, f.project, f.pipeline);
  place_part_ = &ListedExecution::pipeline;
}

bool ExecutionChoice::may_pass(const ListedExecution& listed) const {
  if (filter_.shows_none || listed.*place_part_ != place_) return false;
  if (listed.is_child && !filter_.shows_children) return false;
  if (listed.started_at_ms < filter_.started_from_ms) return false;
  if (filter_.started_until_ms != 0 && listed.started_at_ms > filter_.started_until_ms)
    return false;
  return is_wanted(filter_.statuses, listed.status) &&
         is_wanted(filter_.trigger_types, listed.trigger_type);
}

bool ExecutionChoice::passes(const Execution& execution) const {
  const auto is_place = [](const std::string& wanted, const std::string& found) {
    return wanted.empty() || wanted == found;
  };
  const ExecutionOrigin& origin = execution.origin;
  const auto& tags = filter_.tags;
  return filter_.account == execution.account && is_place(filter_.org, execution.org) &&
         is_place(filter_.project, execution.project) &&
         is_place(filter_.pipeline, execution.pipeline) &&
         is_wanted(filter_.trigger_identifiers, origin.trigger) &&
         holds(execution.pipeline_name, filter_.pipeline_name) &&
         (filter_.search_term.empty() || mentions(execution, filter_.search_term)) &&
         (!filter_.requested_by || *filter_.requested_by == origin.principal_username) &&
         (tags.empty() ||
          std::ranges::any_of(tags, [&](const auto& tag) { return has_tag(execution, tag); }));
}

std::optional<RunStatus> parse_display_status(std::string_view name) {
  for (std::uint8_t number = 1; number < kRunStatusCount; ++number) {
    const auto status = static_cast<RunStatus>(number);
    if (std::ranges::equal(display_name(status), name, {}, to_lower, to_lower)) return status;
  }
  return std::nullopt;
}

std::string unknown_display_status(std::string_view name) {
  std::string text = "Invalid value:" + std::string(name) + ", the expected values are: [";
  for (std::uint8_t number = 1; number < kRunStatusCount; ++number) {
    if (number > 1) text += ", ";
    text += display_name(static_cast<RunStatus>(number));
  }
  return text + "]";
}

std::optional<TriggerType> parse_trigger_type(std::string_view name) {
  for (const TriggerType type : {TriggerType::webhook_custom, TriggerType::manual}) {
    if (engine_name(type) == name) return type;
  }
  return std::nullopt;
}

}  // namespace tripgate

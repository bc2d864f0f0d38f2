// Actions nest: a retry has its onRetryFailure, an intervention its onTimeout. The rules about what
// may follow what keep a chain from going round in circles.
#include "engine/plan/failure_action_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "engine/plan/duration.h"
#include "engine/plan/expression_blocks.h"
#include "engine/plan/plan_parts.h"

namespace tripgate::plan {
namespace {

using Type = FailureAction::Type;

constexpr std::array<std::pair<std::string_view, Type>, 10> kTypes = {{
    {"Ignore", Type::ignore},
    {"MarkAsSuccess", Type::mark_as_success},
    {"MarkAsFailure", Type::mark_as_failure},
    {"Abort", Type::abort},
    {"Retry", Type::retry},
    {"ManualIntervention", Type::manual_intervention},
    {"StageRollback", Type::stage_rollback},
    {"StepGroupRollback", Type::step_group_rollback},
    {"ProceedWithDefaultValues", Type::proceed_with_default_values},
    {"RetryStepGroup", Type::retry_step_group},
}};

constexpr std::uint32_t kRetryCountMax = 10'000;

struct ActionReader {
  const std::string& what;
  FailurePlace place;
  const PlanContext& context;

  using Action = std::shared_ptr<const FailureAction>;

  void complain(yaml::Position at, const char* message) const {
    context.findings.error(at, message);
  }

  std::optional<Type> read_type(const yaml::Node& type) const;
  Action read(const yaml::Node& node, bool is_after_retry) const;
  void read_retry(const yaml::Node& node, FailureAction& action) const;
  void read_count(yaml::MappingReader& spec, FailureAction& action) const;
  void read_intervals(yaml::MappingReader& spec, FailureAction& action) const;
  void read_intervention(const yaml::Node& node, bool is_after_retry, FailureAction& action) const;
  void read_intervention_timeout(yaml::MappingReader& spec, FailureAction& action) const;
  Action read_next(yaml::MappingReader& spec, std::string_view key, const char* missing,
                   bool is_after_retry) const;
};

const char* complaint_after_retry(const FailureAction& next) {
  if (next.type == Type::retry) {
    return "Retry action cannot have post retry failure action as Retry";
  }
  if (next.type == Type::proceed_with_default_values) {
    return "Retry action cannot have post retry failure action as ProceedWithDefaultValues";
  }
  return nullptr;
}

const char* complaint_after_intervention(const FailureAction& next, bool is_after_retry) {
  switch (next.type) {
    case Type::manual_intervention:
      return "Manual Action cannot be applied as PostTimeOut Action";
    case Type::retry:
      if (is_after_retry) {
        return "Retry Action cannot be applied under Manual Action which itself is in Retry Action";
      }
      return "Retry is not allowed as post timeout action in Manual intervention as it can lead to "
             "an infinite loop";
    case Type::proceed_with_default_values:
      return "ProceedWithDefaultValues is not allowed as post timeout action in Manual "
             "intervention";
    default:
      return nullptr;
  }
}

std::optional<Type> ActionReader::read_type(const yaml::Node& type) const {
  if (type.text == "PipelineRollback") {
    complain(type.position, "Failure strategy action PipelineRollback is not supported");
    return {};
  }
  const auto* found =
      std::ranges::find(kTypes, std::string_view(type.text), &decltype(kTypes)::value_type::first);
  if (found == kTypes.end()) {
    if (!is_runtime_input(type))
      context.findings.error(type.position, "Invalid value: " + type.text);
    return {};
  }
  if (place.is_rollback &&
      (found->second == Type::stage_rollback || found->second == Type::step_group_rollback)) {
    complain(type.position,
             "Step inside rollback section cannot have Rollback as failure strategy.");
    return {};
  }
  return found->second;
}

ActionReader::Action ActionReader::read(const yaml::Node& node, bool is_after_retry) const {
  yaml::MappingReader reader(node, "a failure action of " + what, context.findings);
  FailureAction action;
  const yaml::Node* type = reader.require_scalar("type");
  const yaml::Node* spec = reader.find("spec");
  reader.finish();
  if (type == nullptr) return nullptr;
  const std::optional<Type> known = read_type(*type);
  if (!known) return nullptr;
  action.type = *known;
  const bool is_retry = action.type == Type::retry || action.type == Type::retry_step_group;
  if (is_retry && (spec == nullptr || !spec->is_mapping())) {
    complain(node.position, "Retry Spec cannot be null or empty");
  } else if (is_retry) {
    read_retry(*spec, action);
  } else if (action.type == Type::manual_intervention && (spec == nullptr || !spec->is_mapping())) {
    complain(node.position, "ManualIntervention Spec cannot be null or empty.");
  } else if (action.type == Type::manual_intervention) {
    read_intervention(*spec, is_after_retry, action);
  }
  return std::make_shared<const FailureAction>(std::move(action));
}

void ActionReader::read_count(yaml::MappingReader& spec, FailureAction& action) const {
  const yaml::Node* count = spec.find_scalar("retryCount");
  if (count == nullptr || count->text.empty()) {
    return complain(spec.position(), "Retry Count cannot be null or empty");
  }
  if (is_runtime_input(*count) && !context.is_for_run()) return;
  if (has_block(count->text)) {
    return complain(count->position, "RetryCount fixed value is not given.");
  }
  const char* end = count->text.data() + count->text.size();
  const auto [rest, failure] = std::from_chars(count->text.data(), end, action.retry_count);
  if (failure != std::errc() || rest != end || action.retry_count > kRetryCountMax) {
    context.findings.error(count->position, "retryCount must be a number from 0 to " +
                                                std::to_string(kRetryCountMax) + ", not \"" +
                                                count->text + "\"");
  }
}

void ActionReader::read_intervals(yaml::MappingReader& spec, FailureAction& action) const {
  constexpr const char* kMustBeFixed =
      "RetryIntervals cannot be expression/runtime input. Please give values.";
  const yaml::Node* list = spec.find("retryIntervals");
  if (list == nullptr || (list->is_sequence() && list->items.empty())) {
    return complain(spec.position(), "Retry Interval cannot be null or empty");
  }
  if (is_runtime_input(*list) && !context.is_for_run()) return;
  if (list->is_scalar() && has_block(list->text)) return complain(list->position, kMustBeFixed);
  if (spec.find_sequence("retryIntervals") == nullptr) return;
  for (const yaml::Node& item : list->items) {
    const auto interval =
        item.is_scalar() ? parse_duration(item.text) : std::optional<std::chrono::seconds>();
    if (item.is_scalar() && has_block(item.text)) {
      complain(item.position, kMustBeFixed);
    } else if (!interval) {
      complain(item.position, kDurationComplaint);
    } else {
      action.retry_intervals.push_back(*interval);
    }
  }
}

void ActionReader::read_retry(const yaml::Node& node, FailureAction& action) const {
  yaml::MappingReader spec(node, "the spec of a retry of " + what, context.findings);
  read_count(spec, action);
  read_intervals(spec, action);
  action.retry_condition = spec.text("condition");
  const bool must_follow = action.type == Type::retry;
  const char* missing = must_follow ? "Retry Action cannot be null or empty" : nullptr;
  action.afterwards = read_next(spec, "onRetryFailure", missing, true);
  spec.finish();
  if (action.afterwards == nullptr) return;
  if (const char* complaint = complaint_after_retry(*action.afterwards)) {
    complain(node.position, complaint);
  }
}

void ActionReader::read_intervention_timeout(yaml::MappingReader& spec,
                                             FailureAction& action) const {
  const yaml::Node* timeout = spec.find_scalar("timeout");
  if (timeout == nullptr || timeout->text.empty()) {
    return complain(
        spec.position(),
        "Timeout period for ManualIntervention cannot be null or empty. Please give values");
  }
  if (is_runtime_input(*timeout) && !context.is_for_run()) return;
  if (has_block(timeout->text)) {
    return complain(timeout->position,
                    "Timeout period for ManualIntervention cannot be expression/runtime input. "
                    "Please give values.");
  }
  const auto parsed = parse_short_duration(timeout->text);
  if (!parsed) complain(timeout->position, kDurationComplaint);
  action.intervention_timeout = parsed.value_or(std::chrono::seconds());
}

void ActionReader::read_intervention(const yaml::Node& node, bool is_after_retry,
                                     FailureAction& action) const {
  yaml::MappingReader spec(node, "the spec of an intervention of " + what, context.findings);
  read_intervention_timeout(spec, action);
  action.afterwards = read_next(
      spec, "onTimeout", "Action onTimeout of ManualIntervention cannot be null or empty.", false);
  spec.finish();
  if (action.afterwards == nullptr) return;
  if (const char* complaint = complaint_after_intervention(*action.afterwards, is_after_retry)) {
    complain(node.position, complaint);
  }
}

ActionReader::Action ActionReader::read_next(yaml::MappingReader& spec, std::string_view key,
                                             const char* missing, bool is_after_retry) const {
  const yaml::Node* next = spec.find(key);
  const yaml::Node* action = next == nullptr ? nullptr : next->find("action");
  if (action != nullptr && !action->is_null()) return read(*action, is_after_retry);
  if (missing != nullptr && (next == nullptr || !is_runtime_input(*next))) {
    complain(next == nullptr ? spec.position() : next->position, missing);
  }
  return nullptr;
}

}  // namespace

std::shared_ptr<const FailureAction> read_failure_action(const yaml::Node& node,
                                                         const std::string& what,
                                                         FailurePlace place,
                                                         const PlanContext& context) {
  return ActionReader{what, place, context}.read(node, false);
}

}  // namespace tripgate::plan

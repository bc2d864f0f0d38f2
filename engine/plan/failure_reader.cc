// A list of strategies becomes a table with one action per error; AllErrors fills what no other
// entry of the list names.
#include "engine/plan/failure_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "engine/plan/failure_action_reader.h"
#include "engine/plan/plan_parts.h"

namespace tripgate::plan {
namespace {

using Action = std::shared_ptr<const FailureAction>;

constexpr std::string_view kAllErrors = "AllErrors";

constexpr std::array<std::pair<std::string_view, ErrorName>, 17> kErrorNames = {{
    {"Unknown", ErrorName::unknown},
    {"Authentication", ErrorName::authentication},
    {"Authorization", ErrorName::authorization},
    {"Connectivity", ErrorName::connectivity},
    {"Verification", ErrorName::verification},
    {"Timeout", ErrorName::timeout},
    {"DelegateProvisioning", ErrorName::delegate_provisioning},
    {"DelegateRestart", ErrorName::delegate_restart},
    {"PolicyEvaluationFailure", ErrorName::policy_evaluation_failure},
    {"InputTimeoutError", ErrorName::input_timeout_error},
    {"ApprovalRejection", ErrorName::approval_rejection},
    {"UserMarkedFailure", ErrorName::user_marked_failure},
    {"InfrastructureFailure", ErrorName::of_clouds},
    {"PluginImageFailure", ErrorName::of_clouds},
    {"ResourceLimitsFailure", ErrorName::of_clouds},
    {"ConfigurationFailure", ErrorName::of_clouds},
    {"RetryableTransientFailure", ErrorName::of_clouds},
}};

bool is_same_word(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(left, right, {}, lower, lower);
}

// Collects the entries of one list.
class StrategyList {
 public:
  StrategyList(std::string what, FailurePlace place, const PlanContext& context)
      : what_(std::move(what)), place_(place), context_(context) {}

  void read_entry(const yaml::Node& entry);
  FailureHandling take();

 private:
  void read_errors(const yaml::Node& errors, const Action& action);
  void read_all_errors(const yaml::Node& error, const yaml::Node& errors, const Action& action);
  void read_error(const yaml::Node& error, const Action& action,
                  std::array<bool, kErrorNames.size()>& in_entry);

  std::string what_;
  FailurePlace place_;
  const PlanContext& context_;
  FailureHandling handling_;
  std::array<bool, kErrorNames.size()> is_named_{};
  std::optional<Action> for_all_errors_;
  Action first_;
};

void StrategyList::read_entry(const yaml::Node& entry) {
  yaml::MappingReader outer(entry, "a failure strategy of " + what_, context_.findings);
  const yaml::Node* node = outer.find("onFailure");
  if (node != nullptr && is_runtime_input(*node)) return;
  node = outer.require_mapping("onFailure");
  outer.finish();
  if (node == nullptr) return;
  yaml::MappingReader reader(*node, "onFailure of " + what_, context_.findings);
  const yaml::Node* errors = find_list(reader, "errors");
  if (errors == nullptr && reader.find("errors") == nullptr) reader.require_sequence("errors");
  const yaml::Node* action_node = reader.require_mapping("action");
  reader.finish();
  const Action action =
      action_node == nullptr ? nullptr : read_failure_action(*action_node, what_, place_, context_);
  if (errors != nullptr) read_errors(*errors, action);
  if (first_ == nullptr) first_ = action;
}

void StrategyList::read_errors(const yaml::Node& errors, const Action& action) {
  std::array<bool, kErrorNames.size()> in_entry{};
  for (const yaml::Node& error : errors.items) {
    if (is_runtime_input(error)) continue;
    if (is_same_word(error.text, kAllErrors)) {
      read_all_errors(error, errors, action);
    } else {
      read_error(error, action, in_entry);
    }
  }
}

void StrategyList::read_all_errors(const yaml::Node& error, const yaml::Node& errors,
                                   const Action& action) {
  if (errors.items.size() > 1) {
    context_.findings.error(
        error.position,
        "With AllErrors there cannot be other specified errors defined in same list.");
  }
  if (for_all_errors_ && !place_.is_group) {
    context_.findings.error(error.position,
                            "AllErrors are defined multiple times either in stage or step failure "
                            "strategies.");
  }
  if (!for_all_errors_) for_all_errors_ = action;
}

void StrategyList::read_error(const yaml::Node& error, const Action& action,
                              std::array<bool, kErrorNames.size()>& in_entry) {
  const auto* found = std::ranges::find_if(kErrorNames, [&error](const auto& known) {
    return error.is_scalar() && is_same_word(known.first, error.text);
  });
  if (found == kErrorNames.end()) {
    return context_.findings.error(error.position, "Invalid value: " + error.text);
  }
  const auto index = static_cast<std::size_t>(found - kErrorNames.begin());
  if (is_named_[index] && !in_entry[index]) {
    context_.findings.error(error.position,
                            "Same error cannot point to multiple failure action - for error : " +
                                std::string(found->first));
  }
  is_named_[index] = in_entry[index] = true;
  Action& slot = handling_.by_error[static_cast<std::size_t>(found->second)];
  if (slot == nullptr) slot = action;
}

FailureHandling StrategyList::take() {
  for (Action& action : handling_.by_error) {
    if (action == nullptr && for_all_errors_) action = *for_all_errors_;
  }
  const Action& unknown = handling_.by_error[static_cast<std::size_t>(ErrorName::unknown)];
  handling_.for_untyped = unknown != nullptr ? unknown : first_;
  return std::move(handling_);
}

}  // namespace

FailureHandling read_failure_strategies(yaml::MappingReader& reader, FailurePlace place,
                                        const PlanContext& context) {
  const yaml::Node* list = find_list(reader, "failureStrategies");
  if (list == nullptr) return {};
  StrategyList strategies(reader.what(), place, context);
  for (const yaml::Node& entry : list->items) strategies.read_entry(entry);
  return strategies.take();
}

FailureHandling merge_failure_handling(const FailureHandling& outer, const FailureHandling& inner) {
  if (inner.is_empty()) return outer;
  FailureHandling merged = inner;
  for (std::size_t i = 0; i < merged.by_error.size(); ++i) {
    if (merged.by_error[i] == nullptr) merged.by_error[i] = outer.by_error[i];
  }
  const Action& unknown = merged.by_error[static_cast<std::size_t>(ErrorName::unknown)];
  if (unknown != nullptr) merged.for_untyped = unknown;
  return merged;
}

}  // namespace tripgate::plan

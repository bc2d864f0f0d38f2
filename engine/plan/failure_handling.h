// What a pipeline says about failures: which errors, and what to do about them. Source:
// pipelines.md section 4.
#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tripgate::plan {

/// The errors that a strategy can name, in the order of pipelines.md 4.2. The last ones belong to
/// clouds: they are accepted and never raised.
enum class ErrorName : std::uint8_t {
  unknown,
  authentication,
  authorization,
  connectivity,
  verification,
  timeout,
  delegate_provisioning,
  delegate_restart,
  policy_evaluation_failure,
  input_timeout_error,
  approval_rejection,
  user_marked_failure,
  of_clouds,
};

inline constexpr std::size_t kErrorNameCount = 13;

using ErrorNames = std::bitset<kErrorNameCount>;

/// What happens to a node that broke.
struct FailureAction {
  enum class Type : std::uint8_t {
    ignore,
    mark_as_success,
    mark_as_failure,
    abort,
    retry,
    manual_intervention,
    stage_rollback,
    step_group_rollback,
    proceed_with_default_values,
    retry_step_group,
  };

  Type type = Type::mark_as_failure;
  std::uint32_t retry_count = 0;  ///< Of retry and retry_step_group: attempts after the first.
  /// Waits before the retries; the last one repeats. Empty: none.
  std::vector<std::chrono::seconds> retry_intervals;
  std::string retry_condition;                  ///< Evaluated before each retry; empty: none.
  std::chrono::seconds intervention_timeout{};  ///< Of manual_intervention.
  /// onRetryFailure or onTimeout; empty for the others.
  std::shared_ptr<const FailureAction> afterwards;
};

/// The strategies that act on a node, its own and the inherited ones merged: an inner entry for an
/// error hides an outer one.
struct FailureHandling {
  /// By ErrorName; nullptr where no entry names the error.
  std::array<std::shared_ptr<const FailureAction>, kErrorNameCount> by_error;
  /// For a failure without any type (pipelines.md 4.5): the entry that covers Unknown, else the
  /// first of the innermost list; nullptr without strategies.
  std::shared_ptr<const FailureAction> for_untyped;

  [[nodiscard]] bool is_empty() const { return for_untyped == nullptr; }
};

}  // namespace tripgate::plan

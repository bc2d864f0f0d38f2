// A trigger's conditions, compiled once: whether they hold for an event, and why not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/jexl/template.h"
#include "engine/match/condition_operators.h"
#include "engine/match/explanation.h"
#include "engine/match/judged_event.h"
#include "engine/plan/trigger_document.h"

namespace tripgate {

/// The first condition that does not hold.
struct Mismatch {
  ConditionPlace place;
  bool is_error = false;  // It could not be judged, which counts as not holding.

  friend bool operator==(const Mismatch&, const Mismatch&) = default;
};

/// Immutable; several threads may judge with one. Source: triggers.md section 8.
class Conditions {
 public:
  /// Never fails: what is broken in a stored trigger counts as not matching.
  explicit Conditions(const plan::TriggerDocument& trigger);

  [[nodiscard]] bool is_empty() const {
    return payload_.empty() && header_.empty() && !script_.has_value();
  }

  /// Judges in the order of triggers.md 3.2 and stops at the first condition that does not hold;
  /// nothing if the trigger matches. Each condition has a budget of its own.
  [[nodiscard]] std::optional<Mismatch> find_mismatch(const JudgedEvent& event) const;

  /// Judges every condition, also those behind the first that does not hold.
  [[nodiscard]] Explanation explain(const JudgedEvent& event) const;

 private:
  /// A payload or header condition.
  struct Comparison {
    std::uint32_t index = 0;  // In the trigger's list.
    plan::ConditionText text;
    jexl::Template key;
    std::optional<ConditionCheck> check;  // Absent: an operator that does not exist.
    bool is_ignored = false;              // `changedFiles`: filters git events only.
    bool is_git_only = false;             // `sourceBranch`: an error for other events.
  };

  static std::vector<Comparison> compile(const std::vector<plan::ConditionText>& conditions,
                                         ConditionList list);
  /// found: the rendered key, if there is one.
  [[nodiscard]] static Result<bool, jexl::EvalError> judge(const Comparison& comparison,
                                                           ConditionList list,
                                                           const JudgedEvent& event,
                                                           std::optional<std::string>* found);
  [[nodiscard]] static Result<bool, jexl::EvalError> judge_script(const jexl::Outcome& outcome);
  [[nodiscard]] static ExplainedCondition explain(const Comparison& comparison, ConditionList list,
                                                  const JudgedEvent& event);
  [[nodiscard]] ExplainedCondition explain_script(const jexl::Context& variables) const;

  std::vector<Comparison> payload_;
  std::vector<Comparison> header_;
  std::string script_text_;
  std::optional<jexl::Template> script_;  // Absent: blank, which holds.
};

}  // namespace tripgate

// A trigger's conditions, compiled once: whether they hold for an event, and why not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/shared_pool.h"
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

class ConditionPool;

/// Immutable; several threads may judge with one. Source: triggers.md section 8.
class Conditions {
 public:
  /// Never fails: what is broken in a stored trigger counts as not matching.
  explicit Conditions(const plan::TriggerDocument& trigger);

  /// The same, with what other triggers of the pool have too.
  Conditions(const plan::TriggerDocument& trigger, ConditionPool& pool);

  /// Brings itself into the processor's cache, for a judgement that comes soon.
  void fetch() const {
    constexpr std::size_t kLine = 64;
    const auto* const start = reinterpret_cast<const char*>(this);
    for (std::size_t at = 0; at < sizeof(*this); at += kLine) __builtin_prefetch(start + at);
  }

  [[nodiscard]] bool is_empty() const {
    return payload_.empty() && header_.empty() && !script_.has_value();
  }

  /// Judges in the order of triggers.md 3.2 and stops at the first condition that does not hold;
  /// nothing if the trigger matches. Each condition has a budget of its own.
  [[nodiscard]] std::optional<Mismatch> find_mismatch(const JudgedEvent& event) const;

  /// Judges every condition, also those behind the first that does not hold.
  [[nodiscard]] Explanation explain(const JudgedEvent& event) const;

 private:
  friend class ConditionPool;

  /// A payload or header condition. What judging looks at comes first: with thousands of triggers
  /// the time is that of fetching it from memory.
  struct Comparison {
    std::shared_ptr<const jexl::Template> key;
    bool is_ignored = false;              // `changedFiles`: filters git events only.
    bool is_git_only = false;             // `sourceBranch`: an error for other events.
    std::optional<ConditionCheck> check;  // Absent: an operator that does not exist.
    plan::ConditionText text;
  };
  /// In the trigger's order.
  using Comparisons = std::vector<std::shared_ptr<const Comparison>>;

  static Comparisons compile(const std::vector<plan::ConditionText>& conditions, ConditionList list,
                             ConditionPool& pool);
  /// found: the rendered key, if there is one.
  [[nodiscard]] static Result<bool, jexl::EvalError> judge(const Comparison& comparison,
                                                           ConditionList list,
                                                           const JudgedEvent& event,
                                                           std::optional<std::string>* found);
  [[nodiscard]] static Result<bool, jexl::EvalError> judge_script(const jexl::Outcome& outcome);
  [[nodiscard]] static ExplainedCondition explain(const Comparison& comparison,
                                                  ConditionPlace place, const JudgedEvent& event);
  [[nodiscard]] ExplainedCondition explain_script(const jexl::Context& variables) const;

  Comparisons payload_;
  Comparisons header_;
  std::string script_text_;
  std::optional<jexl::Template> script_;  // Absent: blank, which holds.
};

/// What the conditions of many triggers have in common: each key, each comparison and each
/// expression is compiled once and shared. For one thread; Conditions may outlive it.
class ConditionPool {
 private:
  friend class Conditions;
  using Comparison = Conditions::Comparison;

  [[nodiscard]] std::shared_ptr<const jexl::Template> key_template(const std::string& key,
                                                                   ConditionList list);
  [[nodiscard]] std::shared_ptr<const Comparison> comparison(const plan::ConditionText& text,
                                                             ConditionList list);

  jexl::ExpressionPool expressions_;
  SharedPool<jexl::Template> keys_;
  SharedPool<Comparison> comparisons_;
};

}  // namespace tripgate

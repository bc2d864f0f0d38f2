// The nine operators of payload and header conditions, as pure functions on text.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/jexl/budget.h"
#include "engine/jexl/eval_error.h"
#include "engine/jexl/regex.h"

namespace tripgate {

enum class ConditionOperator : std::uint8_t {
  equals,
  not_equals,
  starts_with,
  ends_with,
  contains,
  does_not_contain,
  regex,
  in,
  not_in,
};

/// The operator as a trigger's YAML spells it ("DoesNotContain"), or nothing.
[[nodiscard]] std::optional<ConditionOperator> find_condition_operator(std::string_view name);

/// An operator with its value, patterns compiled. Source: triggers.md 8.4 and 8.5.
class ConditionCheck {
 public:
  /// value: the condition's value; absent counts as blank. Never fails: see bad_pattern().
  ConditionCheck(ConditionOperator operation, std::optional<std::string_view> value);

  /// The first pattern of the value that does not compile, for refusing a trigger when it is saved.
  [[nodiscard]] const std::optional<jexl::EvalError>& bad_pattern() const { return bad_pattern_; }

  /// Judges a rendered key; an absent input is null. Errors: a bad pattern that had to be tried,
  /// and a pattern that takes too many steps.
  [[nodiscard]] Result<bool, jexl::EvalError> matches(std::optional<std::string_view> input,
                                                      jexl::Meter& meter) const;

 private:
  /// One element of an In list, or the pattern of Regex.
  struct Candidate {
    std::string text;
    bool is_pattern = false;                   // Otherwise equality says it all.
    std::shared_ptr<const jexl::Regex> regex;  // nullptr: a bad pattern.
  };

  void add_element(std::string text);
  void add_candidate(std::string text);
  [[nodiscard]] Result<bool, jexl::EvalError> matches_pattern(const Candidate& candidate,
                                                              std::optional<std::string_view> input,
                                                              jexl::Meter& meter) const;
  [[nodiscard]] Result<bool, jexl::EvalError> is_in(std::optional<std::string_view> input,
                                                    jexl::Meter& meter) const;

  ConditionOperator operation_;
  bool is_blank_;
  std::string value_;
  std::vector<Candidate> candidates_;
  bool has_blank_element_ = false;  // It accepts every input.
  std::size_t pattern_count_ = 0;
  std::size_t pattern_bytes_ = 0;
  std::optional<jexl::EvalError> bad_pattern_;
};

/// Splits the value of In: at commas followed by an even number of quotation marks, trimmed,
/// enclosing quotes removed. Source: triggers.md 8.5.
[[nodiscard]] std::vector<std::string> split_in_list(std::string_view value);

}  // namespace tripgate

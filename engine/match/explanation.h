// Why a trigger matched an event or did not: one line for each of its conditions.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"

namespace tripgate {

/// Which of a trigger's conditions, in the order in which they are judged. Stored, never renumber.
enum class ConditionList : std::uint8_t { payload = 1, header = 2, jexl = 3 };

/// Names one condition of a trigger.
struct ConditionPlace {
  ConditionList list = ConditionList::payload;
  std::uint32_t index = 0;  // In its list, from 0.

  /// As the YAML has it: "payloadConditions[1]", "jexlCondition".
  [[nodiscard]] std::string to_string() const;

  friend auto operator<=>(const ConditionPlace&, const ConditionPlace&) = default;
};

enum class ConditionOutcome : std::uint8_t {
  holds,
  fails,
  error,    // It could not be judged; counts as failing.
  ignored,  // The key `changedFiles`, which means nothing here.
};

/// "holds", "fails", "error", "ignored".
[[nodiscard]] std::string_view to_string(ConditionOutcome outcome);

/// A `<+...>` block and what it is worth.
struct ExplainedBlock {
  std::string source;
  std::string value;
};

struct ExplainedCondition {
  ConditionPlace place;
  std::string source;     // The key, or the JEXL text, as written.
  std::string operation;  // "Equals"; empty for the JEXL condition.
  std::string expected;   // The value as written; empty for the JEXL condition.
  ConditionOutcome outcome = ConditionOutcome::holds;
  /// What the key became, or the script's value: at most kShownMaxBytes. Absent: an error came
  /// first.
  std::optional<std::string> found;
  std::vector<ExplainedBlock> blocks;  // Of the JEXL condition, the outermost ones.
  /// Of an error; line and column count in `source`, 0 if it is about the whole.
  std::optional<Diagnostic> error;
};

/// Bytes of a value that an explanation shows; the event itself has the rest.
inline constexpr std::size_t kShownMaxBytes = 1024;

struct Explanation {
  /// In the order of judgement.
  std::vector<ExplainedCondition> conditions;

  /// The first that fails; nullptr if the trigger matches.
  [[nodiscard]] const ExplainedCondition* first_failing() const;
};

}  // namespace tripgate

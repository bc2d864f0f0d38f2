// Which executions a list shows. Source: pipelines.md 8.9.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/clock.h"
#include "engine/status/execution.h"
#include "engine/status/execution_list.h"

namespace tripgate {

/// All that is set must hold; an empty list or text holds for every execution.
struct ExecutionFilter {
  std::string account = {};
  std::string org = {};
  std::string project = {};
  std::string pipeline = {};
  std::vector<RunStatus> statuses = {};
  std::vector<TriggerType> trigger_types = {};
  std::vector<std::string> trigger_identifiers = {};
  std::string pipeline_name = {};  ///< Part of the name, in any case.
  std::string search_term = {};    ///< Part of name, identifier or a tag, in any case.
  /// Any of them; an empty value stands for all values of its key.
  std::vector<std::pair<std::string, std::string>> tags = {};
  std::optional<std::string> requested_by = {};  ///< A principal's identifier.
  UnixMs started_from_ms = 0;
  UnixMs started_until_ms = 0;  ///< 0: no end.
  bool shows_children = false;  ///< Runs that stages of others started.
  bool shows_none = false;      ///< Asks for something that no run of ours is.
};

/// A filter made ready for many executions.
class ExecutionChoice {
 public:
  explicit ExecutionChoice(ExecutionFilter filter);

  /// False if the execution is surely not meant.
  [[nodiscard]] bool may_pass(const ListedExecution& listed) const;

  /// Whether may_pass leaves questions that only the head answers.
  [[nodiscard]] bool needs_head() const { return needs_head_; }
  [[nodiscard]] bool passes(const Execution& execution) const;

 private:
  ExecutionFilter filter_;
  /// The narrowest place that the filter names, and where a record has its hash.
  PlaceHash place_ = 0;
  PlaceHash ListedExecution::*place_part_ = &ListedExecution::account;
  bool needs_head_ = false;
};

/// The status of a display name, "Success", in any case; nothing for other words.
[[nodiscard]] std::optional<RunStatus> parse_display_status(std::string_view name);

/// The complaint about such a word (pipelines.md 3.2).
[[nodiscard]] std::string unknown_display_status(std::string_view name);

/// "MANUAL", "WEBHOOK_CUSTOM"; nothing for types that no execution of ours has.
[[nodiscard]] std::optional<TriggerType> parse_trigger_type(std::string_view name);

}  // namespace tripgate

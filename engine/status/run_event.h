// Things that happen to a run and that somebody may want to hear of. Source: pipelines.md 1.11.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/clock.h"
#include "engine/plan/plan_node.h"

namespace tripgate {

/// Values are stored: never renumber.
enum class RunEventType : std::uint8_t {
  pipeline_start,
  pipeline_success,
  pipeline_failed,
  pipeline_end,
  pipeline_paused,
  pipeline_resumed,
  stage_start,
  stage_success,
  stage_failed,
  step_failed,
  waiting_for_user_action,
};
inline constexpr RunEventType kLastRunEventType = RunEventType::waiting_for_user_action;

/// As rules spell it: `PipelineStart`.
[[nodiscard]] std::string_view name_of(RunEventType type);

/// A stage or step of an event.
struct EventNode {
  std::string identifier;
  std::string name;
  std::string status;   ///< As people see it: `Failed`.
  std::string failure;  ///< The failure message; empty unless it broke.
  UnixMs start_ms = 0;
  UnixMs end_ms = 0;  ///< 0 while it runs.
};

/// One event with what its notification tells about the run.
struct RunEvent {
  RunEventType type = RunEventType::pipeline_start;
  /// The node whose transition it is, unique within the execution; one letter, digit, `-` or `_`
  /// per character. Together with time, type and rule it names the notification.
  std::string node_id;
  UnixMs at_ms = 0;  ///< A run may be paused, and a node may wait for people, more than once.

  std::string account;
  std::string org;
  std::string project;
  std::string pipeline;
  std::string pipeline_name;
  std::string execution_id;
  std::string status;  ///< Of the run, as people see it.
  std::string url;     ///< Of the run's page.
  std::string trigger_type;
  std::string triggered_by;
  std::int64_t run_sequence = 0;
  UnixMs start_ms = 0;
  UnixMs end_ms = 0;  ///< 0 while it runs.

  std::optional<EventNode> stage;  ///< For events of stages and steps.
  std::optional<EventNode> step;   ///< For events of steps.
};

/// Names the notification of an event to a rule within its execution: the same for the same event,
/// whoever builds it. Fit for AttemptId::node_id.
[[nodiscard]] std::string notification_key(const RunEvent& event, std::string_view rule);

/// Whether an enabled rule asks for an event: by its type or AllEvents, and where the rule names
/// stages or steps, by those.
[[nodiscard]] bool wants(const plan::NotificationRule& rule, const RunEvent& event);

}  // namespace tripgate

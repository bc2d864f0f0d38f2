// A rule's filters narrow what has a stage or a step; the run's own events pass them.
#include "engine/status/run_event.h"

#include <algorithm>
#include <array>

namespace tripgate {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(kLastRunEventType) + 1> kNames{
    "PipelineStart",  "PipelineSuccess", "PipelineFailed",      "PipelineEnd",
    "PipelinePaused", "PipelineResumed", "StageStart",          "StageSuccess",
    "StageFailed",    "StepFailed",      "WaitingForUserAction"};

bool is_among(const std::vector<std::string>& identifiers, const std::optional<EventNode>& node) {
  return identifiers.empty() || !node ||
         std::ranges::find(identifiers, node->identifier) != identifiers.end();
}

}  // namespace

std::string_view name_of(RunEventType type) {
  return kNames[static_cast<std::size_t>(type)];
}

std::string notification_key(const RunEvent& event, std::string_view rule) {
  return "notify-" + std::string(name_of(event.type)) + "-" + event.node_id + "-" +
         std::to_string(event.at_ms) + "-" + std::string(rule);
}

bool wants(const plan::NotificationRule& rule, const RunEvent& event) {
  if (!rule.is_enabled) return false;
  return std::ranges::any_of(rule.events, [&](const plan::NotificationRule::Event& wanted) {
    return (wanted.type == "AllEvents" || wanted.type == name_of(event.type)) &&
           is_among(wanted.stages, event.stage) && is_among(wanted.steps, event.step);
  });
}

}  // namespace tripgate

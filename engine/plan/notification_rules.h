// `notificationRules`: who is told about what happens to a run. Source: pipelines.md 1.11.
#pragma once

#include <vector>

#include "engine/plan/plan_node.h"
#include "engine/yaml/mapping_reader.h"

namespace tripgate::plan {

/// Reads the key `notificationRules` of a pipeline. Methods other than Webhook and Email are
/// refused.
[[nodiscard]] std::vector<NotificationRule> read_notification_rules(yaml::MappingReader& pipeline,
                                                                    yaml::Findings& findings);

}  // namespace tripgate::plan

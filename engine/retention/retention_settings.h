// How long what is over is kept.
#pragma once

#include <chrono>

namespace tripgate {

/// `retention` of engine.yaml; zero keeps for ever.
struct RetentionSettings {
  /// From the end of an execution. Source: pipelines.md 9.3, six months.
  std::chrono::seconds executions = std::chrono::weeks(26);
  /// From the receipt of an event. Source: triggers.md 11.3. An event that started an execution
  /// stays as long as that does.
  std::chrono::seconds events = std::chrono::days(7);
};

}  // namespace tripgate

// What one step may use; the settings `steps` of engine.yaml.
#pragma once

#include <chrono>
#include <cstdint>

#include "engine/step/step_protocol.h"

namespace tripgate {

/// Zero is no limit, for open files that of the engine. Each holds for one attempt of a step;
/// cpu and open_files for each of its processes (rlimit), memory and processes for all of them
/// together, where the host has control groups to bound them with (step_cgroups.h).
struct StepLimits {
  std::chrono::seconds cpu{0};
  std::uint64_t open_files = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t processes = 0;
  /// Bytes of the log that keep the step's output; what exceeds them is counted only.
  std::uint64_t output_bytes = step::kLogLimitBytes;
};

}  // namespace tripgate

// Time as an interface, so that tests and the simulator own it.
#pragma once

#include <chrono>
#include <cstdint>

namespace tripgate {

/// Milliseconds since the Unix epoch.
using UnixMs = std::int64_t;

/// Wall-clock time; the only way in which engine code asks what time it is.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual UnixMs now_ms() const = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] UnixMs now_ms() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
};

}  // namespace tripgate

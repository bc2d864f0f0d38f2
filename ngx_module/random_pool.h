// Unpredictable bytes for ids, fetched from the kernel a few kilobytes at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "shared/ids.h"

namespace tripgate {

/// Buffers getrandom(2): one call serves about 170 requests. Make one per process, after fork, for
/// a copied buffer would give two workers the same ids.
class RandomPool {
 public:
  /// Event id for that second, or nothing unpredictable to be had: the kernel refused.
  [[nodiscard]] bool make_event_id(std::uint32_t unix_seconds, EventId& out) noexcept;
  [[nodiscard]] bool make_uuid(Uuid& out) noexcept;

 private:
  [[nodiscard]] bool take(std::span<std::uint8_t> out) noexcept;
  [[nodiscard]] bool refill() noexcept;

  std::array<std::uint8_t, 4096> bytes_{};
  std::size_t left_ = 0;  // unused bytes, at the front
};

}  // namespace tripgate

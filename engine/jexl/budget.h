// What one evaluation may cost, and the meter that counts it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/jexl/jexl_limits.h"

namespace tripgate::jexl {

/// Bounds of one evaluation; exceeding one is an error of that evaluation only.
struct Budget {
  std::uint64_t steps = kDefaultSteps;
  std::size_t memory_bytes = kDefaultMemoryBytes;
  std::uint64_t match_steps = kDefaultMatchSteps;
};

/// Counts a budget down. Once something ran out, every further charge fails.
class Meter {
 public:
  explicit Meter(const Budget& budget) : left_(budget) {}

  /// One node or element.
  [[nodiscard]] bool step(std::uint64_t count = 1) noexcept {
    if (left_.steps < count) return exhaust();
    left_.steps -= count;
    return true;
  }
  /// Text that is about to be scanned.
  [[nodiscard]] bool scan(std::size_t bytes) noexcept {
    return step(1 + bytes / kTextBytesPerStep);
  }
  /// Bytes that are about to be allocated.
  [[nodiscard]] bool allocate(std::size_t bytes) noexcept {
    if (left_.memory_bytes < bytes) return exhaust();
    left_.memory_bytes -= bytes;
    return true;
  }
  [[nodiscard]] std::size_t memory_left() const noexcept { return left_.memory_bytes; }
  [[nodiscard]] std::uint64_t match_steps() const noexcept { return left_.match_steps; }
  void use_match_steps(std::uint64_t count) noexcept {
    left_.match_steps -= count < left_.match_steps ? count : left_.match_steps;
  }
  [[nodiscard]] bool is_exhausted() const noexcept { return exhausted_; }

  /// Ends the evaluation at its next step; false for the convenience of the caller.
  bool exhaust() noexcept {
    exhausted_ = true;
    left_ = {.steps = 0, .memory_bytes = 0, .match_steps = 0};
    return false;
  }

 private:
  Budget left_;
  bool exhausted_ = false;
};

}  // namespace tripgate::jexl

// The bytes of a file that tells what a step left.
#pragma once

#include <cstddef>
#include <string_view>

#include "engine/step/secret_mask.h"

namespace tripgate::step {

/// Collects at most kOutputsLimitBytes, with asterisks for secrets. One per process.
class KeptBytes {
 public:
  explicit KeptBytes(const SecretMask& mask) : mask_(mask) {}

  void put(std::string_view text);
  void put_masked(std::string_view text);
  /// Masks the strings of a JSON text that are values: of what else it holds nothing may change, or
  /// it could not be read.
  void put_masked_json(std::string_view text);

  [[nodiscard]] std::string_view view() const;
  /// Whether anything was dropped: asterisks may need more room than what they stand for.
  [[nodiscard]] bool is_over_limit() const { return is_over_limit_; }

 private:
  const SecretMask& mask_;
  std::size_t size_ = 0;
  bool is_over_limit_ = false;
};

}  // namespace tripgate::step

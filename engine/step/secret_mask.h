// Where secrets stand in what a step says.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/step/spec.h"

namespace tripgate::step {

/// Knows the texts that give secrets away (the engine's secret_forms.h makes them).
class SecretMask {
 public:
  /// None of the secrets is empty; they must outlive this.
  void set(std::span<const std::string_view> secrets);

  /// Bytes of the longest secret that `rest`, which is not empty, starts with; 0 if there is none.
  /// is_cut: the text went on, and a secret that it would start with had it not been cut counts
  /// too.
  [[nodiscard]] std::size_t size_at(std::string_view rest, bool is_cut = false) const;

 private:
  std::span<const std::string_view> secrets_;
  // Chains of secrets with the same first byte: numbers from 1, of which 0 is the end.
  std::array<std::uint16_t, 256> first_{};
  std::array<std::uint16_t, kSecretMax + 1> next_{};
};

}  // namespace tripgate::step

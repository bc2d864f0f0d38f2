// Why a node broke: a message for people, and types for failure strategies.
#pragma once

#include <bitset>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace tripgate {

/// Values are stored: never renumber (pipelines.md 4.2).
enum class FailureType : std::uint8_t {
  unknown = 0,
  delegate_provisioning = 1,
  connectivity = 2,
  authentication = 3,
  verification = 4,
  application = 5,
  authorization = 6,
  timeout = 7,
  skipping = 8,
  policy_evaluation = 9,
  input_timeout = 10,
  freeze_active = 11,
  approval_rejection = 12,
  delegate_restart = 13,
  user_marked_failure = 14,
};

inline constexpr std::size_t kFailureTypeCount = 15;

/// "TIMEOUT_FAILURE": what REST shows.
[[nodiscard]] std::string_view engine_name(FailureType type);

/// The types of one failure. An empty set matches every strategy (pipelines.md 4.5).
class FailureTypes {
 public:
  FailureTypes() = default;
  FailureTypes(std::initializer_list<FailureType> types) {
    for (const FailureType type : types) add(type);
  }
  /// From `bits()` of a stored set; bits of no type are dropped.
  static FailureTypes from_bits(std::uint16_t bits) {
    FailureTypes types;
    types.bits_ = std::bitset<kFailureTypeCount>(bits);
    return types;
  }

  void add(FailureType type) { bits_.set(static_cast<std::size_t>(type)); }
  void add(const FailureTypes& others) { bits_ |= others.bits_; }
  [[nodiscard]] bool has(FailureType type) const {
    return bits_.test(static_cast<std::size_t>(type));
  }
  [[nodiscard]] bool is_empty() const { return bits_.none(); }
  [[nodiscard]] std::uint16_t bits() const { return static_cast<std::uint16_t>(bits_.to_ulong()); }

  friend bool operator==(const FailureTypes&, const FailureTypes&) = default;

 private:
  std::bitset<kFailureTypeCount> bits_;
};

struct Failure {
  std::string message;  ///< Empty unless something broke.
  FailureTypes types;
};

}  // namespace tripgate

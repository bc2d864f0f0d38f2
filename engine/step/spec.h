// The specification of one attempt, as the engine hands it over (step_protocol.md).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/step/step_protocol.h"

namespace tripgate::step {

inline constexpr std::size_t kArgMax = 64;
inline constexpr std::size_t kEnvMax = 1024;
inline constexpr std::size_t kSecretMax = 4096;
inline constexpr std::size_t kGroupMax = 64;
inline constexpr std::size_t kOutputMax = 512;

/// A value that the step is to leave on its outputs descriptor.
struct Output {
  std::string_view name;
  bool is_secret = false;
};

/// All texts point into the mapped specification and end with a NUL.
struct Spec {
  const char* directory = nullptr;
  const char* working_directory = "/tmp";
  const char* remark = nullptr;  // Null: none.
  const char* cgroup = nullptr;  // Null: none.
  std::array<char*, kArgMax + 1> args{};
  std::array<char*, kEnvMax + 1> env{};
  std::array<std::string_view, kSecretMax> secrets{};
  std::array<std::uint32_t, kGroupMax> groups{};
  std::array<Output, kOutputMax> outputs{};
  std::size_t arg_count = 0;
  std::size_t env_count = 0;
  std::size_t secret_count = 0;
  std::size_t group_count = 0;
  std::size_t output_count = 0;
  std::int64_t timeout_ms = 0;
  std::int64_t kill_after_ms = kKillAfterMs;
  std::int64_t leftover_grace_ms = kLeftoverGraceMs;
  std::int64_t log_limit_bytes = static_cast<std::int64_t>(kLogLimitBytes);
  std::int64_t open_files = 0;    // 0: as inherited.
  std::int64_t cpu_seconds = 0;   // 0: unlimited.
  std::int64_t memory_bytes = 0;  // Of the cgroup; 0: unlimited.
  std::int64_t processes = 0;     // Of the cgroup; 0: unlimited.
  std::int64_t output_value_limit_bytes = static_cast<std::int64_t>(kOutputsLimitBytes);
  std::int64_t is_program = 0;  // 1: its outputs descriptor takes one result, its log no remarks.
  std::int64_t uid = -1;        // -1: as inherited.
  std::int64_t gid = -1;
};

/// Splits the NUL-ended records of `text` in place. False for anything unknown, repeated too often,
/// out of range or cut short: an attempt is not started on a guess.
[[nodiscard]] bool parse_spec(std::span<char> text, Spec& spec);

/// Maps the specification from kSpecFd and parses it; the mapping lives as long as the process.
[[nodiscard]] bool load_spec(Spec& spec);

}  // namespace tripgate::step

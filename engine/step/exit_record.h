// The last word on an attempt.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/step/claim.h"

namespace tripgate::step {

struct Ending {
  int code = -1;   // -1: did not exit by itself.
  int signal = 0;  // 0: was not killed.
  bool timed_out = false;
  bool aborted = false;
  std::int64_t started_at_ms = 0;
  std::int64_t ended_at_ms = 0;
  std::uint64_t output_bytes = 0;
  std::string_view start_error;   // Not empty: the step never ran.
  std::string_view output_error;  // Not empty: what it left is lost, and it failed.
};

/// Writes the record into its place in the claim file. is_durable: the directory is synced before
/// and the record after. Goes on trying for kExitRecordAttempts seconds; false when that was in
/// vain.
[[nodiscard]] bool write_exit_record(const Attempt& attempt, const Ending& ending, bool is_durable);

}  // namespace tripgate::step

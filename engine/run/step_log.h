// The log of an attempt, read while the supervisor writes it and long after
// (engine/step/step_protocol.md, "Files").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/result.h"

namespace tripgate {

/// The levels of the original's log stream (spec 8.10); stdout is info, stderr is error.
enum class LogLevel : char { info = 'I', error = 'E', warn = 'W' };

/// "INFO", "ERROR", "WARN".
[[nodiscard]] std::string_view level_name(LogLevel level);

struct LogLine {
  UnixMs time_ms = 0;
  LogLevel level = LogLevel::info;
  /// Without its newline; any bytes, not always UTF-8.
  std::string text;
  /// Byte offset of the record after it; 0 from parse_log_line.
  std::uint64_t next_offset = 0;
};

/// One record without its newline; nullopt if it is none.
[[nodiscard]] std::optional<LogLine> parse_log_line(std::string_view record);

struct LogChunk {
  std::vector<LogLine> lines;
  /// Byte offset of the first record after `lines`; where the next read goes on.
  std::uint64_t next_offset = 0;
  /// Nothing follows yet. More may come while the attempt runs.
  bool is_at_end = false;
};

/// Reads the whole records that start in [offset, offset + max_bytes) of the log in an attempt's
/// directory. A record that is still being written is left for the next call.
///
/// offset: 0 or a next_offset; from within a record, reading starts at the following one.
/// max_bytes: raised to what the longest record needs. A missing log reads as empty, for a step may
/// not have begun. Errors: errno of reading.
[[nodiscard]] Result<LogChunk> read_step_log(const std::string& attempt_directory,
                                             std::uint64_t offset, std::size_t max_bytes);

/// Adds text line by line: for steps that run inside the engine, and after the supervisor's end.
/// Lines are cut like those of a step. Errors: errno of writing.
[[nodiscard]] ErrorCode append_step_log(const std::string& attempt_directory, UnixMs now_ms,
                                        LogLevel level, std::string_view text);

}  // namespace tripgate

// The output of an execution's steps, one after the other, as a stream that can follow a run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "engine/base/result.h"
#include "engine/http/api.h"
#include "engine/http/message.h"
#include "engine/run/step_log.h"

namespace tripgate::http {

enum class LogFormat : std::uint8_t {
  json_lines,          // what is there, then the end
  server_sent_events,  // until the execution is over (pipelines.md 8.10)
};

/// Yields the lines of each attempt in turn. An execution's state is asked for before the log is
/// read: once that says "over", the log that is read after it is whole.
class LogStream {
 public:
  using LoadLogs = std::function<Result<ExecutionLogs>()>;

  LogStream(LoadLogs load, LogFormat format) : load_(std::move(load)), format_(format) {}

  /// At most about kLogPieceBytes of log.
  [[nodiscard]] StreamPiece next();

 private:
  [[nodiscard]] StreamPiece end() const;
  void append_line(std::string& out, const StepAttempt& attempt, const LogLine& line);

  LoadLogs load_;
  LogFormat format_;
  std::size_t attempt_ = 0;  // index of the one that is being read
  std::uint64_t offset_ = 0;
  std::int64_t position_ = 0;  // lines of it that were sent
};

/// Bytes of a log that are read at once.
inline constexpr std::size_t kLogPieceBytes = 64 * 1024;

/// Milliseconds of Unix time as 2023-11-05T10:00:00.123Z.
[[nodiscard]] std::string utc_time_text(UnixMs time_ms);

}  // namespace tripgate::http

// The output of an execution's steps as a stream that can follow a run, and be taken up again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/http/api.h"
#include "engine/http/message.h"
#include "engine/run/step_log.h"

namespace tripgate::http {

enum class LogFormat : std::uint8_t {
  json_lines,          // what is there, attempt after attempt, then the end
  server_sent_events,  // until the execution is over, attempts side by side (pipelines.md 8.10)
};

/// Which lines of each attempt are sent.
struct LogRange {
  std::int64_t first = 0;  ///< Counts from 0.
  std::int64_t count = std::numeric_limits<std::int64_t>::max();
};

/// Where a reader stands, as an event id: `name=offset.line` of every attempt it has begun, joined
/// by commas. The name is that of the attempt's directory. Opaque to clients.
class LogPlace {
 public:
  struct Cursor {
    std::uint64_t offset = 0;  ///< In bytes of the log; where its next line begins.
    std::int64_t line = 0;     ///< Lines before it.
    bool is_done = false;      ///< Nothing will ever follow; not part of the id.
  };

  LogPlace() = default;
  /// What is no id, or not a whole one, counts from where it stops making sense as not begun.
  explicit LogPlace(std::string_view event_id);

  /// The attempt's cursor; at the beginning when it is asked for first.
  [[nodiscard]] Cursor& of(const StepAttempt& attempt);

  /// The id; empty when there are more than kAttemptsMax, for it has to fit a header.
  [[nodiscard]] std::string event_id() const;

  static constexpr std::size_t kAttemptsMax = 64;

 private:
  std::map<std::string, Cursor, std::less<>> cursors_;
};

/// Yields the lines of an execution's attempts. Its state is asked for before the logs are read:
/// once that says "over", the log that is read after it is whole.
class LogStream {
 public:
  using LoadLogs = std::function<Result<ExecutionLogs>()>;

  LogStream(LoadLogs load, LogFormat format, LogPlace place = {}, LogRange range = {})
      : load_(std::move(load)), format_(format), place_(std::move(place)), range_(range) {}

  /// At most about kLogPieceBytes of log.
  [[nodiscard]] StreamPiece next();

 private:
  [[nodiscard]] StreamPiece end() const;
  [[nodiscard]] bool read_attempt(const StepAttempt& attempt, bool is_final, std::string& out);
  void append_chunk(std::string& out, const StepAttempt& attempt, const LogChunk& chunk,
                    LogPlace::Cursor& cursor) const;
  void append_line(std::string& out, const StepAttempt& attempt, const LogLine& line,
                   std::int64_t position) const;

  LoadLogs load_;
  LogFormat format_;
  LogPlace place_;
  LogRange range_;
  bool has_begun_ = false;
};

/// Bytes of a log that are read at once.
inline constexpr std::size_t kLogPieceBytes = 64 * 1024;

/// Milliseconds of Unix time as 2023-11-05T10:00:00.123Z.
[[nodiscard]] std::string utc_time_text(UnixMs time_ms);

}  // namespace tripgate::http

// Each call reads one piece of one attempt's log; nothing is held but the place to go on from.
#include "engine/http/log_stream.h"

#include <cstdio>
#include <ctime>

#include "engine/base/json_writer.h"

namespace tripgate::http {

std::string utc_time_text(UnixMs time_ms) {
  const std::time_t seconds = static_cast<std::time_t>(time_ms / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[40];
  const std::size_t size = std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
  char fraction[8];
  std::snprintf(fraction, sizeof(fraction), ".%03dZ", static_cast<int>(time_ms % 1000));
  return std::string(text, size) + fraction;
}

void LogStream::append_line(std::string& out, const StepAttempt& attempt, const LogLine& line) {
  JsonWriter json;
  json.begin_object()
      .member("level", level_name(line.level))
      .member("pos", position_++)
      .member("out", line.text + '\n')
      .member("time", utc_time_text(line.time_ms))
      .null_member("args")
      .member("stage", attempt.stage)
      .member("step", attempt.step)
      .end_object();
  if (format_ == LogFormat::server_sent_events) out += "data: ";
  out += json.text();
  out += format_ == LogFormat::server_sent_events ? "\n\n" : "\n";
}

StreamPiece LogStream::end() const {
  if (format_ == LogFormat::json_lines) return {.bytes = {}, .is_end = true};
  return {.bytes = "event: error\ndata: eof\n\n", .is_end = true};
}

StreamPiece LogStream::next() {
  const Result<ExecutionLogs> logs = load_();
  if (!logs) return end();
  const bool is_followed = format_ == LogFormat::server_sent_events;
  StreamPiece piece;
  // Attempts without output are passed over at once.
  while (piece.bytes.empty() && attempt_ < logs->attempts.size()) {
    const StepAttempt& attempt = logs->attempts[attempt_];
    const Result<LogChunk> chunk = read_step_log(attempt.directory, offset_, kLogPieceBytes);
    if (chunk) {
      offset_ = chunk->next_offset;
      for (const LogLine& line : chunk->lines) append_line(piece.bytes, attempt, line);
    }
    const bool may_grow = is_followed && !attempt.is_over && !logs->is_final;
    if (chunk && (!chunk->is_at_end || may_grow)) return piece;
    ++attempt_;
    offset_ = 0;
    position_ = 0;
  }
  if (!piece.bytes.empty()) return piece;
  return logs->is_final || !is_followed ? end() : piece;
}

}  // namespace tripgate::http

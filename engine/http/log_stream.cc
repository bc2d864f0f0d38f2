// Each call reads a piece of every attempt that may have more; nothing is held but the places to go
// on from, which travel to the client as event ids.
#include "engine/http/log_stream.h"

#include <charconv>
#include <cstdio>
#include <ctime>

#include "engine/base/json_writer.h"

namespace tripgate::http {
namespace {

// Sent before anything else, so that a client sees its stream open while a step is silent.
constexpr std::string_view kFirstPing = ": ping\n\n";

template <class Number>
bool take_number(std::string_view& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

std::string_view name_of(const StepAttempt& attempt) {
  const std::string_view directory = attempt.directory;
  return directory.substr(directory.rfind('/') + 1);
}

}  // namespace

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

LogPlace::LogPlace(std::string_view event_id) {
  while (cursors_.size() < kAttemptsMax) {
    const std::size_t equals = event_id.find('=');
    if (equals == std::string_view::npos) return;
    const std::string_view name = event_id.substr(0, equals);
    event_id.remove_prefix(equals + 1);
    Cursor cursor;
    if (!take_number(event_id, cursor.offset) || !take(event_id, '.') ||
        !take_number(event_id, cursor.line) || cursor.line < 0) {
      return;
    }
    cursors_.emplace(name, cursor);
    if (!take(event_id, ',')) return;
  }
}

LogPlace::Cursor& LogPlace::of(const StepAttempt& attempt) {
  const std::string_view name = name_of(attempt);
  const auto found = cursors_.find(name);
  return found != cursors_.end() ? found->second : cursors_[std::string(name)];
}

std::string LogPlace::event_id() const {
  std::string id;
  std::size_t count = 0;
  for (const auto& [name, cursor] : cursors_) {
    if (cursor.offset == 0) continue;
    if (++count > kAttemptsMax) return {};
    if (!id.empty()) id += ',';
    id += name + '=' + std::to_string(cursor.offset) + '.' + std::to_string(cursor.line);
  }
  return id;
}

void LogStream::append_line(std::string& out, const StepAttempt& attempt, const LogLine& line,
                            std::int64_t position) const {
  JsonWriter json;
  json.begin_object()
      .member("level", level_name(line.level))
      .member("pos", position)
      .member("out", line.text + '\n')
      .member("time", utc_time_text(line.time_ms))
      .null_member("args")
      .member("stage", attempt.stage)
      .member("step", attempt.step)
      .end_object();
  if (format_ == LogFormat::json_lines) {
    out.append(json.text()).append("\n");
    return;
  }
  if (const std::string id = place_.event_id(); !id.empty()) {
    out.append("id: ").append(id).append("\n");
  }
  out.append("data: ").append(json.text()).append("\n\n");
}

StreamPiece LogStream::end() const {
  if (format_ == LogFormat::json_lines) return {.bytes = {}, .is_end = true};
  return {.bytes = "event: error\ndata: eof\n\n", .is_end = true};
}

void LogStream::append_chunk(std::string& out, const StepAttempt& attempt, const LogChunk& chunk,
                             LogPlace::Cursor& cursor) const {
  for (const LogLine& line : chunk.lines) {
    const std::int64_t position = cursor.line++;
    cursor.offset = line.next_offset;
    const bool is_wanted = position >= range_.first && position - range_.first < range_.count;
    if (is_wanted) append_line(out, attempt, line, position);
  }
  cursor.offset = chunk.next_offset;
}

// True when the attempt is done with: there is no more of it, nor will there be.
bool LogStream::read_attempt(const StepAttempt& attempt, bool is_final, std::string& out) {
  LogPlace::Cursor& cursor = place_.of(attempt);
  const bool may_grow = format_ == LogFormat::server_sent_events && !attempt.is_over && !is_final;
  while (!cursor.is_done && out.size() < kLogPieceBytes) {
    const Result<LogChunk> chunk = read_step_log(attempt.directory, cursor.offset, kLogPieceBytes);
    if (chunk) append_chunk(out, attempt, *chunk, cursor);
    cursor.is_done = !chunk || (chunk->is_at_end && !may_grow);
    if (chunk && chunk->is_at_end) break;
  }
  return cursor.is_done;
}

StreamPiece LogStream::next() {
  const Result<ExecutionLogs> logs = load_();
  if (!logs) return end();
  const bool is_followed = format_ == LogFormat::server_sent_events;
  StreamPiece piece;
  if (is_followed && !has_begun_) piece.bytes = kFirstPing;
  has_begun_ = true;
  bool is_done = true;
  for (const StepAttempt& attempt : logs->attempts) {
    is_done = read_attempt(attempt, logs->is_final, piece.bytes) && is_done;
    const bool is_enough = piece.bytes.size() >= kLogPieceBytes;
    // Without following, attempts come whole, one after the other.
    if (is_enough || (!is_done && !is_followed)) return piece;
  }
  // What a piece leaves empty is asked for again after a pause; the end follows at once.
  if (!is_done || (is_followed && !logs->is_final)) return piece;
  piece.bytes += end().bytes;
  piece.is_end = true;
  return piece;
}

}  // namespace tripgate::http

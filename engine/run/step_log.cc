// A reader needs no word from the writer: records are whole once their newline is there, and a
// supervisor only ever takes back what a full disk cut.
#include "engine/run/step_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "engine/base/errc.h"
#include "engine/base/unique_fd.h"
#include "engine/step/step_protocol.h"

namespace tripgate {
namespace {

// Stamp, level, separators, the mark of a cut line and the newline.
constexpr std::size_t kRecordFrameBytes = 128;
constexpr std::size_t kRecordMaxBytes = step::kLogLineBytes + kRecordFrameBytes;

std::string log_path(const std::string& attempt_directory) {
  return attempt_directory + "/" + step::kLogFile;
}

Result<std::string> read_range(int fd, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  const ssize_t got = ::pread(fd, bytes.data(), size, static_cast<off_t>(offset));
  if (got < 0) return last_system_error();
  bytes.resize(static_cast<std::size_t>(got));
  return bytes;
}

std::string format_record(UnixMs now_ms, LogLevel level, std::string_view line) {
  std::string record = std::to_string(now_ms) + ' ' + static_cast<char>(level) + ' ';
  record += line.substr(0, step::kLogLineBytes);
  if (line.size() > step::kLogLineBytes) record += step::kTruncatedMark;
  return record + '\n';
}

}  // namespace

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::info:
      return "INFO";
    case LogLevel::error:
      return "ERROR";
    case LogLevel::warn:
      return "WARN";
  }
  return "INFO";
}

std::optional<LogLine> parse_log_line(std::string_view record) {
  LogLine line;
  const char* const end = record.data() + record.size();
  const auto [rest, error] = std::from_chars(record.data(), end, line.time_ms);
  if (error != std::errc() || end - rest < 3 || rest[0] != ' ' || rest[2] != ' ') {
    return std::nullopt;
  }
  if (std::string_view("IEW").find(rest[1]) == std::string_view::npos) return std::nullopt;
  line.level = static_cast<LogLevel>(rest[1]);
  line.text.assign(rest + 3, end);
  return line;
}

Result<LogChunk> read_step_log(const std::string& attempt_directory, std::uint64_t offset,
                               std::size_t max_bytes) {
  LogChunk chunk;
  chunk.next_offset = offset;
  chunk.is_at_end = true;
  const UniqueFd file(::open(log_path(attempt_directory).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno == ENOENT) return chunk;
    return last_system_error();
  }
  const auto bytes = read_range(file.get(), offset, std::max(max_bytes, kRecordMaxBytes));
  if (!bytes) return bytes.error();
  std::string_view rest = *bytes;
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    auto line = parse_log_line(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    if (!line) continue;
    line->next_offset = offset + bytes->size() - rest.size();
    chunk.lines.push_back(std::move(*line));
  }
  chunk.next_offset = offset + bytes->size() - rest.size();
  chunk.is_at_end = bytes->size() < std::max(max_bytes, kRecordMaxBytes);
  return chunk;
}

ErrorCode append_step_log(const std::string& attempt_directory, UnixMs now_ms, LogLevel level,
                          std::string_view text) {
  const UniqueFd file(
      ::open(log_path(attempt_directory).c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640));
  if (!file.is_open()) return last_system_error();
  std::string records;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    records += format_record(now_ms, level, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  const ssize_t written = ::write(file.get(), records.data(), records.size());
  if (written < 0) return last_system_error();
  return written == static_cast<ssize_t>(records.size())
             ? ErrorCode()
             : ErrorCode(ENOSPC, boost::system::system_category());
}

}  // namespace tripgate

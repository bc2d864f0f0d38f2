// Each line is one write, so that lines of several threads never mix.
#include "engine/base/log.h"

#include <unistd.h>

#include <array>
#include <ctime>
#include <string>

namespace tripgate {
namespace {

void write_line(std::string_view level, std::string_view text) {
  std::array<char, 32> time{};
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  const std::size_t size = std::strftime(time.data(), time.size(), "%Y-%m-%dT%H:%M:%SZ ", &parts);
  std::string line(time.data(), size);
  line += level;
  line += ' ';
  for (const char c : text) line += c == '\n' || c == '\r' ? ' ' : c;
  line += '\n';
  // A log that cannot be written must not stop the engine.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

void log_info(std::string_view text) {
  write_line("[info]", text);
}
void log_warning(std::string_view text) {
  write_line("[warn]", text);
}
void log_error(std::string_view text) {
  write_line("[error]", text);
}

}  // namespace tripgate

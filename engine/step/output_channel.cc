// Records "name=value\0" come in any order and any number; the last of a name counts. The file has
// only those that were asked for, trimmed, in the order of the specification. No secret gets there:
// the engine's records are plain text, and statuses show them.
#include "engine/step/output_channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

namespace tripgate::step {
namespace {

constexpr char kSecretValue[] = "************";

// Pages that no output reaches are never touched, and cost nothing.
char channel[kOutputsLimitBytes + 1];

bool write_whole(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

std::string_view trim(std::string_view text) {
  const auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

void OutputChannel::feed(std::string_view bytes) {
  const std::size_t room = kOutputsLimitBytes - size_;
  const std::size_t kept = bytes.size() < room ? bytes.size() : room;
  if (kept < bytes.size()) is_over_limit_ = true;
  if (kept != 0) memcpy(channel + size_, bytes.data(), kept);
  size_ += kept;
}

// The value of the last whole record of that name, which ends with its NUL; null if there is none.
const char* OutputChannel::find_value(std::string_view name) const {
  const char* found = nullptr;
  std::string_view rest(channel, size_);
  for (std::size_t end = rest.find('\0'); end != std::string_view::npos; end = rest.find('\0')) {
    if (end > name.size() && rest.starts_with(name) && rest[name.size()] == '=') {
      found = rest.data() + name.size() + 1;
    }
    rest.remove_prefix(end + 1);
  }
  return found;
}

void OutputChannel::log_value(std::int64_t now_ms, const Output& output, std::string_view value) {
  lines_.feed(now_ms, output.name);
  lines_.feed(now_ms, "=");
  lines_.feed(now_ms, output.is_secret ? std::string_view(kSecretValue) : value);
  lines_.feed(now_ms, "\n");
  if (!value.empty()) return;
  Text<300> warning;
  warning << "Output variable [" << output.name << "] is empty";
  log_.add_remark(now_ms, 'W', warning.view());
}

void OutputChannel::take_variables(std::int64_t now_ms) {
  bool has_any = false;
  log_.add_remark(now_ms, 'I', "Script Output: ");
  for (const Output& output : std::span(spec_.outputs).first(spec_.output_count)) {
    const char* const value = find_value(output.name);
    if (value == nullptr) continue;
    has_any = true;
    const std::string_view trimmed = trim(value);
    log_value(now_ms, output, trimmed);
    kept_.put(output.name);
    kept_.put("=");
    kept_.put_masked(trimmed);
    kept_.put(std::string_view("", 1));
  }
  if (!has_any) {
    log_.add_remark(now_ms, 'E', "Error while reading variables to process Script Output.");
  }
}

std::string_view OutputChannel::refuse_size(const char* what) {
  error_ << std::string_view(what) << " more than " << kOutputsLimitBytes << " bytes";
  return error_.view();
}

std::string_view OutputChannel::refuse_value(const Output& output) {
  error_ << "output variable " << output.name << " is longer than "
         << spec_.output_value_limit_bytes << " bytes";
  return error_.view();
}

std::string_view OutputChannel::write_file(const char* name) {
  const int fd =
      openat(attempt_.directory_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0 || !write_whole(fd, kept_.view()) || fsync(fd) != 0) {
    error_ << "the " << std::string_view(name)
           << " could not be kept: " << std::string_view(strerrordesc_np(errno));
    unlinkat(attempt_.directory_fd, name, 0);
  } else {
    has_file_ = true;
  }
  if (fd >= 0) close(fd);
  return error_.view();
}

std::string_view OutputChannel::keep_variables(std::int64_t now_ms) {
  constexpr const char* kTooMany = "output variables hold";
  if (is_over_limit_) return refuse_size(kTooMany);
  const auto value_limit = static_cast<std::size_t>(spec_.output_value_limit_bytes);
  for (const Output& output : std::span(spec_.outputs).first(spec_.output_count)) {
    const char* const value = find_value(output.name);
    if (value != nullptr && trim(value).size() > value_limit) return refuse_value(output);
  }
  take_variables(now_ms);
  return kept_.is_over_limit() ? refuse_size(kTooMany) : write_file(kOutputsFile);
}

std::string_view OutputChannel::keep_result() {
  constexpr const char* kTooLarge = "the result holds";
  if (is_over_limit_) return refuse_size(kTooLarge);
  if (size_ == 0) return {};
  kept_.put_masked_json({channel, size_});
  return kept_.is_over_limit() ? refuse_size(kTooLarge) : write_file(kResultFile);
}

}  // namespace tripgate::step

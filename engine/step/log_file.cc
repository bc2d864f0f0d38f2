// Lines are collected and written in batches, one pwrite per read of a pipe. Memory is bounded by
// two line buffers and one batch, whatever the step prints.
#include "engine/step/log_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>

#include "engine/step/text.h"

namespace tripgate::step {
namespace {

// A stamp, a level, the mark of a cut line and a newline fit into this.
constexpr std::size_t kRecordFrameBytes = 128;

}  // namespace

bool LogFile::create(int directory_fd, std::uint64_t limit_bytes,
                     std::span<const std::string_view> secrets) {
  limit_bytes_ = limit_bytes;
  mask_.set(secrets);
  fd_ = openat(directory_fd, kLogFile, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  return fd_ >= 0;
}

void LogFile::add_output(std::int64_t now_ms, char level, std::string_view text, bool is_cut) {
  if (is_full_) return;
  if (written_bytes_ + size_ + text.size() + kRecordFrameBytes > limit_bytes_) {
    is_full_ = true;
    add_remark(now_ms, 'W', "... (log limit reached, further output is counted but not kept)");
    return;
  }
  begin_record(now_ms, level);
  if (put_masked(text, is_cut)) put(kTruncatedMark);
  put("\n");
}

void LogFile::add_remark(std::int64_t now_ms, char level, std::string_view text) {
  begin_record(now_ms, level);
  put(text);
  put("\n");
}

void LogFile::flush() {
  if (size_ == 0) return;
  const ssize_t written = pwrite(fd_, buffer_, size_, static_cast<off_t>(written_bytes_));
  if (written == static_cast<ssize_t>(size_)) {
    written_bytes_ += size_;
  } else {
    // Half a batch would end in half a line; readers may rely on whole ones.
    if (ftruncate(fd_, static_cast<off_t>(written_bytes_)) != 0) is_full_ = true;
    lost_bytes_ += size_;
  }
  size_ = 0;
}

void LogFile::begin_record(std::int64_t now_ms, char level) {
  if (size_ + kLogLineBytes + kRecordFrameBytes > sizeof buffer_) flush();
  Text<32> stamp;
  stamp << now_ms << " " << std::string_view(&level, 1) << " ";
  put(stamp.view());
}

void LogFile::put(std::string_view text) {
  const std::size_t room = sizeof buffer_ - size_;
  const std::size_t size = text.size() < room ? text.size() : room;
  std::memcpy(buffer_ + size_, text.data(), size);
  size_ += size;
}

// Masking can make a line longer, so the bound is applied once more; true if the line is cut.
bool LogFile::put_masked(std::string_view text, bool is_cut) {
  const std::size_t bound = size_ + kLogLineBytes;
  while (!text.empty()) {
    if (size_ == bound) return true;
    const std::size_t secret_size = mask_.size_at(text, is_cut);
    if (secret_size != 0) {
      if (size_ + sizeof kMask - 1 > bound) return true;
      put(kMask);
      text.remove_prefix(secret_size);
    } else {
      buffer_[size_++] = text.front();
      text.remove_prefix(1);
    }
  }
  return is_cut;
}

void LineSplitter::feed(std::int64_t now_ms, std::string_view bytes) {
  if (log_.is_full()) return;
  while (!bytes.empty()) {
    const std::size_t newline = bytes.find('\n');
    if (newline == std::string_view::npos) return append(bytes);
    append({bytes.data(), newline});
    bytes.remove_prefix(newline + 1);
    end_line(now_ms);
  }
}

void LineSplitter::finish(std::int64_t now_ms) {
  if (size_ != 0 || is_cut_) end_line(now_ms);
}

void LineSplitter::append(std::string_view bytes) {
  const std::size_t room = sizeof line_ - size_;
  const std::size_t size = bytes.size() < room ? bytes.size() : room;
  if (size < bytes.size()) is_cut_ = true;
  std::memcpy(line_ + size_, bytes.data(), size);
  size_ += size;
}

void LineSplitter::end_line(std::int64_t now_ms) {
  log_.add_output(now_ms, level_, {line_, size_}, is_cut_);
  size_ = 0;
  is_cut_ = false;
}

}  // namespace tripgate::step

// The log of an attempt: stamped, masked, bounded.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/step/secret_mask.h"
#include "engine/step/step_protocol.h"

namespace tripgate::step {

/// Appends records "<Unix ms> <level> <text>\n" (step_protocol.md). Not buffered beyond `flush`.
class LogFile {
 public:
  /// Creates the file; false with errno. The secrets must outlive this.
  [[nodiscard]] bool create(int directory_fd, std::uint64_t limit_bytes,
                            std::span<const std::string_view> secrets);

  /// Adds a line of the step, masked. is_cut: the line went on, but its rest is not in `text`.
  void add_output(std::int64_t now_ms, char level, std::string_view text, bool is_cut);

  /// Adds a line of the supervisor; never refused by the limit.
  void add_remark(std::int64_t now_ms, char level, std::string_view text);

  /// Writes what is buffered. A batch that the disk refuses is dropped as a whole.
  void flush();

  /// Whether lines of the step are no longer kept.
  [[nodiscard]] bool is_full() const { return is_full_; }
  /// The secrets that are masked in what the step says.
  [[nodiscard]] const SecretMask& mask() const { return mask_; }
  /// Bytes of records that a full disk refused.
  [[nodiscard]] std::uint64_t lost_bytes() const { return lost_bytes_; }

 private:
  void begin_record(std::int64_t now_ms, char level);
  void put(std::string_view text);
  [[nodiscard]] bool put_masked(std::string_view text, bool is_cut);

  int fd_ = -1;
  std::uint64_t limit_bytes_ = 0;
  std::uint64_t written_bytes_ = 0;
  std::uint64_t lost_bytes_ = 0;
  bool is_full_ = false;
  SecretMask mask_;
  std::size_t size_ = 0;
  char buffer_[2 * kLogLineBytes];
};

/// Cuts one stream of the step into lines of at most kLogLineBytes.
class LineSplitter {
 public:
  LineSplitter(LogFile& log, char level) : log_(log), level_(level) {}

  void feed(std::int64_t now_ms, std::string_view bytes);
  /// Writes a last line that has no newline.
  void finish(std::int64_t now_ms);

 private:
  void append(std::string_view bytes);
  void end_line(std::int64_t now_ms);

  LogFile& log_;
  char level_;
  bool is_cut_ = false;
  std::size_t size_ = 0;
  char line_[kLogLineBytes];
};

}  // namespace tripgate::step

// Writes zeros ahead of a growing file, so that later writes need no new blocks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/base/unique_fd.h"

namespace tripgate {

/// A flush of freshly allocated blocks also writes the file system's metadata, one device write
/// after the other; blocks that hold zeros already need none of that.
///
/// Only for the thread that alone writes the file, between its writes: zeros go behind everything
/// that is in use. Where the file system has no direct writes it does nothing.
class FilePrefill {
 public:
  explicit FilePrefill(const std::string& path);
  ~FilePrefill();
  FilePrefill(const FilePrefill&) = delete;
  FilePrefill& operator=(const FilePrefill&) = delete;

  /// Writes one piece if fewer than kAhead zeroed bytes are left behind `used_size`. Returns
  /// whether it did. A failure ends it for good, but for a full disk: the write that really lacks
  /// space says so.
  bool advance(std::uint64_t used_size);

  /// Bytes kept ahead: a second of 40,000 small events.
  static constexpr std::uint64_t kAhead = std::uint64_t{32} << 20;

  /// Bytes of one piece: well under a millisecond.
  static constexpr std::uint64_t kPiece = std::uint64_t{256} << 10;

 private:
  struct Free {
    void operator()(void* memory) const noexcept;
  };

  UniqueFd file_;
  std::unique_ptr<void, Free> zeros_;
  std::uint64_t filled_size_ = 0;
};

}  // namespace tripgate

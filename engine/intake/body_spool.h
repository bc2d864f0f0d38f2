// A large body on its way to disk.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"

namespace tripgate {

/// Collects a body: in memory up to limits::kStoredInlineBodyMaxSize, in a file beyond that.
/// Removes an unfinished file when it goes; a finished one whose event is refused after all is an
/// orphan until the next start, for a copy of the event may have the same name. Waits for the disk:
/// not on an event loop.
class BodySpool {
 public:
  /// path: of the file, should one be needed; its last part is the event's id.
  BodySpool(std::string path, std::uint64_t expected_size);
  ~BodySpool();
  BodySpool(const BodySpool&) = delete;
  BodySpool& operator=(const BodySpool&) = delete;

  /// Errors: Errc::too_large beyond the announced size, Errc::store_full, errno.
  [[nodiscard]] ErrorCode write(std::string_view piece);

  /// Makes the file durable and gives it its name, durably too. Errors: Errc::bad_frame when the
  /// body is shorter than announced, Errc::store_full, errno.
  [[nodiscard]] ErrorCode finish();

  /// The body, when it is in memory.
  [[nodiscard]] std::string take_body() { return std::move(body_); }

  /// True when the body is in the file.
  [[nodiscard]] bool is_file() const noexcept { return file_.is_open(); }

 private:
  const std::string path_;
  const std::string part_path_;  // until it is whole and durable
  const std::uint64_t expected_size_;
  std::uint64_t size_ = 0;
  std::string body_;
  UniqueFd file_;
  bool is_named_ = false;
};

}  // namespace tripgate

// Plain writes into a file of this copy's own, one fdatasync at the end, a rename to the event's
// name, and the directory's sync that makes the name durable. An event that is sent again never
// touches the file of its first copy, which a stored event may name already.
#include "engine/intake/body_spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "engine/base/durable_directory.h"
#include "engine/base/errc.h"
#include "shared/limits.h"

namespace tripgate {
namespace {

/// Unique in the process; what an earlier process left is removed at the engine's start.
std::string make_part_path(const std::string& path) {
  static std::atomic<std::uint64_t> count = 0;
  return path + ".part" + std::to_string(++count);
}

}  // namespace

BodySpool::BodySpool(std::string path, std::uint64_t expected_size)
    : path_(std::move(path)), part_path_(make_part_path(path_)), expected_size_(expected_size) {}

BodySpool::~BodySpool() {
  if (file_.is_open() && !is_named_) ::unlink(part_path_.c_str());
}

ErrorCode BodySpool::write(std::string_view piece) {
  size_ += piece.size();
  if (size_ > expected_size_) return Errc::too_large;
  if (expected_size_ <= limits::kStoredInlineBodyMaxSize) {
    body_.append(piece);
    return {};
  }
  if (!file_.is_open()) {
    file_.reset(::open(part_path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file_.is_open()) return last_disk_error();
  }
  while (!piece.empty()) {
    const ssize_t count = ::write(file_.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return last_disk_error();
    piece.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

ErrorCode BodySpool::finish() {
  if (size_ != expected_size_) return Errc::bad_frame;
  if (!file_.is_open()) return {};
  if (::fdatasync(file_.get()) != 0) return last_disk_error();
  if (::rename(part_path_.c_str(), path_.c_str()) != 0) return last_disk_error();
  is_named_ = true;
  return sync_directory(std::filesystem::path(path_).parent_path().string());
}

}  // namespace tripgate

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

#include "engine/base/errc.h"
#include "shared/limits.h"

namespace tripgate {
namespace {

ErrorCode disk_error() {
  return errno == ENOSPC || errno == EDQUOT ? ErrorCode(Errc::store_full) : last_system_error();
}

ErrorCode sync_directory(const std::string& path) {
  const std::string directory = std::filesystem::path(path).parent_path().string();
  const UniqueFd handle(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle.is_open() || ::fsync(handle.get()) != 0) return disk_error();
  return {};
}

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
    if (!file_.is_open()) return disk_error();
  }
  while (!piece.empty()) {
    const ssize_t count = ::write(file_.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return disk_error();
    piece.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

ErrorCode BodySpool::finish() {
  if (size_ != expected_size_) return Errc::bad_frame;
  if (!file_.is_open()) return {};
  if (::fdatasync(file_.get()) != 0) return disk_error();
  if (::rename(part_path_.c_str(), path_.c_str()) != 0) return disk_error();
  is_named_ = true;
  return sync_directory(path_);
}

}  // namespace tripgate

// Plain writes, one fdatasync at the end, and the directory's sync that makes the name durable.
#include "engine/intake/body_spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
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

}  // namespace

BodySpool::BodySpool(std::string path, std::uint64_t expected_size)
    : path_(std::move(path)), expected_size_(expected_size) {}

BodySpool::~BodySpool() {
  if (file_.is_open() && !is_kept_) ::unlink(path_.c_str());
}

ErrorCode BodySpool::write(std::string_view piece) {
  size_ += piece.size();
  if (size_ > expected_size_) return Errc::too_large;
  if (expected_size_ <= limits::kStoredInlineBodyMaxSize) {
    body_.append(piece);
    return {};
  }
  if (!file_.is_open()) {
    file_.reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
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
  return sync_directory(path_);
}

}  // namespace tripgate

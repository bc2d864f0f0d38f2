// A new directory is an entry of its parent, and lost in a power cut until the parent is synced.
#include "engine/base/durable_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "engine/base/errc.h"
#include "engine/base/unique_fd.h"

namespace tripgate {
namespace {

std::string parent_of(const std::string& path) {
  // A trailing slash would make the directory its own parent.
  const std::size_t end = path.find_last_not_of('/');
  const std::filesystem::path whole(path.substr(0, end == std::string::npos ? 1 : end + 1));
  const std::string parent = whole.parent_path().string();
  return parent.empty() ? "." : parent;
}

}  // namespace

ErrorCode last_disk_error() noexcept {
  if (errno == ENOSPC || errno == EDQUOT) return Errc::store_full;
  return last_system_error();
}

ErrorCode sync_directory(const std::string& path) {
  const UniqueFd handle(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle.is_open() || ::fsync(handle.get()) != 0) return last_disk_error();
  return {};
}

ErrorCode make_durable_directory(const std::string& path) {
  const std::string parent = parent_of(path);
  std::error_code failure;
  if (!std::filesystem::exists(parent, failure)) {
    if (const ErrorCode failed = make_durable_directory(parent)) return failed;
  }
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) return last_disk_error();
  if (const ErrorCode failed = sync_directory(path)) return failed;  // Not one if it is a file.
  return sync_directory(parent);
}

ErrorCode write_durable_file(const std::string& path, std::string_view text, unsigned mode) {
  const std::string draft = path + ".new";
  const UniqueFd file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (!file.is_open()) return last_disk_error();
  while (!text.empty()) {
    const ssize_t count = ::write(file.get(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return last_disk_error();
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(file.get()) != 0 || ::rename(draft.c_str(), path.c_str()) != 0) {
    return last_disk_error();
  }
  return sync_directory(parent_of(path));
}

}  // namespace tripgate

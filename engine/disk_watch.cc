// A full map or disk is noticed here before a write fails: a refusal costs a client one retry, a
// failed write costs the engine a restart.
#include "engine/disk_watch.h"

#include <sys/statvfs.h>

#include <chrono>
#include <utility>

#include "engine/base/log.h"

namespace tripgate {
namespace {

constexpr std::chrono::milliseconds kLookInterval{500};

}  // namespace

DiskWatch::DiskWatch(const boost::asio::any_io_executor& executor, std::string directory,
                     std::uint64_t min_free_bytes)
    : timer_(executor), directory_(std::move(directory)), min_free_bytes_(min_free_bytes) {}

void DiskWatch::start() {
  look();
}

void DiskWatch::look() {
  struct statvfs disk {};
  if (::statvfs(directory_.c_str(), &disk) == 0) {
    free_bytes_ = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
    const bool is_full = free_bytes_ < min_free_bytes_;
    if (is_full != is_full_.exchange(is_full)) {
      log_warning(is_full ? "the disk is nearly full: events are refused with 503"
                          : "the disk has room again: events are accepted");
    }
  }
  timer_.expires_after(kLookInterval);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) look();
  });
}

}  // namespace tripgate

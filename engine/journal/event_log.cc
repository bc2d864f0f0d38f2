// Direct writes: the page cache would only be in the way of bytes that nobody reads again.
#include "engine/journal/event_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <utility>

#include "engine/base/durable_directory.h"
#include "engine/base/errc.h"

namespace tripgate {
namespace {

/// Bytes of zeros in one write; a multiple of LogEntry::kAlignment.
constexpr std::size_t kFillSize = std::size_t{1} << 20;

struct alignas(LogEntry::kAlignment) Zeros {
  std::array<char, kFillSize> bytes;
};

/// Opens for direct writes; a file system without them (tmpfs) gets ordinary ones.
UniqueFd open_direct(const std::string& path, int flags) {
  UniqueFd file(::open(path.c_str(), flags | O_DIRECT | O_CLOEXEC, 0600));
  if (!file.is_open() && errno == EINVAL) {
    file.reset(::open(path.c_str(), flags | O_CLOEXEC, 0600));
  }
  return file;
}

/// Gives the file real blocks up to `capacity`, so that writing them changes no metadata.
ErrorCode fill(const std::string& path, std::uint64_t capacity) {
  static const Zeros zeros{};
  const UniqueFd file = open_direct(path, O_WRONLY | O_CREAT);
  struct stat status {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0) return last_disk_error();
  auto size = static_cast<std::uint64_t>(status.st_size) & ~(LogEntry::kAlignment - 1);
  if (size >= capacity) return {};
  while (size < capacity) {
    const std::size_t piece = std::min<std::uint64_t>(kFillSize, capacity - size);
    const ssize_t written =
        ::pwrite(file.get(), zeros.bytes.data(), piece, static_cast<off_t>(size));
    if (written != static_cast<ssize_t>(piece)) {
      return written < 0 ? last_disk_error() : ErrorCode(Errc::store_full);
    }
    size += piece;
  }
  return ::fsync(file.get()) == 0 ? ErrorCode() : last_disk_error();
}

/// A new file takes its name when it is complete.
ErrorCode make(const std::string& path, std::uint64_t capacity) {
  if (std::filesystem::exists(path)) return fill(path, capacity);
  const std::string unfinished = path + ".new";
  if (const ErrorCode failed = fill(unfinished, capacity)) return failed;
  if (::rename(unfinished.c_str(), path.c_str()) != 0) return last_disk_error();
  return sync_directory(std::filesystem::path(path).parent_path().string());
}

}  // namespace

EventLog::EventLog(UniqueFd file, UniqueFd reader, std::uint64_t capacity, std::uint64_t id,
                   LogPosition at)
    : file_(std::move(file)),
      reader_(std::move(reader)),
      capacity_(capacity),
      id_(id),
      head_(at),
      tail_(at.offset) {}

Result<std::unique_ptr<EventLog>> EventLog::open(const std::string& path, std::uint64_t capacity,
                                                 std::uint64_t id, LogPosition at) {
  if (const ErrorCode failed = make(path, capacity)) return failed;
  UniqueFd file = open_direct(path, O_RDWR | O_DSYNC);
  UniqueFd reader(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open() || !reader.is_open()) return last_disk_error();
  return std::unique_ptr<EventLog>(
      new EventLog(std::move(file), std::move(reader), capacity, id, at));
}

Result<std::optional<LogEntry>> EventLog::read() {
  Result<std::optional<LogEntry>> entry = read_at(head_.offset);
  if (entry && !*entry) entry = read_at(0);
  if (entry && *entry) {
    head_ = (*entry)->behind;
    tail_ = head_.offset;
  }
  return entry;
}

/// Through the page cache, which needs no aligned memory.
Result<std::optional<LogEntry>> EventLog::read_at(std::uint64_t offset) const {
  std::string bytes(LogEntry::kHeaderSize, '\0');
  const auto at = static_cast<off_t>(offset);
  ssize_t got = ::pread(reader_.get(), bytes.data(), bytes.size(), at);
  if (got < 0) return last_disk_error();
  bytes.resize(static_cast<std::size_t>(got));
  const auto size = LogEntry::file_size(bytes, id_, head_.sequence);
  if (!size) return std::optional<LogEntry>();
  bytes.resize(*size);
  got = ::pread(reader_.get(), bytes.data(), bytes.size(), at);
  if (got < 0) return last_disk_error();
  if (static_cast<std::size_t>(got) != *size) return std::optional<LogEntry>();
  std::optional<LogEntry> entry = LogEntry::decode(bytes);
  if (entry) entry->behind = {offset + *size, head_.sequence + 1};
  return entry;
}

/// Where an entry of `size` bytes may lie now. Holds the mutex.
std::optional<std::uint64_t> EventLog::place(std::uint64_t size) const {
  const std::uint64_t head = head_.offset;
  const bool fits_at_end = size <= capacity_ && head <= capacity_ - size;
  if (is_empty_) return fits_at_end ? head : 0;
  if (head < tail_) return size <= tail_ - head ? std::optional(head) : std::nullopt;
  if (head == tail_) return std::nullopt;
  if (fits_at_end) return head;
  return size <= tail_ ? std::optional<std::uint64_t>(0) : std::nullopt;
}

ErrorCode EventLog::write(LogEntry& entry) {
  const std::string_view bytes = entry.bytes();
  if (bytes.size() > capacity_) return Errc::too_large;
  std::optional<std::uint64_t> offset;
  {
    std::unique_lock lock(mutex_);
    const bool has_room = released_.wait_for(lock, kRoomWait, [&] {
      offset = place(bytes.size());
      return offset.has_value();
    });
    if (!has_room) return Errc::overloaded;
  }
  entry.seal(id_, head_.sequence);
  const ssize_t written =
      ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(*offset));
  if (written != static_cast<ssize_t>(bytes.size())) return Errc::store_io;
  entry.behind = {*offset + bytes.size(), head_.sequence + 1};
  const std::lock_guard lock(mutex_);
  head_ = entry.behind;
  is_empty_ = false;
  return {};
}

void EventLog::release(const LogEntry& entry) {
  const std::lock_guard lock(mutex_);
  tail_ = entry.behind.offset;
  is_empty_ = tail_ == head_.offset;
  released_.notify_one();
}

}  // namespace tripgate

// A preloaded library that stands between a program and its disk and cuts the power. It numbers the
// calls that change files below POWERCUT_DIR; at call POWERCUT_CUT the process dies, at the
// latest at its end, and the disk keeps what DiskModel chooses by POWERCUT_SEED.
//
// POWERCUT_FAIL, POWERCUT_FAIL_COUNT, POWERCUT_ERRNO: from which call on how many fail, and with
// what. POWERCUT_SWITCH: a file; while it exists calls fail with POWERCUT_ERRNO, and with ENOSPC
// only those that write. POWERCUT_LIE=1: syncs only pretend; a test of durability has to fail then.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>

#include "test/powercut/disk_model.h"

namespace tripgate::powercut {
namespace {

std::uint64_t number_from(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? 0 : std::strtoull(text, nullptr, 10);
}

std::string text_from(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? "" : text;
}

struct Shim {
  DiskModel disk{text_from("POWERCUT_DIR"), number_from("POWERCUT_SEED")};
  std::mutex mutex;
  std::uint64_t calls = 0;
  const std::uint64_t cut_call = number_from("POWERCUT_CUT");
  const std::uint64_t fail_call = number_from("POWERCUT_FAIL");
  const std::uint64_t fail_count = number_from("POWERCUT_FAIL_COUNT");
  const int fail_errno = static_cast<int>(number_from("POWERCUT_ERRNO"));
  const std::string switch_path = text_from("POWERCUT_SWITCH");
  const bool is_lying = number_from("POWERCUT_LIE") != 0;

  /// Counts a call. True: it has to fail, with errno set.
  bool is_failing(bool is_sync = false) {
    ++calls;
    struct stat status {};
    if (!switch_path.empty() && ::stat(switch_path.c_str(), &status) == 0 &&
        !(is_sync && fail_errno == ENOSPC)) {
      errno = fail_errno;
      return true;
    }
    if (fail_call == 0 || calls < fail_call || calls >= fail_call + fail_count) return false;
    errno = fail_errno;
    return true;
  }
  [[nodiscard]] bool is_cut_due() const { return calls == cut_call; }

  /// The process is gone at once; its child, which no other thread disturbs, settles the disk. Who
  /// reads the standard output to its end has waited for both.
  [[noreturn]] void cut() {
    if (::fork() == 0) {
      mutex.unlock();  // What the model calls may come back here.
      disk.cut();
      ::_exit(0);
    }
    ::syscall(SYS_kill, ::getpid(), SIGKILL);
    ::_exit(1);
  }
};

/// Never destroyed: threads may still write while the process ends.
Shim& shim() {
  static Shim& instance = *new Shim;
  return instance;
}

template <class Function>
Function real(Function, const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}
#define REAL(name) real(&::name, #name)

/// A call that changes a file; `perform` does it. At the cut it may or may not have happened.
template <class Perform>
auto change(Perform perform) -> decltype(perform()) {
  if (shim().is_failing()) return -1;
  const bool is_cut = shim().is_cut_due();
  if (is_cut && shim().disk.toss(0.5)) shim().cut();
  const auto result = perform();
  if (is_cut) shim().cut();
  return result;
}

template <class Perform>
ssize_t write_at(int fd, off_t offset, std::size_t size, Perform perform) {
  return change([&] {
    shim().disk.before_write(fd, offset, size);
    const ssize_t written = perform();
    if (written > 0) shim().disk.after_write(fd, offset, static_cast<std::size_t>(written));
    return written;
  });
}

bool is_covered(int fd) {
  return !shim().disk.path_of(fd).empty();
}

off_t position(int fd) {
  if ((::fcntl(fd, F_GETFL) & O_APPEND) != 0) return ::lseek(fd, 0, SEEK_END);
  return ::lseek(fd, 0, SEEK_CUR);
}

std::size_t total_size(const iovec* pieces, int count) {
  std::size_t size = 0;
  for (int i = 0; i < count; ++i) size += pieces[i].iov_len;
  return size;
}

/// A path relative to an open directory, written out.
std::string absolute(int directory, const char* path) {
  namespace fs = std::filesystem;
  if (path[0] == '/') return fs::path(path).lexically_normal().string();
  const std::string base =
      directory == AT_FDCWD ? fs::current_path().string() : shim().disk.path_of(directory);
  return base.empty() ? "" : (fs::path(base) / path).lexically_normal().string();
}

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

int open_file(int directory, const char* path, int flags, mode_t mode) {
  const auto perform = [&] {
    return static_cast<int>(::syscall(SYS_openat, directory, path, flags, mode));
  };
  const std::string name = absolute(directory, path);
  const std::lock_guard lock(shim().mutex);
  if (!shim().disk.covers(name)) return perform();
  const bool is_new = (flags & O_CREAT) != 0 && !exists(name);
  if (is_new) {
    return change([&] {
      const int fd = perform();
      if (fd >= 0) shim().disk.entry_changed({EntryChange::Kind::created, name, "", ""});
      return fd;
    });
  }
  return perform();
}

int sync_file(int fd) {
  const std::lock_guard lock(shim().mutex);
  if (!is_covered(fd)) return static_cast<int>(::syscall(SYS_fdatasync, fd));
  if (shim().is_failing(true)) {
    shim().disk.lose(fd);
    return -1;
  }
  if (shim().is_cut_due()) shim().cut();
  // The model's disk is what counts; asking the real one would only cost time.
  if (!shim().is_lying) shim().disk.sync(fd);
  return 0;
}

int make_directory(int parent, const char* path, mode_t mode) {
  const std::string name = absolute(parent, path);
  const std::lock_guard lock(shim().mutex);
  const auto perform = [&] { return static_cast<int>(::syscall(SYS_mkdirat, parent, path, mode)); };
  if (!shim().disk.covers(name) || exists(name)) return perform();
  return change([&] {
    const int result = perform();
    if (result == 0) shim().disk.entry_changed({EntryChange::Kind::created, name, "", ""});
    return result;
  });
}

int remove_entry(int directory, const char* path, int flags) {
  const std::string name = absolute(directory, path);
  const std::lock_guard lock(shim().mutex);
  const auto perform = [&] {
    return static_cast<int>(::syscall(SYS_unlinkat, directory, path, flags));
  };
  if (!shim().disk.covers(name)) return perform();
  return change([&] {
    const std::string backup = shim().disk.back_up(name);
    const int result = perform();
    // Directories have no second link: their removal counts as durable.
    if (result == 0 && !backup.empty()) {
      shim().disk.entry_changed({EntryChange::Kind::removed, name, "", backup});
    }
    return result;
  });
}

int rename_entry(int from_directory, const char* from, int to_directory, const char* to) {
  const std::string source = absolute(from_directory, from);
  const std::string target = absolute(to_directory, to);
  const std::lock_guard lock(shim().mutex);
  const auto perform = [&] {
    return static_cast<int>(::syscall(SYS_renameat, from_directory, from, to_directory, to));
  };
  if (!shim().disk.covers(target)) return perform();
  return change([&] {
    const std::string backup = shim().disk.back_up(target);
    const int result = perform();
    if (result == 0) {
      shim().disk.entry_changed({EntryChange::Kind::renamed, source, target, backup});
    }
    return result;
  });
}

template <class Perform>
int resize(int fd, Perform perform) {
  const std::lock_guard lock(shim().mutex);
  if (!is_covered(fd)) return perform();
  return change([&] {
    shim().disk.before_resize(fd);
    return perform();
  });
}

ssize_t write_pieces(int fd, const iovec* pieces, int count, off_t offset, bool is_sequential) {
  const auto perform = [&] {
    return is_sequential ? REAL(writev)(fd, pieces, count)
                         : REAL(pwritev)(fd, pieces, count, offset);
  };
  const std::lock_guard lock(shim().mutex);
  if (!is_covered(fd)) return perform();
  const off_t start = is_sequential ? position(fd) : offset;
  return write_at(fd, start, total_size(pieces, count), perform);
}

__attribute__((destructor)) void end() {
  const std::lock_guard lock(shim().mutex);
  std::fprintf(stderr, "powercut: %llu calls\n", static_cast<unsigned long long>(shim().calls));
  if (shim().cut_call != 0 || shim().fail_call != 0) shim().cut();
}

mode_t mode_of(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace
}  // namespace tripgate::powercut

// The names of libc, exactly as it declares them.
using namespace tripgate::powercut;  // NOLINT(google-build-using-namespace): the file's last part

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_file(AT_FDCWD, path, flags, mode);
}

int openat(int directory, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_file(directory, path, flags, mode);
}

int creat(const char* path, mode_t mode) {
  return open_file(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

ssize_t write(int fd, const void* bytes, std::size_t size) {
  const iovec piece{const_cast<void*>(bytes), size};
  return write_pieces(fd, &piece, 1, 0, true);
}

ssize_t writev(int fd, const iovec* pieces, int count) {
  return write_pieces(fd, pieces, count, 0, true);
}

ssize_t pwrite(int fd, const void* bytes, std::size_t size, off_t offset) {
  const iovec piece{const_cast<void*>(bytes), size};
  return write_pieces(fd, &piece, 1, offset, false);
}

ssize_t pwritev(int fd, const iovec* pieces, int count, off_t offset) {
  return write_pieces(fd, pieces, count, offset, false);
}

int fdatasync(int fd) {
  return sync_file(fd);
}

int fsync(int fd) {
  return sync_file(fd);
}

int ftruncate(int fd, off_t size) noexcept {
  return resize(fd, [&] { return static_cast<int>(::syscall(SYS_ftruncate, fd, size)); });
}

int fallocate(int fd, int mode, off_t offset, off_t size) {
  return resize(fd,
                [&] { return static_cast<int>(::syscall(SYS_fallocate, fd, mode, offset, size)); });
}

int mkdir(const char* path, mode_t mode) noexcept {
  return make_directory(AT_FDCWD, path, mode);
}

int unlink(const char* path) noexcept {
  return remove_entry(AT_FDCWD, path, 0);
}

int unlinkat(int directory, const char* path, int flags) noexcept {
  return remove_entry(directory, path, flags);
}

int rename(const char* from, const char* to) noexcept {
  return rename_entry(AT_FDCWD, from, AT_FDCWD, to);
}

int renameat(int from_directory, const char* from, int to_directory, const char* to) noexcept {
  return rename_entry(from_directory, from, to_directory, to);
}

// Programs built with 64-bit offsets call these; on 64-bit machines they are the same.
int open64(const char* path, int flags, ...) __attribute__((alias("open")));
int openat64(int directory, const char* path, int flags, ...) __attribute__((alias("openat")));
int creat64(const char* path, mode_t mode) __attribute__((alias("creat")));
ssize_t pwrite64(int fd, const void* bytes, std::size_t size, off_t offset)
    __attribute__((alias("pwrite")));
ssize_t pwritev64(int fd, const iovec* pieces, int count, off_t offset)
    __attribute__((alias("pwritev")));
int ftruncate64(int fd, off_t size) noexcept __attribute__((alias("ftruncate")));
int fallocate64(int fd, int mode, off_t offset, off_t size) __attribute__((alias("fallocate")));

}  // extern "C"

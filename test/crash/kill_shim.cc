// A preloaded library that kills the process (KILL) once so many transactions of the state store
// are durable. KILL_SWITCH names a file that holds the number; while it is absent nothing is
// counted, and it is removed right before the kill.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

/// LMDB ends a commit with a synchronous write of a meta page, through a descriptor of its own.
bool is_commit_mark(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || (flags & O_DSYNC) == 0) return false;
  char link[64];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  char path[4096];
  const ssize_t size = ::readlink(link, path, sizeof path);
  return size > 0 &&
         std::string_view(path, static_cast<std::size_t>(size)).ends_with("/state/data.mdb");
}

/// The number in the switch; 0 if there is none.
long wanted() {
  const char* const path = std::getenv("KILL_SWITCH");
  std::FILE* const file = path == nullptr ? nullptr : std::fopen(path, "r");
  if (file == nullptr) return 0;
  long number = 0;
  if (std::fscanf(file, "%ld", &number) != 1) number = 0;
  std::fclose(file);
  return number;
}

void count_commit() {
  static std::atomic<long> count = 0;
  const long number = wanted();
  if (number == 0 || ++count < number) return;
  ::unlink(std::getenv("KILL_SWITCH"));
  ::kill(::getpid(), SIGKILL);
}

}  // namespace

extern "C" {

ssize_t pwrite(int fd, const void* bytes, std::size_t size, off_t offset) {
  static const auto real = reinterpret_cast<decltype(&::pwrite)>(::dlsym(RTLD_NEXT, "pwrite"));
  const ssize_t written = real(fd, bytes, size, offset);
  if (written > 0 && is_commit_mark(fd)) count_commit();
  return written;
}

ssize_t pwrite64(int fd, const void* bytes, std::size_t size, off_t offset)
    __attribute__((alias("pwrite")));

}  // extern "C"

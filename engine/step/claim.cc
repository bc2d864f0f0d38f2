// The claim tells whether a supervisor ever had the attempt; its lock, whether that one lives. A
// record lock (fcntl) rather than flock: it names its holder's process id, and no child between
// fork and exec holds it.
#include "engine/step/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "engine/step/text.h"

namespace tripgate::step {
namespace {

bool lock(int fd) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  return fcntl(fd, F_SETLK, &whole) == 0;
}

bool is_empty(int fd) {
  struct stat file {};
  return fstat(fd, &file) == 0 && file.st_size == 0;
}

bool sync_directories(const Attempt& attempt) {
  if (fsync(attempt.directory_fd) != 0) return false;
  const char* const parents[kSyncedParents] = {"..", "../.."};
  for (const char* const parent : parents) {
    const int fd = openat(attempt.directory_fd, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return false;
    const bool is_synced = fsync(fd) == 0;
    close(fd);
    if (!is_synced) return false;
  }
  return true;
}

Text<128> boot_id() {
  Text<128> id;
  char bytes[64];
  const int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  const ssize_t size = fd < 0 ? 0 : read(fd, bytes, sizeof bytes);
  if (fd >= 0) close(fd);
  if (size > 1) id << std::string_view(bytes, static_cast<std::size_t>(size) - 1);
  return id;
}

bool write_claim(int fd) {
  struct utsname machine {};
  uname(&machine);
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  Text<512> claim;
  claim << kClaimMagic << "\ntaken_by supervisor\npid " << getpid() << "\nhost "
        << std::string_view(machine.nodename) << "\nboot_id " << boot_id().view()
        << "\nclaimed_at_ms " << now.tv_sec * 1000 + now.tv_nsec / 1'000'000 << "\n";
  char parts[2 * kClaimPartBytes];
  memset(parts, '\n', sizeof parts);
  memcpy(parts, claim.view().data(), claim.view().size());
  return write(fd, parts, sizeof parts) == static_cast<ssize_t>(sizeof parts);
}

// Nothing has run and the lock is held, so giving the claim back is safe.
void give_back(Attempt& attempt) {
  unlinkat(attempt.directory_fd, kClaimFile, 0);
  close(attempt.claim_fd);
  attempt.claim_fd = -1;
}

}  // namespace

ExitStatus take_claim(const char* directory, Attempt& attempt) {
  attempt.directory_fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (attempt.directory_fd < 0) return io_failed;
  attempt.claim_fd =
      openat(attempt.directory_fd, kClaimFile, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (attempt.claim_fd < 0) return errno == EEXIST ? claimed : io_failed;
  // Between the file and its lock recovery may come: it locks what is empty, and takes it.
  if (!lock(attempt.claim_fd)) return errno == EAGAIN || errno == EACCES ? not_locked : io_failed;
  if (!is_empty(attempt.claim_fd)) return claimed;
  if (write_claim(attempt.claim_fd)) return recorded;
  give_back(attempt);
  return io_failed;
}

bool sync_claim(Attempt& attempt) {
  if (fsync(attempt.claim_fd) == 0 && sync_directories(attempt)) return true;
  give_back(attempt);
  return false;
}

}  // namespace tripgate::step

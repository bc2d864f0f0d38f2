// LMDB locks only its writers out of each other's transactions; what an engine knows between two
// transactions needs a lock of its own.
#include "engine/journal/store_lock.h"

#include <fcntl.h>

#include <cerrno>

#include "engine/base/durable_directory.h"
#include "engine/base/errc.h"

namespace tripgate {

Result<UniqueFd> lock_store(const std::string& directory) {
  if (const ErrorCode failed = make_durable_directory(directory)) return failed;
  const std::string path = directory + "/engine.lock";
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.is_open()) return last_disk_error();
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(file.get(), F_SETLK, &whole) == 0) return file;
  if (errno == EACCES || errno == EAGAIN) errno = EBUSY;
  return last_system_error();
}

}  // namespace tripgate

// The kernel lists a process's children in /proc (CONFIG_PROC_CHILDREN, on in Debian's kernels).
// They cannot be confused with others: a child's id is not used again before it is waited for.
#include "engine/step/descendants.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstddef>

namespace tripgate::step {
namespace {

// Enough for some hundred children at a time; the next SIGCHLD brings the others.
constexpr std::size_t kChildrenTextBytes = 4096;

template <class Visit>
void for_each_leftover(pid_t session, Leftovers which, Visit visit) {
  char text[kChildrenTextBytes];
  const int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  const ssize_t size = fd < 0 ? 0 : read(fd, text, sizeof text);
  if (fd >= 0) close(fd);
  pid_t child = 0;
  for (ssize_t i = 0; i < size; ++i) {
    if (text[i] != ' ') {
      child = child * 10 + (text[i] - '0');
      continue;
    }
    if (which == Leftovers::everything || getsid(child) == session) visit(child);
    child = 0;
  }
}

}  // namespace

bool has_leftovers(pid_t session, Leftovers which) {
  bool has_any = false;
  for_each_leftover(session, which, [&](pid_t) { has_any = true; });
  return has_any;
}

void kill_leftovers(pid_t session, Leftovers which) {
  for_each_leftover(session, which, [](pid_t child) { kill(child, SIGKILL); });
}

}  // namespace tripgate::step

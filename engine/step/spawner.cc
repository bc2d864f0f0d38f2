// The descriptors of a request arrive as the lowest free ones, which is where a supervisor expects
// them: the spawner's own live above.
#include "engine/step/spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/step/step_protocol.h"

namespace tripgate::step {
namespace {

constexpr int kOwnFds = 64;  // above kSpecFd to kStatusFd

struct Spawner {
  int engine_fd = -1;
  int signal_fd = -1;
};

int lift(int fd) {
  const int lifted = fcntl(fd, F_DUPFD_CLOEXEC, kOwnFds);
  close(fd);
  return lifted;
}

Spawner make_spawner() {
  Spawner spawner;
  spawner.engine_fd = lift(kSpawnerFd);
  sigset_t watched;
  sigemptyset(&watched);
  sigaddset(&watched, SIGCHLD);
  sigaddset(&watched, SIGTERM);
  // TERM stays blocked: it is for supervisors, and may come before they are more than a fork.
  sigprocmask(SIG_SETMASK, &watched, nullptr);
  sigdelset(&watched, SIGTERM);
  spawner.signal_fd = lift(signalfd(-1, &watched, SFD_NONBLOCK));
  return spawner;
}

void reap(int signal_fd) {
  signalfd_siginfo info{};
  while (read(signal_fd, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
  }
  while (waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

void close_handed() {
  for (int fd = kSpecFd; fd <= kStatusFd; ++fd) close(fd);
}

bool are_handed() {
  for (int fd = kSpecFd; fd <= kStatusFd; ++fd) {
    if (fcntl(fd, F_GETFD) < 0) return false;
  }
  return true;
}

// A request, its descriptors in their places; false when the engine is gone.
bool receive(int engine_fd) {
  char byte = 0;
  iovec bytes{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kHandedFds)];
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t size = 0;
  do {
    size = recvmsg(engine_fd, &message, MSG_CMSG_CLOEXEC);
  } while (size < 0 && errno == EINTR);
  return size > 0;
}

// The answer to a request: an error number, and without one a descriptor of the supervisor.
void answer(int engine_fd, int error, int process_fd) {
  iovec bytes{&error, sizeof error};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))]{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  if (process_fd >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* const head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(head), &process_fd, sizeof process_fd);
  }
  // An engine that does not hear this has hung up.
  [[maybe_unused]] const ssize_t ignored = sendmsg(engine_fd, &message, MSG_NOSIGNAL);
}

// True in the new supervisor.
bool start_supervisor(const Spawner& spawner) {
  const pid_t supervisor = are_handed() ? fork() : -1;
  if (supervisor == 0) {
    close(spawner.engine_fd);
    close(spawner.signal_fd);
    return true;
  }
  int error = supervisor < 0 ? errno : 0;
  int process_fd = -1;
  if (supervisor > 0) {
    // Nobody has waited for it, so its id is its own.
    process_fd = static_cast<int>(syscall(SYS_pidfd_open, supervisor, 0));
    if (process_fd < 0) {
      error = errno;
      kill(supervisor, SIGKILL);
    }
  }
  close_handed();
  answer(spawner.engine_fd, error, process_fd);
  if (process_fd >= 0) close(process_fd);
  return false;
}

}  // namespace

bool serve_engine() {
  const Spawner spawner = make_spawner();
  while (true) {
    pollfd polled[] = {{spawner.engine_fd, POLLIN, 0}, {spawner.signal_fd, POLLIN, 0}};
    if (poll(polled, 2, -1) < 0) continue;
    if (polled[1].revents != 0) reap(spawner.signal_fd);
    if (polled[0].revents == 0) continue;
    if (!receive(spawner.engine_fd)) return false;
    if (start_supervisor(spawner)) return true;
  }
}

}  // namespace tripgate::step

// One request at a time: a spawner answers as soon as it has forked, so a queue would only hide one
// that hangs.
#include "engine/run/step_spawner.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/base/errc.h"
#include "engine/step/step_protocol.h"

namespace tripgate {
namespace {

ErrorCode spawn_error(int number) {
  return {number, boost::system::system_category()};
}

// Signals as a supervisor wants them: TERM waits until it can be taken as an abort.
void set_signals(posix_spawnattr_t& attributes) {
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigaddset(&blocked, SIGCHLD);
  sigset_t defaulted;
  sigfillset(&defaulted);
  posix_spawnattr_setsigmask(&attributes, &blocked);
  posix_spawnattr_setsigdefault(&attributes, &defaulted);
  posix_spawnattr_setflags(
      &attributes,
      static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID));
}

Result<pid_t> spawn_serving(const std::string& program, int socket) {
  // Above the place it gets, so that dup2 makes a descriptor that does not close on exec.
  const UniqueFd lifted(::fcntl(socket, F_DUPFD_CLOEXEC, step::kSpawnerFd + 1));
  if (!lifted.is_open()) return last_system_error();
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  for (const int fd : {0, 1, 2}) {
    posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
  }
  posix_spawn_file_actions_adddup2(&actions, lifted.get(), step::kSpawnerFd);
  posix_spawn_file_actions_addclosefrom_np(&actions, step::kSpawnerFd + 1);
  set_signals(attributes);
  std::string name = "tripgate-step";
  std::string argument = step::kSpawnerArgument;
  char* const argv[] = {name.data(), argument.data(), nullptr};
  char* const envp[] = {nullptr};
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, program.c_str(), &actions, &attributes, argv, envp);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return spawn_error(error);
  return pid;
}

ErrorCode send_request(int socket, const int (&handed)[step::kHandedFds]) {
  char byte = 0;
  iovec bytes{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(handed))]{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  cmsghdr* const head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(handed));
  std::memcpy(CMSG_DATA(head), handed, sizeof(handed));
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) == 1 ? ErrorCode() : last_system_error();
}

// The supervisor's pidfd, or why there is none.
Result<UniqueFd> receive_answer(int socket) {
  int error = 0;
  iovec bytes{&error, sizeof(error)};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))]{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  ssize_t size = 0;
  do {
    size = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (size < 0 && errno == EINTR);
  if (size != sizeof(error)) return ErrorCode(Errc::io);
  if (error != 0) return spawn_error(error);
  const cmsghdr* const head = CMSG_FIRSTHDR(&message);
  if (head == nullptr || head->cmsg_type != SCM_RIGHTS) return ErrorCode(Errc::io);
  int process = -1;
  std::memcpy(&process, CMSG_DATA(head), sizeof(process));
  return UniqueFd(process);
}

}  // namespace

StepSpawner::~StepSpawner() {
  end();
}

ErrorCode StepSpawner::spawn() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return last_system_error();
  }
  const UniqueFd theirs(ends[1]);
  socket_.reset(ends[0]);
  const timeval patience{.tv_sec = patience_.count() / 1000,
                         .tv_usec = patience_.count() % 1000 * 1000};
  if (::setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) != 0) {
    return last_system_error();
  }
  const Result<pid_t> pid = spawn_serving(program_, theirs.get());
  if (!pid) {
    socket_.reset();
    return pid.error();
  }
  pid_ = *pid;
  return {};
}

/// It has nothing of its own to lose, and what it forked does not need it.
void StepSpawner::end() {
  socket_.reset();
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

Result<UniqueFd> StepSpawner::ask(const StepHandover& handover, const UniqueFd& engine_life,
                                  const UniqueFd& status) {
  if (!socket_.is_open()) {
    if (const ErrorCode failed = spawn()) return failed;
  }
  const int handed[step::kHandedFds] = {handover.spec.get(), handover.prologue.get(),
                                        handover.script.get(), engine_life.get(), status.get()};
  if (send_request(socket_.get(), handed)) return ErrorCode(Errc::io);
  return receive_answer(socket_.get());
}

Result<StartedSupervisor> StepSpawner::start(const StepHandover& handover,
                                             const UniqueFd& engine_life) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return last_system_error();
  UniqueFd status(ends[0]);
  const UniqueFd supervisors_end(ends[1]);
  auto process = ask(handover, engine_life, supervisors_end);
  if (!process && process.error() == Errc::io) {
    // Killed or stopped. Had it forked a supervisor before, one of the two finds the claim taken.
    end();
    process = ask(handover, engine_life, supervisors_end);
  }
  if (!process) {
    if (process.error() == Errc::io) end();
    return process.error();
  }
  return StartedSupervisor{std::move(*process), std::move(status)};
}

}  // namespace tripgate

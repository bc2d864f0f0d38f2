// Started by posix_spawn: it does not copy the engine's memory map.
#include "engine/run/supervisor_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <cstring>

#include "engine/base/errc.h"
#include "engine/step/step_protocol.h"

namespace tripgate {
namespace {

// Signals as the supervisor wants them: TERM waits until it can be taken as an abort.
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

Result<pid_t> spawn_with(const std::string& path, const UniqueFd& link) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  for (const int fd : {0, 1, 2}) {
    posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
  }
  posix_spawn_file_actions_adddup2(&actions, link.get(), step::kEngineFd);
  // Free for what is handed over: a descriptor that is received takes the lowest number.
  for (const int fd : {step::kSpecFd, step::kPrologueFd, step::kScriptFd}) {
    posix_spawn_file_actions_addclose(&actions, fd);
  }
  posix_spawn_file_actions_addclosefrom_np(&actions, step::kEngineFd + 1);
  set_signals(attributes);
  std::string name = "tripgate-step";
  char* const argv[] = {name.data(), nullptr};
  char* const envp[] = {nullptr};
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, path.c_str(), &actions, &attributes, argv, envp);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return ErrorCode(error, boost::system::system_category());
  return pid;
}

}  // namespace

SupervisorProcess::SupervisorProcess(UniqueFd process, UniqueFd link)
    : process_(std::move(process)), link_(std::move(link)) {}

Result<SupervisorProcess> SupervisorProcess::spawn(const std::string& path) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return last_system_error();
  UniqueFd ours(ends[0]);
  const UniqueFd given(ends[1]);
  // Above those that the supervisor expects, so that no dup2 overwrites it.
  const UniqueFd theirs(::fcntl(given.get(), F_DUPFD_CLOEXEC, step::kEngineFd + 1));
  if (!theirs.is_open()) return last_system_error();
  const Result<pid_t> pid = spawn_with(path, theirs);
  if (!pid) return pid.error();
  // Our own child keeps its process id until we wait for it.
  UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0)));
  if (!process.is_open()) {
    const ErrorCode failed = last_system_error();
    ::kill(*pid, SIGKILL);
    ::waitpid(*pid, nullptr, 0);
    return failed;
  }
  return SupervisorProcess(std::move(process), std::move(ours));
}

// One that still has its process got no step, and so has executed nothing.
SupervisorProcess::~SupervisorProcess() {
  if (!process_.is_open()) return;
  ::syscall(SYS_pidfd_send_signal, process_.get(), SIGKILL, nullptr, 0);
  siginfo_t end{};
  ::waitid(P_PIDFD, static_cast<id_t>(process_.get()), &end, WEXITED);
}

ErrorCode SupervisorProcess::hand_over(const StepHandover& handover) const {
  const std::array files = {handover.spec.get(), handover.prologue.get(), handover.script.get()};
  static_assert(files.size() == step::kHandoverFiles);
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof files)> control{};
  char byte = 0;
  iovec text{&byte, 1};
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof files);
  std::memcpy(CMSG_DATA(rights), files.data(), sizeof files);
  if (::sendmsg(link_.get(), &message, MSG_NOSIGNAL) != 1) return last_system_error();
  return {};
}

UniqueFd SupervisorProcess::take_process() {
  return std::move(process_);
}

UniqueFd SupervisorProcess::take_link() {
  return std::move(link_);
}

}  // namespace tripgate

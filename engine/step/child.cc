// From fork to exec: own session, clean descriptors, limits, user, directory - in the order in
// which each is still permitted.
#include "engine/step/child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/step/text.h"

namespace tripgate::step {
namespace {

struct ChildEnds {
  int cgroup_fd = -1;
  int stdout_fd = -1;
  int stderr_fd = -1;
  int outputs_fd = -1;
  int failure_fd = -1;
  int release_fd = -1;
};

bool make_bare_pipe(int& read_end, int& write_end) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  read_end = ends[0];
  write_end = ends[1];
  return true;
}

bool make_pipe(int& read_end, int& write_end) {
  if (!make_bare_pipe(read_end, write_end)) return false;
  // A step of another user may open /dev/stderr and the like by path.
  return fcntl(read_end, F_SETFL, O_NONBLOCK) == 0 && fchmod(write_end, 0666) == 0;
}

[[noreturn]] void fail(int failure_fd, const char* what) {
  const char* const reason = strerrordesc_np(errno);
  Text<512> text;
  text << std::string_view(what) << ": " << std::string_view(reason != nullptr ? reason : "failed");
  [[maybe_unused]] const ssize_t ignored =
      write(failure_fd, text.view().data(), text.view().size());
  _exit(127);
}

bool connect_descriptors(const ChildEnds& ends) {
  const int nothing = open("/dev/null", O_RDONLY);
  const bool is_connected = nothing >= 0 && dup2(nothing, 0) == 0 && dup2(ends.stdout_fd, 1) == 1 &&
                            dup2(ends.stderr_fd, 2) == 2 &&
                            dup2(ends.outputs_fd, kStepOutputsFd) == kStepOutputsFd &&
                            dup2(kPrologueFd, kStepPrologueFd) == kStepPrologueFd &&
                            dup2(kScriptFd, kStepScriptFd) == kStepScriptFd;
  if (!is_connected) return false;
  // Everything else closes on exec; failure_fd is needed until then.
  return close_range(3, kStepOutputsFd - 1, CLOSE_RANGE_CLOEXEC) == 0 &&
         close_range(kStepScriptFd + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

bool limit(int resource, std::int64_t value) {
  const rlimit both{static_cast<rlim_t>(value), static_cast<rlim_t>(value)};
  return setrlimit(static_cast<__rlimit_resource>(resource), &both) == 0;
}

bool apply_limits(const Spec& spec) {
  umask(022);
  return limit(RLIMIT_CORE, 0) && (spec.open_files == 0 || limit(RLIMIT_NOFILE, spec.open_files)) &&
         (spec.cpu_seconds == 0 || limit(RLIMIT_CPU, spec.cpu_seconds));
}

// A supervisor that is not root holds ambient capabilities to switch users; those would survive
// setuid and exec, and make the step as good as root.
bool drop_capabilities() {
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return false;
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct none[2]{};
  return syscall(SYS_capset, &header, none) == 0;
}

bool switch_user(const Spec& spec) {
  if (spec.uid < 0) return true;
  const auto uid = static_cast<uid_t>(spec.uid);
  const auto gid = static_cast<gid_t>(spec.gid);
  return setgroups(spec.group_count, spec.groups.data()) == 0 && setresgid(gid, gid, gid) == 0 &&
         setresuid(uid, uid, uid) == 0 && (uid == 0 || drop_capabilities());
}

void reset_signals() {
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Whether the child may execute. The supervisor's end is its own: ours would hide its death.
bool is_released(int release_fd) {
  char byte = 0;
  ssize_t size = 0;
  do {
    size = read(release_fd, &byte, 1);
  } while (size < 0 && errno == EINTR);
  return size == 1;
}

[[noreturn]] void become_step(const Spec& spec, const ChildEnds& ends, pid_t supervisor) {
  const int failure_fd = fcntl(ends.failure_fd, F_DUPFD_CLOEXEC, kStepScriptFd + 1);
  if (failure_fd < 0) fail(ends.failure_fd, "descriptors");
  if (setsid() < 0) fail(failure_fd, "setsid");
  // First of all that can be joined: what the step forks is in the group as well.
  if (ends.cgroup_fd >= 0 && write(ends.cgroup_fd, "0", 1) != 1) fail(failure_fd, "control group");
  if (!connect_descriptors(ends)) fail(failure_fd, "descriptors");
  if (!apply_limits(spec)) fail(failure_fd, "limits");
  if (!switch_user(spec)) fail(failure_fd, "user");
  if (chdir(spec.working_directory) != 0) fail(failure_fd, "working directory");
  // A step without its supervisor has no log, no timeout and no exit record. Set after the switch
  // of the user, which clears it.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail(failure_fd, "parent death signal");
  if (getppid() != supervisor || !is_released(ends.release_fd)) _exit(127);
  reset_signals();
  execve(spec.args[0], spec.args.data(), spec.env.data());
  fail(failure_fd, spec.args[0]);
}

}  // namespace

pid_t fork_child(const Spec& spec, StepPipes& pipes, int cgroup_fd) {
  ChildEnds ends;
  ends.cgroup_fd = cgroup_fd;
  if (!make_pipe(pipes.stdout_fd, ends.stdout_fd) || !make_pipe(pipes.stderr_fd, ends.stderr_fd) ||
      !make_pipe(pipes.outputs_fd, ends.outputs_fd) ||
      !make_pipe(pipes.failure_fd, ends.failure_fd) ||
      !make_bare_pipe(ends.release_fd, pipes.release_fd)) {
    return -1;
  }
  const pid_t supervisor = getpid();
  const pid_t child = fork();
  if (child == 0) {
    close(pipes.release_fd);
    become_step(spec, ends, supervisor);
  }
  for (const int fd :
       {ends.stdout_fd, ends.stderr_fd, ends.outputs_fd, ends.failure_fd, ends.release_fd}) {
    close(fd);
  }
  return child;
}

void release_child(StepPipes& pipes) {
  [[maybe_unused]] const ssize_t ignored = write(pipes.release_fd, "", 1);
  close(pipes.release_fd);
  pipes.release_fd = -1;
}

}  // namespace tripgate::step

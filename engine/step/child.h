// The step's own process.
#pragma once

#include <sys/types.h>

#include "engine/step/spec.h"

namespace tripgate::step {

/// The supervisor's ends of the pipes to the step; not blocking, -1 where absent.
struct StepPipes {
  int stdout_fd = -1;
  int stderr_fd = -1;
  int outputs_fd = -1;
  /// Ends empty once exec succeeded; else holds the reason why it did not.
  int failure_fd = -1;
  /// A byte written here lets the child execute; closed without one, it ends.
  int release_fd = -1;
};

/// Forks a child that sets itself up as the specification says, and executes its arguments once it
/// is released. Returns its process id, or -1 with errno. Failures after the fork are told through
/// failure_fd.
///
/// cgroup_fd: of the control group that the child joins (cgroup.h); -1: none.
[[nodiscard]] pid_t fork_child(const Spec& spec, StepPipes& pipes, int cgroup_fd);

/// Lets the child execute.
void release_child(StepPipes& pipes);

}  // namespace tripgate::step

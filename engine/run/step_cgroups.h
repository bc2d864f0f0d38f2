// Where the control groups of steps lie (cgroup v2), and what the host lets them bound.
#pragma once

#include <string>

#include "engine/base/result.h"

namespace tripgate {

/// What groups of steps can bound.
struct StepCgroups {
  bool bounds_memory = false;
  bool bounds_processes = false;
};

/// Makes the group `parent` if it does not exist, and passes the controllers for memory and
/// processes on to the groups below it, as far as the host has passed them to it.
///
/// parent: holds one group per attempt and no process of its own. Not below the group of a systemd
/// unit that runs the engine, unless that delegates a subgroup: systemd cannot start the engine
/// again beside controllers that surviving steps hold. Errors: errno of making or writing it.
[[nodiscard]] Result<StepCgroups> prepare_step_cgroups(const std::string& parent);

/// Kills what is left of an attempt whose supervisor was killed, and removes its group.
void end_step_cgroup(const std::string& group);

}  // namespace tripgate

// What is left of a step besides its main process. The supervisor is a child subreaper: an orphan
// of the step becomes its child, so nothing can hide by forking twice.
#pragma once

#include <sys/types.h>

namespace tripgate::step {

/// Which descendants count as left over.
enum class Leftovers {
  session,     // Those in the step's session: one that called setsid is a service meant to stay.
  everything,  // After a timeout or an abort.
};

/// Whether any is left.
[[nodiscard]] bool has_leftovers(pid_t session, Leftovers which);

/// Kills them. Their own children become the supervisor's, so call it again after each SIGCHLD.
void kill_leftovers(pid_t session, Leftovers which);

}  // namespace tripgate::step

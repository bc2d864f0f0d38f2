// A supervisor's process, which waits for its step: the time that a program takes to start passes
// before there is a step. engine/step/step_protocol.md, "Start".
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"
#include "engine/run/step_handover.h"

namespace tripgate {

/// Our child. It ends by itself when this goes before it got a step, or when this process goes.
class SupervisorProcess {
 public:
  /// path: of the program tripgate-step.
  ///
  /// Errors: errno of socketpair, posix_spawn and pidfd_open.
  [[nodiscard]] static Result<SupervisorProcess> spawn(const std::string& path);
  SupervisorProcess(SupervisorProcess&&) = default;
  SupervisorProcess& operator=(SupervisorProcess&&) = delete;
  ~SupervisorProcess();

  /// Gives it its step, once. Errors: errno of sendmsg; it then executes nothing.
  [[nodiscard]] ErrorCode hand_over(const StepHandover& handover) const;

  /// Of the process, which stays a zombie until the caller waits for it.
  [[nodiscard]] UniqueFd take_process();
  /// Hangs up with this process, by which the supervisor knows that it is gone.
  [[nodiscard]] UniqueFd take_link();

 private:
  SupervisorProcess(UniqueFd process, UniqueFd link);

  UniqueFd process_;
  UniqueFd link_;
};

}  // namespace tripgate

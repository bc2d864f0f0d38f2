// The step's own control group (cgroup v2): bounds its memory and number of processes as a whole,
// and ends them as a whole.
#pragma once

#include <cstdint>

#include "engine/step/spec.h"
#include "engine/step/text.h"

namespace tripgate::step {

/// Without a cgroup of its own a step is bounded and ended by what descendants.h finds.
class Cgroup {
 public:
  /// Makes the group that the specification names and sets its limits. Returns what of that was not
  /// possible, as text for the log; empty if all was, or nothing was asked for.
  [[nodiscard]] std::string_view create(const Spec& spec);

  /// A descriptor that closes on exec: a process that writes "0" to it joins. -1 without a group.
  [[nodiscard]] int procs_fd() const { return procs_fd_; }

  /// Kills every member at once. False if there is no group that can do that.
  bool kill_all() const;

  /// Whether the kernel killed a member because the group had used its memory up.
  [[nodiscard]] bool was_out_of_memory() const;

  /// Removes the group. One that still has members stays: services are meant to.
  void remove();

 private:
  bool set(const char* file, std::int64_t value) const;

  const char* path_ = nullptr;
  int directory_fd_ = -1;
  int procs_fd_ = -1;
  Text<256> complaint_;
};

}  // namespace tripgate::step

// Controllers are the host's to give: what it does not give leaves less, and is no error.
#include "engine/run/step_cgroups.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <string_view>

#include "engine/base/errc.h"
#include "engine/base/unique_fd.h"

namespace tripgate {
namespace {

void write_text(const std::string& path, std::string_view text) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.is_open()) return;
  [[maybe_unused]] const ssize_t ignored = ::write(file.get(), text.data(), text.size());
}

}  // namespace

Result<StepCgroups> prepare_step_cgroups(const std::string& parent) {
  if (::mkdir(parent.c_str(), 0755) != 0 && errno != EEXIST) return last_system_error();
  const std::string control = parent + "/cgroup.subtree_control";
  if (::access(control.c_str(), W_OK) != 0) return last_system_error();
  write_text(control, "+memory");
  write_text(control, "+pids");
  StepCgroups groups;
  std::ifstream controllers(control);
  for (std::string name; controllers >> name;) {
    groups.bounds_memory = groups.bounds_memory || name == "memory";
    groups.bounds_processes = groups.bounds_processes || name == "pids";
  }
  return groups;
}

void end_step_cgroup(const std::string& group) {
  if (group.empty()) return;
  write_text(group + "/cgroup.kill", "1");
  ::rmdir(group.c_str());
}

}  // namespace tripgate

// A few small files of the kernel; each may be absent, for controllers are the host's to give.
#include "engine/step/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tripgate::step {
namespace {

bool write_at(int directory_fd, const char* file, std::string_view text) {
  const int fd = openat(directory_fd, file, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool is_written = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(fd);
  return is_written;
}

}  // namespace

bool Cgroup::set(const char* file, std::int64_t value) const {
  Text<32> text;
  text << value;
  return write_at(directory_fd_, file, text.view());
}

std::string_view Cgroup::create(const Spec& spec) {
  if (spec.cgroup == nullptr) return {};
  path_ = spec.cgroup;
  const bool is_made = mkdir(path_, 0755) == 0 || errno == EEXIST;
  if (is_made) directory_fd_ = open(path_, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory_fd_ >= 0) procs_fd_ = openat(directory_fd_, "cgroup.procs", O_WRONLY | O_CLOEXEC);
  if (procs_fd_ < 0) {
    complaint_ << "no control group for the step: " << std::string_view(strerrordesc_np(errno));
    return complaint_.view();
  }
  if (spec.memory_bytes != 0 && !set("memory.max", spec.memory_bytes)) {
    complaint_ << "the limit of memory is not in force: "
               << std::string_view(strerrordesc_np(errno));
  }
  // Half a step that lives on is worse than none; and swap would only postpone the end.
  set("memory.oom.group", 1);
  set("memory.swap.max", 0);
  if (spec.processes != 0 && !set("pids.max", spec.processes)) {
    if (!complaint_.view().empty()) complaint_ << "; ";
    complaint_ << "the limit of processes is not in force: "
               << std::string_view(strerrordesc_np(errno));
  }
  return complaint_.view();
}

bool Cgroup::kill_all() const {
  return directory_fd_ >= 0 && write_at(directory_fd_, "cgroup.kill", "1");
}

bool Cgroup::was_out_of_memory() const {
  const int fd = directory_fd_ < 0 ? -1 : openat(directory_fd_, "memory.events", O_RDONLY);
  if (fd < 0) return false;
  char bytes[512];
  const ssize_t size = read(fd, bytes, sizeof bytes);
  close(fd);
  std::string_view text(bytes, size < 0 ? 0 : static_cast<std::size_t>(size));
  constexpr std::string_view kName = "\noom_kill ";
  const std::size_t at = text.find(kName);
  if (at == std::string_view::npos) return false;
  text.remove_prefix(at + kName.size());
  return !text.starts_with('0');
}

void Cgroup::remove() {
  if (directory_fd_ < 0) return;
  close(procs_fd_);
  close(directory_fd_);
  procs_fd_ = directory_fd_ = -1;
  rmdir(path_);
}

}  // namespace tripgate::step

// Eight bytes of a file, mapped and shared, in the byte order of the machine: nobody else reads it.
#include "engine/match/judging_mark.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>

#include "engine/base/unique_fd.h"

namespace tripgate {

JudgingMark::JudgingMark(const std::string& path) {
  if (path.empty()) return;
  const UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.is_open() || ::ftruncate(file.get(), sizeof(EventSequence)) != 0) return;
  // On a full disk the first write to a hole would be a signal and no error.
  if (::posix_fallocate(file.get(), 0, sizeof(EventSequence)) != 0) return;
  void* const place =
      ::mmap(nullptr, sizeof(EventSequence), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (place == MAP_FAILED) return;
  mapped_ = static_cast<EventSequence*>(place);
  left_behind_ = *mapped_;  // and stays, until judging begins again
}

JudgingMark::~JudgingMark() {
  if (mapped_ != nullptr) ::munmap(mapped_, sizeof(EventSequence));
}

void JudgingMark::set(EventSequence sequence) noexcept {
  if (mapped_ == nullptr) return;
  // Atomic, so that the compiler keeps the store in its place around the judging.
  std::atomic_ref(*mapped_).store(sequence);
}

}  // namespace tripgate

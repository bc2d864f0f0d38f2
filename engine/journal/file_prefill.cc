// Direct writes: the zeros never enter the page cache, so no flush has to wait for them.
#include "engine/journal/file_prefill.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace tripgate {
namespace {

/// Alignment that direct writes ask of memory and offset.
constexpr std::uint64_t kAlignment = 4096;

}  // namespace

void FilePrefill::Free::operator()(void* memory) const noexcept {
  std::free(memory);
}

FilePrefill::FilePrefill(const std::string& path)
    : file_(::open(path.c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC)),
      zeros_(std::aligned_alloc(kAlignment, kPiece)) {
  struct stat status {};
  if (zeros_ == nullptr || !file_.is_open() || ::fstat(file_.get(), &status) != 0) {
    file_.reset();
    return;
  }
  std::memset(zeros_.get(), 0, kPiece);
  filled_size_ = static_cast<std::uint64_t>(status.st_size);
}

FilePrefill::~FilePrefill() = default;

bool FilePrefill::advance(std::uint64_t used_size) {
  if (!file_.is_open() || filled_size_ >= used_size + kAhead) return false;
  // Never inside of what is in use, whatever the size of the file was.
  const std::uint64_t from =
      (std::max(filled_size_, used_size) + kAlignment - 1) & ~(kAlignment - 1);
  const ssize_t written = ::pwrite(file_.get(), zeros_.get(), kPiece, static_cast<off_t>(from));
  if (written != static_cast<ssize_t>(kPiece)) {
    // A full disk may have room again later.
    if (written < 0 && errno != ENOSPC && errno != EDQUOT) file_.reset();
    return false;
  }
  filled_size_ = from + kPiece;
  return true;
}

}  // namespace tripgate

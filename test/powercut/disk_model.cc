// The model's own reads and writes go straight to the kernel: the names of libc that change files
// are the shim's here.
#include "test/powercut/disk_model.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <filesystem>

namespace tripgate::powercut {
namespace {

constexpr off_t first_sector(off_t offset) {
  return offset / kSectorSize * kSectorSize;
}

/// A sector as the page cache has it; zeros behind the end of the file.
std::string read_sector(int fd, off_t offset) {
  std::string bytes(kSectorSize, '\0');
  (void)::pread(fd, bytes.data(), bytes.size(), offset);
  return bytes;
}

off_t size_of(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? status.st_size : 0;
}

std::string parent_of(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

void undo(const EntryChange& change) {
  switch (change.kind) {
    case EntryChange::Kind::created: {
      std::error_code failure;
      std::filesystem::remove_all(change.path, failure);
      return;
    }
    case EntryChange::Kind::renamed:
      ::syscall(SYS_rename, change.target.c_str(), change.path.c_str());
      if (change.backup.empty()) return;
      ::syscall(SYS_link, change.backup.c_str(), change.target.c_str());
      return;
    case EntryChange::Kind::removed:
      ::syscall(SYS_link, change.backup.c_str(), change.path.c_str());
      return;
  }
}

}  // namespace

DiskModel::DiskModel(std::string directory, std::uint64_t seed)
    : directory_(std::move(directory)), random_(seed) {}

bool DiskModel::covers(const std::string& path) const {
  return !directory_.empty() && (path == directory_ || path.starts_with(directory_ + '/'));
}

std::string DiskModel::path_of(int fd) const {
  std::array<char, PATH_MAX> target{};
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
  std::string path(target.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  return covers(path) ? path : std::string();
}

DiskModel::File* DiskModel::file_of(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return nullptr;
  File& file = files_[{status.st_dev, status.st_ino}];
  if (file.handle < 0) {
    const std::string link = "/proc/self/fd/" + std::to_string(fd);
    file.handle =
        static_cast<int>(::syscall(SYS_openat, AT_FDCWD, link.c_str(), O_RDWR | O_CLOEXEC));
    file.durable_size = status.st_size;
  }
  return &file;
}

void DiskModel::before_write(int fd, off_t offset, std::size_t size) {
  File* file = file_of(fd);
  if (file == nullptr) return;
  const off_t end = offset + static_cast<off_t>(size);
  for (off_t at = first_sector(offset); at < end; at += kSectorSize) {
    Sector& sector = file->sectors[at];
    if (sector.versions.empty()) sector.versions.push_back(read_sector(file->handle, at));
  }
}

void DiskModel::after_write(int fd, off_t offset, std::size_t size) {
  File* file = file_of(fd);
  if (file == nullptr) return;
  const bool is_synced = (::fcntl(fd, F_GETFL) & O_DSYNC) != 0;
  const off_t end = offset + static_cast<off_t>(size);
  if (is_synced) file->durable_size = std::max(file->durable_size, end);
  for (off_t at = first_sector(offset); at < end; at += kSectorSize) {
    Sector& sector = file->sectors[at];
    sector.versions.push_back(read_sector(file->handle, at));
    sector.is_lost = false;
    if (is_synced) file->sectors.erase(at);
  }
}

void DiskModel::before_resize(int fd) {
  (void)file_of(fd);
}

void DiskModel::sync(int fd) {
  changes_.erase(path_of(fd));
  File* file = file_of(fd);
  if (file == nullptr) return;
  file->durable_size = size_of(file->handle);
  std::erase_if(file->sectors, [](const auto& sector) { return !sector.second.is_lost; });
}

void DiskModel::lose(int fd) {
  File* file = file_of(fd);
  if (file == nullptr) return;
  for (auto& [offset, sector] : file->sectors) sector.is_lost = true;
}

void DiskModel::entry_changed(EntryChange change) {
  const std::string& place = change.target.empty() ? change.path : change.target;
  changes_[parent_of(place)].push_back(std::move(change));
}

std::string DiskModel::back_up(const std::string& path) {
  // An earlier life of the same directory has left backups of its own.
  std::string backup =
      directory_ + ".backup." + std::to_string(::getpid()) + '.' + std::to_string(backups_++);
  return ::syscall(SYS_link, path.c_str(), backup.c_str()) == 0 ? backup : std::string();
}

bool DiskModel::toss(double probability) {
  return std::bernoulli_distribution(probability)(random_);
}

void DiskModel::cut() {
  directory_.clear();  // Nothing is covered from here on, least of all the model's own removals.
  // From "nothing was written back" to "everything was": each finds faults that others hide.
  constexpr std::array<double, 5> kKeepProbabilities = {0.0, 0.1, 0.5, 0.9, 1.0};
  const double keep_probability = kKeepProbabilities[random_() % kKeepProbabilities.size()];
  for (auto& [key, file] : files_) cut_file(file, keep_probability);
  for (auto& [directory, changes] : changes_) cut_directory(changes);
}

void DiskModel::cut_file(File& file, double keep_probability) {
  off_t end = file.durable_size;
  for (const auto& [offset, sector] : file.sectors) {
    const bool is_kept = toss(keep_probability);
    const std::size_t count = sector.versions.size();
    const std::size_t chosen = is_kept ? count - 1 : toss(0.5) ? 0 : random_() % count;
    const std::string& bytes = sector.versions[chosen];
    if (chosen != 0) end = std::max(end, offset + kSectorSize);
    ::syscall(SYS_pwrite64, file.handle, bytes.data(), bytes.size(), offset);
  }
  if (end < size_of(file.handle)) ::syscall(SYS_ftruncate, file.handle, end);
}

void DiskModel::cut_directory(std::vector<EntryChange>& changes) {
  std::size_t kept = random_() % (changes.size() + 1);
  for (; changes.size() > kept; changes.pop_back()) undo(changes.back());
}

}  // namespace tripgate::powercut

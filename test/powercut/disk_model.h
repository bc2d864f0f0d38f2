// What a disk would hold after a power cut: the page cache may have written back any version of any
// sector since its file was last synced, and any prefix of a directory's changes.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace tripgate::powercut {

/// Bytes that a disk writes whole or not at all.
inline constexpr off_t kSectorSize = 512;

/// A change of a directory that its fsync has not made durable yet.
struct EntryChange {
  enum class Kind { created, removed, renamed } kind = Kind::created;
  std::string path;    // created or removed; where a renamed entry was
  std::string target;  // renamed: where it is now
  std::string backup;  // a second link to the file that was removed or replaced; empty: none
};

/// Not safe from several threads; the shim holds a lock around every call.
class DiskModel {
 public:
  DiskModel(std::string directory, std::uint64_t seed);

  /// The path of an open file if it lies below the directory; empty if not.
  [[nodiscard]] std::string path_of(int fd) const;
  [[nodiscard]] bool covers(const std::string& path) const;

  /// To be called around every write: keeps what the disk may go back to.
  void before_write(int fd, off_t offset, std::size_t size);
  void after_write(int fd, off_t offset, std::size_t size);
  /// To be called before the size changes without a write.
  void before_resize(int fd);

  /// Everything written to the file, or changed in the directory, is durable from here on.
  void sync(int fd);
  /// A failed sync: what was dirty counts as clean for the kernel and never reaches the disk unless
  /// it is written again.
  void lose(int fd);

  void entry_changed(EntryChange change);
  /// Links a file that is about to go to a name outside the directory; empty if it does not exist.
  [[nodiscard]] std::string back_up(const std::string& path);

  /// Leaves on disk what a power cut at this moment could have left.
  void cut();

  [[nodiscard]] bool toss(double probability);

 private:
  struct Sector {
    std::vector<std::string> versions;  // the durable one first
    bool is_lost = false;               // by a failed sync
  };
  struct File {
    int handle = -1;  // our own, so that renames and closes do not matter
    off_t durable_size = 0;
    std::map<off_t, Sector> sectors;
  };
  using FileKey = std::pair<dev_t, ino_t>;

  File* file_of(int fd);
  void cut_file(File& file, double keep_probability);
  void cut_directory(std::vector<EntryChange>& changes);

  std::string directory_;
  std::mt19937_64 random_;
  std::map<FileKey, File> files_;
  std::map<std::string, std::vector<EntryChange>> changes_;  // by directory
  unsigned backups_ = 0;
};

}  // namespace tripgate::powercut

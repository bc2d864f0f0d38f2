// One entry of the event log: some events that became durable together.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace tripgate {

/// A place in the event log, and the entry that belongs there.
struct LogPosition {
  std::uint64_t offset = 0;    // bytes from the start of the file
  std::uint64_t sequence = 1;  // entries count from 1 and never start again
};

/// Built in memory, written in one piece, read back after a crash. Lies in a buffer that direct
/// writes take: aligned, and padded with zeros to a multiple of kAlignment. Records are encoded
/// EventRecords, the first of which has the event sequence `first_event()`, the next one more.
///
/// In the file (little-endian): magic (4 bytes; it names the checksum), CRC-32 or CRC-32C of all
/// that follows up to the end of the payload (4), id of the log (8), sequence of the entry (8),
/// first event (8), events (4), size of the payload (4); then the payload: each record behind its
/// size (4).
class LogEntry {
 public:
  /// Bytes to which entries are aligned, in memory and in the file.
  static constexpr std::size_t kAlignment = 4096;
  static constexpr std::size_t kHeaderSize = 40;

  /// Bytes that a record takes of an entry's payload.
  [[nodiscard]] static constexpr std::size_t size_with(std::size_t record_size) noexcept {
    return record_size + 4;
  }

  /// payload_size: exactly what `add` will be given, by size_with.
  LogEntry(std::uint64_t first_event, std::size_t payload_size);

  /// Room for the next record, to be filled by the caller.
  [[nodiscard]] char* add(std::size_t record_size) noexcept;

  /// Completes the header; every record must be there.
  void seal(std::uint64_t log_id, std::uint64_t sequence) noexcept;

  /// Whole size of an entry in the file, padding included, as its first kHeaderSize bytes tell it;
  /// empty when they belong to no entry, or to another one than that of `log_id` and `sequence`.
  [[nodiscard]] static std::optional<std::size_t> file_size(std::string_view header,
                                                            std::uint64_t log_id,
                                                            std::uint64_t sequence) noexcept;

  /// An entry from its bytes in the file; empty when they are damaged. bytes: file_size of them.
  [[nodiscard]] static std::optional<LogEntry> decode(std::string_view bytes);

  /// What goes to the file.
  [[nodiscard]] std::string_view bytes() const noexcept { return {buffer_.get(), size_}; }

  [[nodiscard]] std::uint64_t first_event() const noexcept { return first_event_; }
  [[nodiscard]] std::uint64_t last_event() const noexcept {
    return first_event_ + records_.size() - 1;
  }
  [[nodiscard]] std::size_t event_count() const noexcept { return records_.size(); }

  /// The record of one event, first_event() to last_event().
  [[nodiscard]] std::string_view record(std::uint64_t event) const noexcept;

  /// Where the next entry begins; set when the entry is written or read.
  LogPosition behind;

 private:
  struct Free {
    void operator()(char* memory) const noexcept;
  };
  struct Extent {
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
  };

  LogEntry(std::uint64_t first_event, std::string_view file_bytes);

  std::uint64_t first_event_;
  std::size_t size_;       // with padding
  std::size_t used_size_;  // without
  std::unique_ptr<char, Free> buffer_;
  std::vector<Extent> records_;
};

}  // namespace tripgate

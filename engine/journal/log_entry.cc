// The checksum tells an entry that was written whole from one that a power cut tore.
#include "engine/journal/log_entry.h"

#include <cstring>
#include <new>
#include <span>

#include "engine/journal/checksum.h"
#include "shared/bytes.h"

namespace tripgate {
namespace {

/// Which checksum an entry has: each machine writes the one that it makes faster, and reads both.
constexpr std::uint32_t kMagicCrc32 = 0x474c4754;   // "TGLG"
constexpr std::uint32_t kMagicCrc32c = 0x434c4754;  // "TGLC"

/// Behind magic and checksum.
constexpr std::size_t kCheckedFrom = 8;

/// No entry is larger; what claims to be is damaged.
constexpr std::size_t kPayloadMaxSize = std::size_t{1} << 30;

constexpr std::size_t padded(std::size_t size) {
  return (size + LogEntry::kAlignment - 1) & ~(LogEntry::kAlignment - 1);
}

std::uint32_t checksum(std::uint32_t magic, std::string_view bytes) {
  return magic == kMagicCrc32 ? crc32(bytes) : crc32c(bytes);
}

struct Header {
  std::uint32_t magic = 0;
  std::uint32_t checksum = 0;
  std::uint64_t log_id = 0;
  std::uint64_t sequence = 0;
  std::uint64_t first_event = 0;
  std::uint32_t event_count = 0;
  std::uint32_t payload_size = 0;

  static Header decode(std::string_view bytes) {
    ByteReader reader(bytes);
    Header header;
    header.magic = reader.get<std::uint32_t>();
    header.checksum = reader.get<std::uint32_t>();
    header.log_id = reader.get<std::uint64_t>();
    header.sequence = reader.get<std::uint64_t>();
    header.first_event = reader.get<std::uint64_t>();
    header.event_count = reader.get<std::uint32_t>();
    header.payload_size = reader.get<std::uint32_t>();
    return header;
  }

  void encode(ByteWriter& writer) const {
    writer.put(magic);
    writer.put(checksum);
    writer.put(log_id);
    writer.put(sequence);
    writer.put(first_event);
    writer.put(event_count);
    writer.put(payload_size);
  }
};

}  // namespace

void LogEntry::Free::operator()(char* memory) const noexcept {
  ::operator delete (memory, std::align_val_t{kAlignment});
}

LogEntry::LogEntry(std::uint64_t first_event, std::size_t payload_size)
    : first_event_(first_event),
      size_(padded(kHeaderSize + payload_size)),
      used_size_(kHeaderSize),
      buffer_(static_cast<char*>(::operator new (size_, std::align_val_t{kAlignment}))) {
  std::memset(buffer_.get() + size_ - kAlignment, 0, kAlignment);
}

LogEntry::LogEntry(std::uint64_t first_event, std::string_view file_bytes)
    : LogEntry(first_event, file_bytes.size() - kHeaderSize) {
  std::memcpy(buffer_.get(), file_bytes.data(), file_bytes.size());
}

char* LogEntry::add(std::size_t record_size) noexcept {
  char* const at = buffer_.get() + used_size_;
  ByteWriter({reinterpret_cast<std::uint8_t*>(at), 4}).put(static_cast<std::uint32_t>(record_size));
  records_.push_back(
      {static_cast<std::uint32_t>(used_size_ + 4), static_cast<std::uint32_t>(record_size)});
  used_size_ += size_with(record_size);
  return at + 4;
}

void LogEntry::seal(std::uint64_t log_id, std::uint64_t sequence) noexcept {
  Header header{.magic = is_crc32c_fast() ? kMagicCrc32c : kMagicCrc32,
                .log_id = log_id,
                .sequence = sequence,
                .first_event = first_event_,
                .event_count = static_cast<std::uint32_t>(records_.size()),
                .payload_size = static_cast<std::uint32_t>(used_size_ - kHeaderSize)};
  const std::span<std::uint8_t> out(reinterpret_cast<std::uint8_t*>(buffer_.get()), kHeaderSize);
  ByteWriter unchecked(out);
  header.encode(unchecked);
  header.checksum =
      checksum(header.magic, {buffer_.get() + kCheckedFrom, used_size_ - kCheckedFrom});
  ByteWriter checked(out);
  header.encode(checked);
}

std::optional<std::size_t> LogEntry::file_size(std::string_view header, std::uint64_t log_id,
                                               std::uint64_t sequence) noexcept {
  const Header decoded = Header::decode(header);
  const bool is_ours = decoded.magic == kMagicCrc32 || decoded.magic == kMagicCrc32c;
  const bool is_expected = is_ours && decoded.log_id == log_id && decoded.sequence == sequence &&
                           decoded.payload_size <= kPayloadMaxSize;
  if (!is_expected) return std::nullopt;
  return padded(kHeaderSize + decoded.payload_size);
}

std::optional<LogEntry> LogEntry::decode(std::string_view bytes) {
  const Header header = Header::decode(bytes);
  if (header.payload_size > bytes.size() - kHeaderSize) return std::nullopt;
  const std::string_view used = bytes.substr(0, kHeaderSize + header.payload_size);
  if (checksum(header.magic, used.substr(kCheckedFrom)) != header.checksum) return std::nullopt;
  LogEntry entry(header.first_event, bytes);
  ByteReader reader(used.substr(kHeaderSize));
  for (std::uint32_t i = 0; i < header.event_count; ++i) {
    const std::size_t size = reader.get_text<std::uint32_t>().size();
    entry.records_.push_back(
        {static_cast<std::uint32_t>(entry.used_size_ + 4), static_cast<std::uint32_t>(size)});
    entry.used_size_ += size_with(size);
  }
  if (!reader.done() || header.event_count == 0) return std::nullopt;
  return entry;
}

std::string_view LogEntry::record(std::uint64_t event) const noexcept {
  const Extent& extent = records_[event - first_event_];
  return {buffer_.get() + extent.offset, extent.size};
}

}  // namespace tripgate

// Reads the compiled zones of the system (TZif, RFC 8536): the C library's own calls go through the
// process's environment, which threads share.
#include "engine/base/time_zone.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <vector>

namespace tripgate {
namespace {

constexpr const char* kDirectory = "/usr/share/zoneinfo/";
constexpr std::size_t kHeaderSize = 44;
/// Of a zone; the largest has about 4 kB.
constexpr std::streamsize kFileMax = 64 * 1024;

/// Names may have slashes between their parts, but never lead out of the directory.
bool is_zone_name(std::string_view name) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  };
  return !name.empty() && name.size() < 64 && name.front() != '/' &&
         std::ranges::all_of(name, is_plain);
}

std::string read_zone(const std::string& name) {
  std::ifstream file(kDirectory + name, std::ios::binary);
  std::string bytes(static_cast<std::size_t>(kFileMax), '\0');
  if (!file) return {};
  file.read(bytes.data(), kFileMax);
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

std::int64_t big_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < size; ++i) {
    number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  }
  if (size == 4) return static_cast<std::int32_t>(number);
  return static_cast<std::int64_t>(number);
}

/// Changes of a zone's distance from UTC, in seconds.
struct Zone {
  std::vector<std::int64_t> changes;
  std::vector<std::int64_t> offsets;  ///< From the change of the same place on.
  std::int64_t first_offset = 0;
  bool goes_on = false;  ///< A rule describes what follows the last change.

  [[nodiscard]] std::int64_t offset_at(std::int64_t time) const {
    const auto later = std::ranges::upper_bound(changes, time);
    if (later == changes.begin()) return first_offset;
    return offsets[static_cast<std::size_t>(later - changes.begin()) - 1];
  }
};

struct Counts {
  std::size_t utc, standard, leap, changes, types, text;

  Counts(std::string_view bytes, std::size_t header) {
    std::size_t at = header + 20;
    for (std::size_t* count : {&utc, &standard, &leap, &changes, &types, &text}) {
      *count = static_cast<std::size_t>(big_endian(bytes, at, 4) & 0xffff);
      at += 4;
    }
  }
  [[nodiscard]] std::size_t size(std::size_t time_size) const {
    return changes * (time_size + 1) + types * 6 + text + leap * (time_size + 4) + standard + utc;
  }
};

std::optional<Zone> parse_zone(std::string_view bytes) {
  if (bytes.size() < kHeaderSize || !bytes.starts_with("TZif") || bytes[4] < '2') return {};
  const std::size_t header = kHeaderSize + Counts(bytes, 0).size(4);
  if (bytes.size() < header + kHeaderSize) return {};
  const Counts counts(bytes, header);
  const std::size_t times = header + kHeaderSize;
  const std::size_t footer = times + counts.size(8);
  if (bytes.size() < footer || counts.types == 0) return {};
  const std::size_t kinds = times + counts.changes * 8;
  const std::size_t types = kinds + counts.changes;
  Zone zone;
  zone.first_offset = big_endian(bytes, types, 4);
  for (std::size_t i = 0; i < counts.changes; ++i) {
    const auto type = static_cast<std::size_t>(static_cast<unsigned char>(bytes[kinds + i]));
    if (type >= counts.types) return {};
    zone.changes.push_back(big_endian(bytes, times + i * 8, 8));
    zone.offsets.push_back(big_endian(bytes, types + type * 6, 4));
  }
  zone.goes_on = bytes.substr(footer).find(',') != std::string_view::npos;
  return zone;
}

}  // namespace

Result<UnixMs, Diagnostic> unix_time_of(std::chrono::local_seconds reading,
                                        const std::string& zone_name) {
  const std::int64_t local = reading.time_since_epoch().count();
  std::optional<Zone> zone;
  if (is_zone_name(zone_name)) zone = parse_zone(read_zone(zone_name));
  if (!zone) return Diagnostic("Unknown time zone: " + zone_name);
  const std::int64_t time = local - zone->offset_at(local - zone->offset_at(local));
  if (zone->goes_on && (zone->changes.empty() || time >= zone->changes.back())) {
    return Diagnostic("The system does not know times of " + zone_name + " so far ahead");
  }
  return time * 1000;
}

}  // namespace tripgate

// One record for each change, under a key that the change after next takes; entity_records.md has
// its layout.
#include "engine/entities/edge_log.h"

#include <string>
#include <vector>

#include "engine/base/errc.h"
#include "shared/bytes.h"

namespace tripgate::entities {
namespace {

constexpr std::uint8_t kRecordVersion = 1;

/// Bytes of a record besides keys and values: of its start, and of each row.
constexpr std::size_t kStartSize = 1 + 8 + 4;
constexpr std::size_t kRowSize = 1 + 1 + 4 + 4;

std::string log_key(std::uint64_t generation) {
  return "edge_change_" + std::to_string(generation % kEdgeLogSize);
}

std::string encode(std::uint64_t generation, std::span<const EdgeWrite> writes) {
  std::size_t size = kStartSize;
  for (const EdgeWrite& row : writes) {
    size += kRowSize + row.key.size() + row.value.value_or("").size();
  }
  std::string bytes(size, '\0');
  ByteWriter writer({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  writer.put(kRecordVersion);
  writer.put(generation);
  writer.put(static_cast<std::uint32_t>(writes.size()));
  for (const EdgeWrite& row : writes) {
    writer.put(static_cast<std::uint8_t>(row.database));
    writer.put(static_cast<std::uint8_t>(row.value.has_value()));
    writer.put_text<std::uint32_t>(row.key);
    writer.put_text<std::uint32_t>(row.value.value_or(""));
  }
  return bytes;
}

EdgeWrite read_row(ByteReader& reader) {
  EdgeWrite row;
  row.database = static_cast<EdgeDatabase>(reader.get<std::uint8_t>());
  const bool has_value = reader.get<std::uint8_t>() != 0;
  row.key = reader.get_text<std::uint32_t>();
  const std::string_view value = reader.get_text<std::uint32_t>();
  if (has_value) row.value = value;
  return row;
}

/// Empty when the record is damaged or that of another change.
std::optional<std::vector<EdgeWrite>> decode(std::string_view bytes, std::uint64_t generation) {
  ByteReader reader(bytes);
  if (reader.get<std::uint8_t>() != kRecordVersion) return std::nullopt;
  if (reader.get<std::uint64_t>() != generation) return std::nullopt;
  const auto count = reader.get<std::uint32_t>();
  std::vector<EdgeWrite> writes;
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    writes.push_back(read_row(reader));
    if (static_cast<std::size_t>(writes.back().database) >= kEdgeDatabaseCount) return std::nullopt;
  }
  if (!reader.done()) return std::nullopt;
  return writes;
}

Result<std::optional<std::vector<EdgeWrite>>> load_change(const StateStore& store,
                                                          std::uint64_t generation) {
  const Result<lmdb::ReadTransaction> txn = store.begin_read();
  if (!txn) return txn.error();
  const auto bytes = txn->find(store.databases().meta, log_key(generation));
  if (!bytes) return bytes.error();
  return *bytes ? decode(**bytes, generation) : std::nullopt;
}

}  // namespace

ErrorCode log_edge_change(lmdb::WriteTransaction& txn, lmdb::Database meta,
                          std::uint64_t generation, std::span<const EdgeWrite> writes) {
  return txn.put(meta, log_key(generation), encode(generation, writes));
}

Result<bool> replay_edge_log(const StateStore& store, EdgeStore& edge, std::uint64_t from,
                             std::uint64_t to) {
  // An edge that was never complete, or shows what the state has not, is not just behind.
  if (from == 0 || from > to || to - from > kEdgeLogSize) return false;
  for (std::uint64_t generation = from + 1; generation <= to; ++generation) {
    const auto change = load_change(store, generation);
    if (!change) return {boost::system::in_place_error, change.error()};
    if (!*change) return false;
    if (const ErrorCode failed = edge.write(**change, generation)) {
      return {boost::system::in_place_error, failed};
    }
  }
  return true;
}

}  // namespace tripgate::entities

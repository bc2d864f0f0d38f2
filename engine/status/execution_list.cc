// Records of equal size under the numbers of their executions.
#include "engine/status/execution_list.h"

#include <openssl/sha.h>

#include <array>

#include "engine/base/errc.h"
#include "engine/status/record_writer.h"

namespace tripgate {
namespace {

constexpr std::uint8_t kVersion = 1;

/// Both directions go through one list of members.
template <class Owner>
auto numbers_of(Owner& listed) {
  return std::array{&listed.account, &listed.org, &listed.project, &listed.pipeline};
}

}  // namespace

PlaceHash place_hash(std::string_view account, std::string_view org, std::string_view project,
                     std::string_view pipeline) {
  std::string text;
  for (const std::string_view part : {account, org, project, pipeline}) {
    text.append(part);
    text += '\0';  // No identifier holds it.
  }
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return ByteReader(as_text(std::span<const std::uint8_t>(digest))).get<PlaceHash>();
}

std::string encode_listed(const ListedExecution& listed) {
  RecordWriter writer(kVersion);
  writer.put(static_cast<std::uint8_t>(listed.status));
  writer.put(static_cast<std::uint8_t>(listed.trigger_type));
  writer.put(static_cast<std::uint8_t>(listed.is_child));
  writer.put(static_cast<std::uint64_t>(listed.started_at_ms));
  for (const PlaceHash* hash : numbers_of(listed)) writer.put(*hash);
  return writer.take();
}

std::optional<ListedExecution> decode_listed(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.get<std::uint8_t>() != kVersion) return std::nullopt;
  ListedExecution listed;
  const auto status = reader.get<std::uint8_t>();
  const auto type = reader.get<std::uint8_t>();
  if (status >= kRunStatusCount || type > static_cast<std::uint8_t>(TriggerType::manual)) {
    return std::nullopt;
  }
  listed.status = static_cast<RunStatus>(status);
  listed.trigger_type = static_cast<TriggerType>(type);
  listed.is_child = reader.get<std::uint8_t>() != 0;
  listed.started_at_ms = static_cast<UnixMs>(reader.get<std::uint64_t>());
  for (PlaceHash* hash : numbers_of(listed)) *hash = reader.get<PlaceHash>();
  if (!reader.done()) return std::nullopt;
  return listed;
}

ErrorCode put_listed(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                     const Execution& execution) {
  ListedExecution listed;
  listed.status = execution.status;
  listed.trigger_type = execution.origin.type;
  listed.is_child = execution.parent.execution != 0;
  listed.started_at_ms = execution.started_at_ms;
  listed.account = place_hash(execution.account);
  listed.org = place_hash(execution.account, execution.org);
  listed.project = place_hash(execution.account, execution.org, execution.project);
  listed.pipeline =
      place_hash(execution.account, execution.org, execution.project, execution.pipeline);
  return txn.put(dbs.execution_list, big_endian_key(execution.number), encode_listed(listed));
}

ErrorCode for_each_listed(
    const lmdb::Transaction& txn, const StateDatabases& dbs, bool oldest_first,
    const std::function<bool(ExecutionNumber, const ListedExecution&)>& visit) {
  auto cursor = lmdb::Cursor::open(txn, dbs.execution_list);
  if (!cursor) return cursor.error();
  auto entry = oldest_first ? cursor->first() : cursor->last();
  while (entry && *entry) {
    const auto listed = decode_listed((*entry)->value);
    if (!listed || (*entry)->key.size() != sizeof(ExecutionNumber)) {
      return make_error_code(Errc::store_corrupt);
    }
    if (!visit(read_big_endian<ExecutionNumber>((*entry)->key), *listed)) return {};
    entry = oldest_first ? cursor->next() : cursor->previous();
  }
  return entry ? ErrorCode() : entry.error();
}

}  // namespace tripgate

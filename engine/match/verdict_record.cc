// 19 bytes for each candidate; verdict_record.md is the page.
#include "engine/match/verdict_record.h"

#include <algorithm>

#include "engine/base/errc.h"
#include "engine/status/record_writer.h"

namespace tripgate {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kMatched = 0;
constexpr std::uint8_t kErrorBit = 0x80;
constexpr std::uint32_t kIndexMax = 0xffff;

std::uint8_t outcome_byte(const std::optional<Mismatch>& mismatch) {
  if (!mismatch) return kMatched;
  const auto list = static_cast<std::uint8_t>(mismatch->place.list);
  return static_cast<std::uint8_t>(list | (mismatch->is_error ? kErrorBit : 0));
}

bool is_list(std::uint8_t list) {
  return list >= static_cast<std::uint8_t>(ConditionList::payload) &&
         list <= static_cast<std::uint8_t>(ConditionList::jexl);
}

}  // namespace

std::string encode_candidates(const std::vector<CandidateVerdict>& candidates) {
  RecordWriter writer(kVersion);
  writer.put(static_cast<std::uint32_t>(candidates.size()));
  for (const CandidateVerdict& candidate : candidates) {
    writer.put(candidate.trigger_ref);
    writer.put(candidate.version);
    writer.put(outcome_byte(candidate.mismatch));
    const std::uint32_t index = candidate.mismatch ? candidate.mismatch->place.index : 0;
    writer.put(static_cast<std::uint16_t>(std::min(index, kIndexMax)));
  }
  return writer.take();
}

std::optional<std::vector<CandidateVerdict>> decode_candidates(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.get<std::uint8_t>() != kVersion) return std::nullopt;
  std::vector<CandidateVerdict> candidates;
  for (auto left = reader.get<std::uint32_t>(); left > 0 && reader.ok(); --left) {
    CandidateVerdict candidate;
    candidate.trigger_ref = reader.get<std::uint64_t>();
    candidate.version = reader.get<std::uint64_t>();
    const auto outcome = reader.get<std::uint8_t>();
    const auto index = reader.get<std::uint16_t>();
    const auto list = static_cast<std::uint8_t>(outcome & ~kErrorBit);
    if (outcome != kMatched) {
      if (!is_list(list)) return std::nullopt;
      candidate.mismatch =
          Mismatch{{static_cast<ConditionList>(list), index}, (outcome & kErrorBit) != 0};
    }
    candidates.push_back(candidate);
  }
  if (!reader.done()) return std::nullopt;
  return candidates;
}

ErrorCode put_candidates(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                         std::uint64_t event_sequence,
                         const std::vector<CandidateVerdict>& candidates) {
  return txn.append(dbs.verdict, big_endian_key(event_sequence), encode_candidates(candidates));
}

Result<std::vector<CandidateVerdict>> load_candidates(const lmdb::Transaction& txn,
                                                      const StateDatabases& dbs,
                                                      std::uint64_t event_sequence) {
  const auto bytes = txn.load(dbs.verdict, big_endian_key(event_sequence));
  if (!bytes) return bytes.error();
  auto candidates = decode_candidates(*bytes);
  if (!candidates) return make_error_code(Errc::store_corrupt);
  return std::move(*candidates);
}

}  // namespace tripgate

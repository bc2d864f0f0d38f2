// Numbers as keys and values of the state store.
#include "engine/journal/state_schema.h"

#include <algorithm>

namespace tripgate::state {

NumberKey::NumberKey(std::uint64_t number) noexcept {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(number >> (56 - 8 * i));
  }
}

std::uint64_t parse_number(std::string_view text) noexcept {
  if (text.size() != 8) return 0;
  std::uint64_t number = 0;
  for (const char c : text) number = number << 8 | static_cast<std::uint8_t>(c);
  return number;
}

Result<std::uint64_t> load_number(const lmdb::Transaction& txn, lmdb::Database meta,
                                  std::string_view key) {
  const Result<std::optional<std::string_view>> found = txn.find(meta, key);
  if (!found) return found.error();
  return *found ? parse_number(**found) : 0;
}

ErrorCode put_number(lmdb::WriteTransaction& txn, lmdb::Database meta, std::string_view key,
                     std::uint64_t number) {
  return txn.put(meta, key, NumberKey(number).view());
}

LogPosition parse_log_position(std::string_view text) noexcept {
  if (text.size() != 16) return {};
  return {parse_number(text.substr(0, 8)), parse_number(text.substr(8))};
}

ErrorCode put_log_position(lmdb::WriteTransaction& txn, lmdb::Database meta, LogPosition position) {
  const NumberKey offset(position.offset);
  const NumberKey sequence(position.sequence);
  std::array<char, 16> bytes{};
  std::ranges::copy(offset.bytes, bytes.begin());
  std::ranges::copy(sequence.bytes, bytes.begin() + offset.bytes.size());
  return txn.put(meta, kLogPositionKey, {bytes.data(), bytes.size()});
}

}  // namespace tripgate::state

// Numbers as keys and values of the state store.
#include "engine/journal/state_schema.h"

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

}  // namespace tripgate::state

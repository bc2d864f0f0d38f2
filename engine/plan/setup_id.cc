// A hash instead of stored random ids: nothing to keep, nothing to lose.
#include "engine/plan/setup_id.h"

#include <openssl/sha.h>

#include <array>

namespace tripgate::plan {

std::string setup_id(std::string_view execution_id, std::string_view path) {
  std::string input(execution_id);
  input += '\0';
  input += path;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(input.data()), input.size(), digest.data());
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string id;
  for (std::size_t bit = 0; bit < 128; bit += 6) {
    const std::size_t byte = bit / 8;
    const unsigned next = bit + 8 < 128 ? digest[byte + 1] : 0U;
    const unsigned window = (static_cast<unsigned>(digest[byte]) << 8) | next;
    id += kAlphabet[(window >> (10 - bit % 8)) & 0x3F];
  }
  return id;
}

}  // namespace tripgate::plan

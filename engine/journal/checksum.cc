// Eight bytes an instruction on x86-64 with SSE 4.2, else a table and one byte at a time: enough
// for reading a log that another machine wrote.
#include "engine/journal/checksum.h"

#include <zlib.h>

#include <array>
#include <cstddef>
#include <cstring>

namespace tripgate {
namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;  // of Castagnoli, bits reversed

constexpr std::array<std::uint32_t, 256> kTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1) != 0 ? kPolynomial : 0);
    table[byte] = rest;
  }
  return table;
}();

std::uint32_t by_table(std::uint32_t sum, std::string_view bytes) noexcept {
  for (const char c : bytes) {
    sum = (sum >> 8) ^ kTable[(sum ^ static_cast<unsigned char>(c)) & 0xff];
  }
  return sum;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::uint32_t sum,
                                                               std::string_view bytes) noexcept {
  std::uint64_t wide = sum;
  while (bytes.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof(word));
    wide = __builtin_ia32_crc32di(wide, word);
    bytes.remove_prefix(sizeof(word));
  }
  return by_table(static_cast<std::uint32_t>(wide), bytes);
}
#endif

}  // namespace

std::uint32_t crc32(std::string_view bytes) noexcept {
  return static_cast<std::uint32_t>(
      ::crc32_z(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

bool is_crc32c_fast() noexcept {
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
  return has_instruction;
#else
  return false;
#endif
}

std::uint32_t crc32c(std::string_view bytes) noexcept {
#if defined(__x86_64__)
  if (is_crc32c_fast()) return ~by_instruction(~std::uint32_t{0}, bytes);
#endif
  return ~by_table(~std::uint32_t{0}, bytes);
}

}  // namespace tripgate

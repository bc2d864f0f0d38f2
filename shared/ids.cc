// Parsing and printing of identifiers. No randomness is made here: callers bring it.
#include "shared/ids.h"

#include <array>
#include <cstring>

#include "shared/limits.h"

namespace tripgate {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The two digits of every byte.
constexpr std::array<std::array<char, 2>, 256> kHexPairs = [] {
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t byte = 0; byte < pairs.size(); ++byte) {
    pairs[byte] = {kHexDigits[byte >> 4], kHexDigits[byte & 15]};
  }
  return pairs;
}();

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_word_start(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

bool is_identifier(std::string_view text) noexcept {
  if (text.empty() || text.size() > limits::kIdentifierMaxSize) return false;
  if (!is_word_start(text.front())) return false;
  for (const char c : text) {
    if (!is_word_start(c) && !is_digit(c)) return false;
  }
  return true;
}

bool is_account_identifier(std::string_view text) noexcept {
  if (text.empty() || text.size() > limits::kIdentifierMaxSize) return false;
  for (const char c : text) {
    if (!is_word_start(c) && !is_digit(c) && c != '-') return false;
  }
  return true;
}

void print_hex(std::span<const std::uint8_t> bytes, std::span<char> out) noexcept {
  for (std::size_t i = 0; i < bytes.size() && 2 * i + 1 < out.size(); ++i) {
    std::memcpy(out.data() + 2 * i, kHexPairs[bytes[i]].data(), 2);
  }
}

bool parse_hex(std::string_view text, std::span<std::uint8_t> out) noexcept {
  if (text.size() != 2 * out.size()) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_value(text[2 * i]);
    const int low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

EventId EventId::make(std::uint32_t unix_seconds, std::uint64_t random) noexcept {
  EventId id;
  for (std::size_t i = 0; i < 4; ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(unix_seconds >> (24 - 8 * i));
  }
  for (std::size_t i = 0; i < 8; ++i) {
    id.bytes[4 + i] = static_cast<std::uint8_t>(random >> (56 - 8 * i));
  }
  return id;
}

std::optional<EventId> EventId::parse(std::string_view text) noexcept {
  EventId id;
  if (!parse_hex(text, id.bytes)) return std::nullopt;
  return id;
}

void EventId::print(std::span<char, kTextSize> out) const noexcept {
  print_hex(bytes, out);
}

Uuid Uuid::from_random(std::span<const std::uint8_t, kSize> random) noexcept {
  Uuid uuid;
  for (std::size_t i = 0; i < kSize; ++i) uuid.bytes[i] = random[i];
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0f) | 0x40);
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
  return uuid;
}

void Uuid::print_short(std::span<char, kShortTextSize> out) const noexcept {
  std::uint32_t bits = 0;
  int bit_count = 0;
  std::size_t at = 0;
  for (const std::uint8_t byte : bytes) {
    bits = bits << 8 | byte;
    bit_count += 8;
    while (bit_count >= 6) {
      bit_count -= 6;
      out[at++] = kBase64Url[bits >> bit_count & 63];
    }
  }
  out[at] = kBase64Url[bits << (6 - bit_count) & 63];
}

void Uuid::print_dashed(std::span<char, kDashedTextSize> out) const noexcept {
  std::size_t at = 0;
  for (std::size_t i = 0; i < kSize; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out[at++] = '-';
    std::memcpy(out.data() + at, kHexPairs[bytes[i]].data(), 2);
    at += 2;
  }
}

}  // namespace tripgate

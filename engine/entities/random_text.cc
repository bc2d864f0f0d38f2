// getrandom() never fails for so few bytes once the kernel's pool is seeded, except for signals.
#include "engine/entities/random_text.h"

#include <sys/random.h>

#include <array>
#include <cstdlib>
#include <span>

#include "shared/bytes.h"

namespace tripgate::entities {
namespace {

void fill_random(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno != EINTR) std::abort();  // A guessable secret is worse than no engine.
    if (got > 0) out = out.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace

std::string random_text(std::string_view alphabet, std::size_t size) {
  std::string text;
  std::array<std::uint8_t, 32> bytes{};
  while (text.size() < size) {
    fill_random(bytes);
    for (const std::uint8_t byte : bytes) {
      // Six bits at a time; values beyond the alphabet are drawn again, so that none is favoured.
      const std::size_t index = byte & 63U;
      if (index < alphabet.size() && text.size() < size) text.push_back(alphabet[index]);
    }
  }
  return text;
}

std::string new_webhook_token() {
  std::array<std::uint8_t, Uuid::kSize> random{};
  fill_random(random);
  std::array<char, Uuid::kShortTextSize> text{};
  Uuid::from_random(random).print_short(text);
  return {text.data(), text.size()};
}

TokenUuid new_token_uuid(UnixMs now_ms) {
  std::array<std::uint8_t, 8> random{};
  fill_random(random);
  const auto number = ByteReader(as_text(random)).get<std::uint64_t>();
  return TokenUuid::make(static_cast<std::uint32_t>(now_ms / 1000), number);
}

}  // namespace tripgate::entities

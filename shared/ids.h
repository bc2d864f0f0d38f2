// Identifiers that people choose, and the random ids that we make.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tripgate {

/// True for a pipeline, trigger, organisation or project identifier: a letter or `_`, then letters,
/// digits and `_`, at most 128 in all (triggers.md 7.2).
[[nodiscard]] bool is_identifier(std::string_view text) noexcept;

/// True for an account identifier: letters, digits, `_` and `-`, 1 to 128 of them.
[[nodiscard]] bool is_account_identifier(std::string_view text) noexcept;

/// The id of an event: 4 bytes of Unix seconds, most significant first, and 8 random ones. Printed
/// as 24 lower-case hexadecimal digits, so that text order is time order (triggers.md 1.12).
struct EventId {
  static constexpr std::size_t kSize = 12;
  static constexpr std::size_t kTextSize = 24;

  std::array<std::uint8_t, kSize> bytes{};

  /// unix_seconds: receive time. random: from a generator whose output nobody can predict.
  [[nodiscard]] static EventId make(std::uint32_t unix_seconds, std::uint64_t random) noexcept;

  /// Empty unless text is exactly 24 hexadecimal digits in lower case.
  [[nodiscard]] static std::optional<EventId> parse(std::string_view text) noexcept;

  void print(std::span<char, kTextSize> out) const noexcept;

  friend bool operator==(const EventId&, const EventId&) = default;
  friend auto operator<=>(const EventId&, const EventId&) = default;
};

/// The uuid inside an API key: 12 bytes, printed as 24 hexadecimal digits.
using TokenUuid = EventId;

/// A random (version 4) UUID: plan execution ids, node ids and webhook tokens (triggers.md 1.12).
struct Uuid {
  static constexpr std::size_t kSize = 16;
  static constexpr std::size_t kShortTextSize = 22;
  static constexpr std::size_t kDashedTextSize = 36;

  std::array<std::uint8_t, kSize> bytes{};

  /// Sets the version and variant bits on 16 random bytes.
  [[nodiscard]] static Uuid from_random(std::span<const std::uint8_t, kSize> random) noexcept;

  /// Base64 in the URL-safe alphabet without padding: 22 characters.
  void print_short(std::span<char, kShortTextSize> out) const noexcept;

  /// The usual form with dashes: 36 characters.
  void print_dashed(std::span<char, kDashedTextSize> out) const noexcept;

  friend bool operator==(const Uuid&, const Uuid&) = default;
};

/// Writes two lower-case hexadecimal digits per byte; out holds exactly twice as many characters.
void print_hex(std::span<const std::uint8_t> bytes, std::span<char> out) noexcept;

/// Reads lower-case hexadecimal digits; false unless text is exactly twice as long as out.
[[nodiscard]] bool parse_hex(std::string_view text, std::span<std::uint8_t> out) noexcept;

}  // namespace tripgate

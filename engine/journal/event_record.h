// How an event lies in the store: head and body, or the name of the body's file.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tripgate {

/// Views point into the bytes that were decoded.
struct EventRecord {
  std::string_view head_bytes;
  std::string_view body;       // inline body
  std::string_view body_file;  // name below bodies/; empty: the body is inline

  [[nodiscard]] std::size_t encoded_size() const noexcept;

  /// out: exactly encoded_size() bytes.
  void encode(std::span<char> out) const noexcept;

  /// Empty when the bytes are damaged or of another version.
  [[nodiscard]] static std::optional<EventRecord> decode(std::string_view bytes) noexcept;
};

}  // namespace tripgate

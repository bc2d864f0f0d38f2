// What is known of an event besides its body: travels in EVENT frames and is stored as it came.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "shared/api_key.h"
#include "shared/bytes.h"
#include "shared/ids.h"

namespace tripgate {

/// Version byte in front of an encoded head.
inline constexpr std::uint8_t kEventHeadVersion = 1;

/// Which form of the address was called (triggers.md 1.1).
enum class WebhookVersion : std::uint8_t { v1 = 1, v2 = 2, v3 = 3 };

/// Who sent a valid key. Everything is empty for an anonymous event.
struct Principal {
  PrincipalType type = PrincipalType::anonymous;
  TokenUuid token;              // of the key that was used
  std::string_view identifier;  // user id or service account identifier
  std::string_view username;
  std::string_view email;

  [[nodiscard]] bool is_anonymous() const noexcept { return type == PrincipalType::anonymous; }
};

/// One request header line. Secret headers carry the mask in place of their value.
struct EventHeader {
  std::string_view name;
  std::string_view value;
};

/// An event's head. Views borrow: from the request on the edge, from the encoded bytes in the
/// engine. Header lines are not a member because both sides only walk them once.
struct EventHead {
  EventId id;
  WebhookVersion version = WebhookVersion::v3;
  std::uint64_t received_at_ms = 0;  // Unix time of the worker
  std::uint64_t generation = 0;      // of the edge view that admitted the event
  std::uint64_t trigger_ref = 0;     // the token's trigger; 0 when the ids below select (v1, v2)
  std::uint64_t body_size = 0;       // bytes
  Principal principal;
  std::string_view account;
  std::string_view org;
  std::string_view project;
  std::optional<std::string_view> pipeline;  // empty optional: the parameter was absent
  std::optional<std::string_view> trigger;
  std::string_view peer;    // address of the client, as text
  std::string_view method;  // POST
  std::string_view query;   // raw, as received, without the question mark

  /// Bytes that encode_event_head will write for this head, without header lines.
  [[nodiscard]] std::size_t encoded_size() const noexcept;
};

/// Bytes that one header line takes in an encoded head.
[[nodiscard]] inline std::size_t encoded_size(const EventHeader& header) noexcept {
  return sizeof(std::uint16_t) + header.name.size() + sizeof(std::uint32_t) + header.value.size();
}

/// Writes everything but the header lines; follow it with exactly `header_count` calls of
/// encode_event_header on the same writer.
void encode_event_head(const EventHead& head, std::uint16_t header_count,
                       ByteWriter& writer) noexcept;
void encode_event_header(const EventHeader& header, ByteWriter& writer) noexcept;

/// A decoded head, and the place of its header lines.
struct DecodedEventHead {
  EventHead head;
  std::uint16_t header_count = 0;
  std::string_view header_bytes;  // exactly the encoded header lines

  /// Walks the header lines: `ByteReader(header_bytes)` and as many calls of this as header_count.
  [[nodiscard]] static EventHeader next_header(ByteReader& reader) noexcept;
};

/// Empty when the bytes are of another version, cut, too long or hold a value out of range.
[[nodiscard]] std::optional<DecodedEventHead> decode_event_head(std::string_view bytes) noexcept;

}  // namespace tripgate

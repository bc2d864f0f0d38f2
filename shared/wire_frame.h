// Frames between an nginx worker and the engine; wire_frame.md is the page about them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "shared/ids.h"

namespace tripgate {

/// Version that both sides of this source speak; HELLO and WELCOME carry it.
inline constexpr std::uint16_t kWireVersion = 1;

/// The first four bytes of HELLO's and WELCOME's payload: "TGW" and a line feed.
inline constexpr std::uint32_t kWireMagic = 0x0a574754;

/// What a frame says; the numbers are on the wire, never renumber.
enum class FrameType : std::uint8_t {
  hello = 1,      // worker: who I am, which versions I speak
  welcome = 2,    // engine: the version chosen, the first credit
  event = 3,      // worker: an admitted request, its body or the announcement of BODY frames
  body = 4,       // worker: the next piece of an event's body
  cancel = 5,     // worker: do not store the event, if you still can
  ack = 6,        // engine: these events are on disk
  ack_as = 7,     // engine: this event is on disk under the id of an earlier one
  nack = 8,       // engine: this event is certainly not stored, and why
  cancelled = 9,  // engine: the cancelled event is certainly not stored
  credit = 10,    // engine: so many more BODY bytes may be sent
};

/// In front of every payload: 16 bytes, little-endian.
struct FrameHeader {
  static constexpr std::size_t kSize = 16;

  std::uint32_t payload_size = 0;  // bytes that follow the header
  FrameType type = FrameType::hello;
  std::uint8_t flags = 0;
  std::uint64_t sequence = 0;  // the event's number on this connection, from 1; 0 in other frames

  void encode(std::span<std::uint8_t, kSize> out) const noexcept;

  /// Empty when the type is unknown, reserved bytes are set or the payload is larger than
  /// limits::kFrameMaxSize: the connection cannot go on.
  [[nodiscard]] static std::optional<FrameHeader> decode(
      std::span<const std::uint8_t, kSize> in) noexcept;
};

/// EVENT flag: the body follows in BODY frames of the same sequence number.
inline constexpr std::uint8_t kEventBodyFollows = 1;

/// EVENT flag: this event was sent before, on a connection that broke; look for its first copy.
inline constexpr std::uint8_t kEventResent = 2;

/// BODY flag: the body ends with this frame.
inline constexpr std::uint8_t kBodyEnds = 1;

/// EVENT's payload: the head's size in four bytes, the head (event_head.h), then the whole body
/// unless kEventBodyFollows is set. Views point into the payload that was decoded.
struct EventPayload {
  static constexpr std::size_t kPrefixSize = 4;

  std::string_view head;
  std::string_view body;

  /// Empty when the head's size is larger than what follows or than limits::kEventHeadMaxSize.
  [[nodiscard]] static std::optional<EventPayload> decode(std::string_view in) noexcept;
};

struct HelloPayload {
  static constexpr std::size_t kSize = 16;

  std::uint16_t version_min = kWireVersion;
  std::uint16_t version_max = kWireVersion;
  std::uint32_t worker_pid = 0;
  std::uint32_t edge_schema = 0;  // store_schema.h's version that the worker reads

  void encode(std::span<std::uint8_t, kSize> out) const noexcept;
  [[nodiscard]] static std::optional<HelloPayload> decode(std::string_view in) noexcept;
};

struct WelcomePayload {
  static constexpr std::size_t kSize = 12;

  std::uint16_t version = kWireVersion;
  std::uint32_t credit_bytes = 0;

  void encode(std::span<std::uint8_t, kSize> out) const noexcept;
  [[nodiscard]] static std::optional<WelcomePayload> decode(std::string_view in) noexcept;
};

/// Sequence numbers from first to last, both included.
struct SequenceRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;

  friend bool operator==(const SequenceRange&, const SequenceRange&) = default;
};

/// ACK's payload is a list of ranges, 16 bytes each, at most this many.
inline constexpr std::size_t kAckRangesMax = 4096;

void encode_range(const SequenceRange& range, std::span<std::uint8_t, 16> out) noexcept;

/// The range at `index` of an ACK's payload; empty behind the last one, or when the payload is no
/// list of ranges with first <= last.
[[nodiscard]] std::optional<SequenceRange> decode_range(std::string_view payload,
                                                        std::size_t index) noexcept;

/// Why an event was not stored. Views point into the payload that was decoded.
struct NackPayload {
  std::uint16_t http_status = 503;
  std::uint16_t retry_after_s = 0;  // 0: the answer carries no Retry-After
  std::string_view code;            // e.g. INVALID_TOKEN, at most 255 bytes
  std::string_view message;         // whole text of the answer, at most 64 kB

  /// Bytes written into out; 0 when it is too small.
  [[nodiscard]] std::size_t encode(std::span<std::uint8_t> out) const noexcept;
  [[nodiscard]] static std::optional<NackPayload> decode(std::string_view in) noexcept;
};

/// CREDIT's payload: four bytes.
[[nodiscard]] std::optional<std::uint32_t> decode_credit(std::string_view payload) noexcept;

/// ACK_AS's payload: the twelve bytes of the id to answer with.
[[nodiscard]] std::optional<EventId> decode_ack_as(std::string_view payload) noexcept;

}  // namespace tripgate

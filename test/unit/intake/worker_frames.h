// Frames as an nginx worker sends them, for tests of the engine's side.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "shared/bytes.h"
#include "shared/wire_frame.h"

namespace tripgate {

/// A whole frame.
inline std::string frame(FrameType type, std::uint64_t sequence, std::string_view payload,
                         std::uint8_t flags = 0) {
  std::array<std::uint8_t, FrameHeader::kSize> header{};
  FrameHeader{.payload_size = static_cast<std::uint32_t>(payload.size()),
              .type = type,
              .flags = flags,
              .sequence = sequence}
      .encode(header);
  return std::string(as_text(header)) + std::string(payload);
}

/// A worker's HELLO.
inline std::string hello(std::uint16_t version_min = kWireVersion,
                         std::uint16_t version_max = kWireVersion) {
  std::array<std::uint8_t, HelloPayload::kSize> payload{};
  HelloPayload{.version_min = version_min, .version_max = version_max}.encode(payload);
  return frame(FrameType::hello, 0, as_text(payload));
}

}  // namespace tripgate

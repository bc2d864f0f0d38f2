// Encoding and decoding of frames. Nothing here reads a socket: both sides bring the bytes.
#include "shared/wire_frame.h"

#include <algorithm>

#include "shared/bytes.h"
#include "shared/limits.h"

namespace tripgate {

void FrameHeader::encode(std::span<std::uint8_t, kSize> out) const noexcept {
  ByteWriter writer(out);
  writer.put(payload_size);
  writer.put(static_cast<std::uint8_t>(type));
  writer.put(flags);
  writer.put(std::uint16_t{0});
  writer.put(sequence);
}

std::optional<FrameHeader> FrameHeader::decode(std::span<const std::uint8_t, kSize> in) noexcept {
  ByteReader reader(as_text(in));
  FrameHeader header;
  header.payload_size = reader.get<std::uint32_t>();
  const auto type = reader.get<std::uint8_t>();
  header.type = static_cast<FrameType>(type);
  header.flags = reader.get<std::uint8_t>();
  const auto reserved = reader.get<std::uint16_t>();
  header.sequence = reader.get<std::uint64_t>();
  const bool is_known = type >= static_cast<std::uint8_t>(FrameType::hello) &&
                        type <= static_cast<std::uint8_t>(FrameType::credit);
  if (!is_known || reserved != 0 || header.payload_size > limits::kFrameMaxSize) {
    return std::nullopt;
  }
  return header;
}

std::optional<EventPayload> EventPayload::decode(std::string_view in) noexcept {
  ByteReader reader(in);
  EventPayload payload;
  const auto head_size = reader.get<std::uint32_t>();
  if (head_size > limits::kEventHeadMaxSize) return std::nullopt;
  payload.head = reader.get_bytes(head_size);
  payload.body = reader.get_bytes(reader.remaining());
  if (!reader.ok()) return std::nullopt;
  return payload;
}

void HelloPayload::encode(std::span<std::uint8_t, kSize> out) const noexcept {
  ByteWriter writer(out);
  writer.put(kWireMagic);
  writer.put(version_min);
  writer.put(version_max);
  writer.put(worker_pid);
  writer.put(edge_schema);
}

std::optional<HelloPayload> HelloPayload::decode(std::string_view in) noexcept {
  ByteReader reader(in);
  if (reader.get<std::uint32_t>() != kWireMagic) return std::nullopt;
  HelloPayload hello;
  hello.version_min = reader.get<std::uint16_t>();
  hello.version_max = reader.get<std::uint16_t>();
  hello.worker_pid = reader.get<std::uint32_t>();
  hello.edge_schema = reader.get<std::uint32_t>();
  if (!reader.ok() || hello.version_min > hello.version_max) return std::nullopt;
  return hello;
}

void WelcomePayload::encode(std::span<std::uint8_t, kSize> out) const noexcept {
  ByteWriter writer(out);
  writer.put(kWireMagic);
  writer.put(version);
  writer.put(std::uint16_t{0});
  writer.put(credit_bytes);
}

std::optional<WelcomePayload> WelcomePayload::decode(std::string_view in) noexcept {
  ByteReader reader(in);
  if (reader.get<std::uint32_t>() != kWireMagic) return std::nullopt;
  WelcomePayload welcome;
  welcome.version = reader.get<std::uint16_t>();
  const auto reserved = reader.get<std::uint16_t>();
  welcome.credit_bytes = reader.get<std::uint32_t>();
  if (!reader.ok() || reserved != 0) return std::nullopt;
  return welcome;
}

void encode_range(const SequenceRange& range, std::span<std::uint8_t, 16> out) noexcept {
  ByteWriter writer(out);
  writer.put(range.first);
  writer.put(range.last);
}

std::optional<SequenceRange> decode_range(std::string_view payload, std::size_t index) noexcept {
  constexpr std::size_t kRangeSize = 16;
  if (payload.size() % kRangeSize != 0 || index >= payload.size() / kRangeSize) {
    return std::nullopt;
  }
  ByteReader reader(std::string_view(payload.data() + index * kRangeSize, kRangeSize));
  SequenceRange range;
  range.first = reader.get<std::uint64_t>();
  range.last = reader.get<std::uint64_t>();
  if (range.first == 0 || range.first > range.last) return std::nullopt;
  return range;
}

std::size_t NackPayload::encode(std::span<std::uint8_t> out) const noexcept {
  ByteWriter writer(out);
  writer.put(http_status);
  writer.put(retry_after_s);
  writer.put_text<std::uint8_t>(code);
  writer.put_text<std::uint16_t>(message);
  return writer.ok() ? writer.size() : 0;
}

std::optional<NackPayload> NackPayload::decode(std::string_view in) noexcept {
  ByteReader reader(in);
  NackPayload nack;
  nack.http_status = reader.get<std::uint16_t>();
  nack.retry_after_s = reader.get<std::uint16_t>();
  nack.code = reader.get_text<std::uint8_t>();
  nack.message = reader.get_text<std::uint16_t>();
  if (!reader.done() || nack.http_status < 400 || nack.http_status > 599) return std::nullopt;
  return nack;
}

std::optional<std::uint32_t> decode_credit(std::string_view payload) noexcept {
  ByteReader reader(payload);
  const auto bytes = reader.get<std::uint32_t>();
  if (!reader.done()) return std::nullopt;
  return bytes;
}

std::optional<EventId> decode_ack_as(std::string_view payload) noexcept {
  if (payload.size() != EventId::kSize) return std::nullopt;
  EventId id;
  std::copy(payload.begin(), payload.end(), id.bytes.begin());
  return id;
}

}  // namespace tripgate

// The encoding of an event's head; wire_frame.md shows one byte by byte.
#include "shared/event_head.h"

#include <algorithm>

#include "shared/limits.h"

namespace tripgate {
namespace {

constexpr std::uint8_t kHasPipeline = 1;
constexpr std::uint8_t kHasTrigger = 2;

/// Version, flags, webhook version, principal type, id, four 64-bit numbers.
constexpr std::size_t kFixedSize = 4 + EventId::kSize + 4 * sizeof(std::uint64_t);

void put_id(const EventId& id, ByteWriter& writer) noexcept {
  writer.put_bytes(id.bytes.data(), id.bytes.size());
}

EventId get_id(ByteReader& reader) noexcept {
  EventId id;
  const std::string_view bytes = reader.get_bytes(EventId::kSize);
  std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  return id;
}

bool are_headers_whole(const DecodedEventHead& decoded) noexcept {
  ByteReader reader(decoded.header_bytes);
  for (std::uint16_t i = 0; i < decoded.header_count; ++i) {
    (void)DecodedEventHead::next_header(reader);
  }
  return reader.done();
}

}  // namespace

std::size_t EventHead::encoded_size() const noexcept {
  std::size_t size = kFixedSize + TokenUuid::kSize;
  for (const std::string_view text : {principal.identifier, principal.username, principal.email,
                                      account, org, project, pipeline.value_or(std::string_view()),
                                      trigger.value_or(std::string_view()), peer, method}) {
    size += sizeof(std::uint16_t) + text.size();
  }
  return size + sizeof(std::uint32_t) + query.size() + sizeof(std::uint16_t);
}

void encode_event_head(const EventHead& head, std::uint16_t header_count,
                       ByteWriter& writer) noexcept {
  writer.put(kEventHeadVersion);
  writer.put(static_cast<std::uint8_t>((head.pipeline ? kHasPipeline : 0) |
                                       (head.trigger ? kHasTrigger : 0)));
  writer.put(static_cast<std::uint8_t>(head.version));
  writer.put(static_cast<std::uint8_t>(head.principal.type));
  put_id(head.id, writer);
  writer.put(head.received_at_ms);
  writer.put(head.generation);
  writer.put(head.trigger_ref);
  writer.put(head.body_size);
  put_id(head.principal.token, writer);
  for (const std::string_view text :
       {head.principal.identifier, head.principal.username, head.principal.email, head.account,
        head.org, head.project, head.pipeline.value_or(std::string_view()),
        head.trigger.value_or(std::string_view()), head.peer, head.method}) {
    writer.put_text<std::uint16_t>(text);
  }
  writer.put_text<std::uint32_t>(head.query);
  writer.put(header_count);
}

void encode_event_header(const EventHeader& header, ByteWriter& writer) noexcept {
  writer.put_text<std::uint16_t>(header.name);
  writer.put_text<std::uint32_t>(header.value);
}

EventHeader DecodedEventHead::next_header(ByteReader& reader) noexcept {
  EventHeader header;
  header.name = reader.get_text<std::uint16_t>();
  header.value = reader.get_text<std::uint32_t>();
  return header;
}

std::optional<DecodedEventHead> decode_event_head(std::string_view bytes) noexcept {
  ByteReader reader(bytes);
  DecodedEventHead decoded;
  EventHead& head = decoded.head;
  if (reader.get<std::uint8_t>() != kEventHeadVersion) return std::nullopt;
  const auto flags = reader.get<std::uint8_t>();
  const auto version = reader.get<std::uint8_t>();
  const auto principal_type = reader.get<std::uint8_t>();
  if (flags > (kHasPipeline | kHasTrigger) || version < 1 || version > 3 || principal_type > 2) {
    return std::nullopt;
  }
  head.version = static_cast<WebhookVersion>(version);
  head.principal.type = static_cast<PrincipalType>(principal_type);
  head.id = get_id(reader);
  head.received_at_ms = reader.get<std::uint64_t>();
  head.generation = reader.get<std::uint64_t>();
  head.trigger_ref = reader.get<std::uint64_t>();
  head.body_size = reader.get<std::uint64_t>();
  head.principal.token = get_id(reader);
  head.principal.identifier = reader.get_text<std::uint16_t>();
  head.principal.username = reader.get_text<std::uint16_t>();
  head.principal.email = reader.get_text<std::uint16_t>();
  head.account = reader.get_text<std::uint16_t>();
  head.org = reader.get_text<std::uint16_t>();
  head.project = reader.get_text<std::uint16_t>();
  const std::string_view pipeline = reader.get_text<std::uint16_t>();
  const std::string_view trigger = reader.get_text<std::uint16_t>();
  if ((flags & kHasPipeline) != 0) head.pipeline = pipeline;
  if ((flags & kHasTrigger) != 0) head.trigger = trigger;
  head.peer = reader.get_text<std::uint16_t>();
  head.method = reader.get_text<std::uint16_t>();
  head.query = reader.get_text<std::uint32_t>();
  decoded.header_count = reader.get<std::uint16_t>();
  decoded.header_bytes = reader.get_bytes(reader.remaining());
  if (!reader.ok() || decoded.header_count > limits::kHeaderCountMax ||
      head.body_size > limits::kBodyMaxSize || !are_headers_whole(decoded)) {
    return std::nullopt;
  }
  return decoded;
}

}  // namespace tripgate

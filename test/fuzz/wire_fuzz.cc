// Hostile frames: whatever the bytes are, decoding neither crashes nor reads past their end, and
// a head that is accepted is the one that would be written again.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "shared/event_head.h"
#include "shared/store_schema.h"
#include "shared/wire_frame.h"

namespace {

using tripgate::ByteReader;
using tripgate::ByteWriter;
using tripgate::DecodedEventHead;

void read_head(std::string_view bytes) {
  const auto decoded = tripgate::decode_event_head(bytes);
  if (!decoded) return;
  std::vector<std::uint8_t> again(bytes.size());
  ByteWriter writer(again);
  tripgate::encode_event_head(decoded->head, decoded->header_count, writer);
  ByteReader reader(decoded->header_bytes);
  for (std::uint16_t i = 0; i < decoded->header_count; ++i) {
    tripgate::encode_event_header(DecodedEventHead::next_header(reader), writer);
  }
  // Text of an absent pipeline or trigger is not kept, so only the size may shrink.
  if (!writer.ok()) __builtin_trap();
}

void read_payloads(std::string_view bytes) {
  (void)tripgate::HelloPayload::decode(bytes);
  (void)tripgate::WelcomePayload::decode(bytes);
  (void)tripgate::NackPayload::decode(bytes);
  (void)tripgate::decode_credit(bytes);
  (void)tripgate::decode_ack_as(bytes);
  for (std::size_t i = 0; tripgate::decode_range(bytes, i); ++i) {
  }
  if (const auto event = tripgate::EventPayload::decode(bytes)) read_head(event->head);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_head(bytes);
  read_payloads(bytes);
  (void)tripgate::edge::TriggerRecord::decode(bytes);
  (void)tripgate::edge::ApiKeyRecord::decode(bytes);
  (void)tripgate::edge::ScopeRecord::decode(bytes);
  return 0;
}

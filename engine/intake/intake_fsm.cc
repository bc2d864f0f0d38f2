// Every frame is checked against what may come next; the first one out of order ends the talk.
#include "engine/intake/intake_fsm.h"

#include "shared/limits.h"

namespace tripgate {

std::optional<IntakeFsm::Step> IntakeFsm::next(std::string_view bytes) {
  if (is_broken_ || bytes.size() < FrameHeader::kSize) return std::nullopt;
  const auto* start = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const std::optional<FrameHeader> header = FrameHeader::decode(
      std::span<const std::uint8_t, FrameHeader::kSize>(start, FrameHeader::kSize));
  Step step{IntakeBroken{"unknown frame"}, FrameHeader::kSize};
  if (header) {
    if (bytes.size() - FrameHeader::kSize < header->payload_size) return std::nullopt;
    const std::string_view payload = bytes.substr(FrameHeader::kSize, header->payload_size);
    step.consumed += header->payload_size;
    switch (header->type) {
      case FrameType::hello:
        step.action = take_hello(*header, payload);
        break;
      case FrameType::event:
        step.action = take_event(*header, payload);
        break;
      case FrameType::body:
        step.action = take_body(*header, payload);
        break;
      case FrameType::cancel:
        open_bodies_.erase(header->sequence);
        step.action = IntakeCancel{header->sequence};
        break;
      default:
        step.action = IntakeBroken{"a frame that only engines send"};
        break;
    }
    if (!is_greeted_) step.action = IntakeBroken{"a frame before HELLO"};
  }
  is_broken_ = std::holds_alternative<IntakeBroken>(step.action);
  return step;
}

IntakeAction IntakeFsm::take_hello(const FrameHeader& header, std::string_view payload) {
  const std::optional<HelloPayload> hello = HelloPayload::decode(payload);
  if (!hello || is_greeted_ || header.flags != 0) return IntakeBroken{"bad HELLO"};
  if (hello->version_min > kWireVersion || hello->version_max < kWireVersion) {
    return IntakeBroken{"no common version"};
  }
  is_greeted_ = true;
  return IntakeHello{*hello};
}

IntakeAction IntakeFsm::take_event(const FrameHeader& header, std::string_view payload) {
  if (header.sequence != last_sequence_ + 1) return IntakeBroken{"EVENT out of sequence"};
  if ((header.flags & ~(kEventBodyFollows | kEventResent)) != 0) {
    return IntakeBroken{"unknown EVENT flags"};
  }
  IntakeEvent event;
  event.sequence = last_sequence_ = header.sequence;
  event.is_resent = (header.flags & kEventResent) != 0;
  event.body_follows = (header.flags & kEventBodyFollows) != 0;
  const auto parts = EventPayload::decode(payload);
  const auto decoded = parts ? decode_event_head(parts->head) : std::nullopt;
  if (!decoded) return IntakeBroken{"bad EVENT head"};
  const std::uint64_t inline_size = event.body_follows ? 0 : decoded->head.body_size;
  if (parts->body.size() != inline_size) return IntakeBroken{"a body of another size"};
  event.head_bytes = parts->head;
  event.body = parts->body;
  event.decoded = *decoded;
  if (event.body_follows) open_bodies_.insert(event.sequence);
  return event;
}

IntakeAction IntakeFsm::take_body(const FrameHeader& header, std::string_view payload) {
  if (payload.size() > limits::kBodyPieceMaxSize || (header.flags & ~kBodyEnds) != 0) {
    return IntakeBroken{"bad BODY"};
  }
  if (header.sequence == 0 || header.sequence > last_sequence_) {
    return IntakeBroken{"BODY of no event"};
  }
  const bool ends = (header.flags & kBodyEnds) != 0;
  if (ends) open_bodies_.erase(header.sequence);
  return IntakeBody{header.sequence, payload, ends};
}

}  // namespace tripgate

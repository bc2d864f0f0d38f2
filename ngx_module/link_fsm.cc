// Incoming frames, time-outs and the book-keeping of events; link_output.cc writes frames.
#include "ngx_module/link_fsm.h"

#include <algorithm>
#include <cstring>

#include "shared/bytes.h"

namespace tripgate {

void LinkFsm::connected() noexcept {
  phase_ = Phase::greeting;
  owes_hello_ = true;
}

void LinkFsm::disconnected(std::uint64_t now_ms) noexcept {
  phase_ = Phase::down;
  owes_hello_ = must_close_ = false;
  last_sequence_ = credit_bytes_ = 0;
  cancel_first_ = cancel_count_ = input_size_ = 0;
  // What was sent before goes out first again, so that journal order stays near arrival order.
  LinkEventList again;
  requeue(sent_, again, now_ms);
  requeue(bodies_, again, now_ms);
  while (LinkEvent* event = waiting_.front()) {
    waiting_.remove(*event);
    again.push_back(*event);
  }
  waiting_ = again;
  for (LinkEvent* event = cancelling_.front(); event != nullptr; event = event->next) {
    unindex(*event);
  }
}

void LinkFsm::requeue(LinkEventList& from, LinkEventList& to, std::uint64_t now_ms) noexcept {
  while (LinkEvent* event = from.front()) {
    from.remove(*event);
    unindex(*event);
    if (event->hold_until_ms == 0) event->hold_until_ms = now_ms + times_.hold_ms;
    event->deadline_ms = event->hold_until_ms;
    event->state = LinkState::waiting;
    waiting_bytes_ += event->frame.size();
    to.push_back(*event);
  }
}

std::span<std::uint8_t> LinkFsm::input_space() noexcept {
  return {input_.data() + input_size_, input_.size() - input_size_};
}

bool LinkFsm::received(std::size_t size) noexcept {
  input_size_ += size;
  std::size_t at = 0;
  while (input_size_ - at >= FrameHeader::kSize) {
    const std::uint8_t* start = input_.data() + at;
    const auto header = FrameHeader::decode(
        std::span<const std::uint8_t, FrameHeader::kSize>(start, FrameHeader::kSize));
    if (!header || header->payload_size > kIncomingPayloadMax) return false;
    if (input_size_ - at - FrameHeader::kSize < header->payload_size) break;
    const std::span<const std::uint8_t> payload(start + FrameHeader::kSize, header->payload_size);
    if (!take_frame(*header, as_text(payload))) return false;
    at += FrameHeader::kSize + header->payload_size;
  }
  input_size_ -= at;
  if (at != 0) std::memmove(input_.data(), input_.data() + at, input_size_);
  return true;
}

bool LinkFsm::take_frame(const FrameHeader& header, std::string_view payload) noexcept {
  if (phase_ != Phase::up) {
    return phase_ == Phase::greeting && !owes_hello_ && header.type == FrameType::welcome &&
           take_welcome(payload);
  }
  switch (header.type) {
    case FrameType::ack:
      return take_ack(payload);
    case FrameType::ack_as:
      return take_ack_as(header.sequence, payload);
    case FrameType::nack:
      return take_nack(header.sequence, payload);
    case FrameType::credit:
      return take_credit(payload);
    case FrameType::cancelled:
      if (LinkEvent* event = find(header.sequence)) {
        settle(*event, {.outcome = LinkOutcome::cancelled, .id = event->id, .nack = {}});
      }
      return payload.empty() && header.sequence <= last_sequence_;
    default:
      return false;
  }
}

bool LinkFsm::take_welcome(std::string_view payload) noexcept {
  const std::optional<WelcomePayload> welcome = WelcomePayload::decode(payload);
  if (!welcome || welcome->version != kWireVersion) return false;
  credit_bytes_ = welcome->credit_bytes;
  phase_ = Phase::up;
  return true;
}

bool LinkFsm::take_ack(std::string_view payload) noexcept {
  std::size_t count = 0;
  while (const std::optional<SequenceRange> range = decode_range(payload, count)) {
    if (range->last > last_sequence_ || ++count > kAckRangesMax) return false;
    acknowledge(*range);
  }
  return count != 0 && count * 16 == payload.size();
}

void LinkFsm::acknowledge(const SequenceRange& range) noexcept {
  if (range.last - range.first <= in_flight_) {
    for (std::uint64_t sequence = range.first; sequence <= range.last; ++sequence) {
      if (LinkEvent* event = find(sequence)) {
        settle(*event, {.outcome = LinkOutcome::stored, .id = event->id, .nack = {}});
      }
    }
    return;
  }
  // A range wider than what is in flight spans answered events: walking those that are left is
  // shorter, and a wrong range cannot keep the worker busy.
  for (LinkEventList* list : {&sent_, &bodies_, &cancelling_}) acknowledge_listed(*list, range);
}

void LinkFsm::acknowledge_listed(LinkEventList& list, const SequenceRange& range) noexcept {
  for (walk_ = list.front(); walk_ != nullptr;) {
    LinkEvent& event = *walk_;
    walk_ = event.next;
    if (event.sequence >= range.first && event.sequence <= range.last) {
      settle(event, {.outcome = LinkOutcome::stored, .id = event.id, .nack = {}});
    }
  }
}

bool LinkFsm::take_ack_as(std::uint64_t sequence, std::string_view payload) noexcept {
  const std::optional<EventId> id = decode_ack_as(payload);
  if (!id || sequence == 0 || sequence > last_sequence_) return false;
  if (LinkEvent* event = find(sequence)) {
    settle(*event, {.outcome = LinkOutcome::stored, .id = *id, .nack = {}});
  }
  return true;
}

bool LinkFsm::take_nack(std::uint64_t sequence, std::string_view payload) noexcept {
  const std::optional<NackPayload> nack = NackPayload::decode(payload);
  if (!nack || sequence == 0 || sequence > last_sequence_) return false;
  if (LinkEvent* event = find(sequence)) {
    settle(*event, {.outcome = LinkOutcome::refused, .id = event->id, .nack = *nack});
  }
  return true;
}

bool LinkFsm::take_credit(std::string_view payload) noexcept {
  const std::optional<std::uint32_t> granted = decode_credit(payload);
  if (!granted) return false;
  credit_bytes_ += *granted;
  return true;
}

bool LinkFsm::add(LinkEvent& event, std::uint64_t now_ms) noexcept {
  if (in_flight_ >= limits::kLinkHeldRequestsMax ||
      waiting_bytes_ + event.frame.size() > limits::kLinkOutgoingMaxBytes ||
      memory_bytes_ + event.memory_size > limits::kLinkHeldBodyMaxBytes) {
    return false;
  }
  ++in_flight_;
  memory_bytes_ += event.memory_size;
  waiting_bytes_ += event.frame.size();
  event.deadline_ms = now_ms + times_.hold_ms;
  event.state = LinkState::waiting;
  waiting_.push_back(event);
  return true;
}

LinkEventList& LinkFsm::list_of(LinkState state) noexcept {
  switch (state) {
    case LinkState::body:
      return bodies_;
    case LinkState::sent:
      return sent_;
    case LinkState::cancelling:
      return cancelling_;
    default:
      return waiting_;
  }
}

void LinkFsm::move_to(LinkEvent& event, LinkState state) noexcept {
  list_of(event.state).remove(event);
  if (event.state == LinkState::waiting) waiting_bytes_ -= event.frame.size();
  event.state = state;
  list_of(state).push_back(event);
}

void LinkFsm::take_off(LinkEvent& event) noexcept {
  if (walk_ == &event) walk_ = event.next;
  list_of(event.state).remove(event);
  if (event.state == LinkState::waiting) waiting_bytes_ -= event.frame.size();
  unindex(event);
  --in_flight_;
  memory_bytes_ -= event.memory_size;
  event.state = LinkState::idle;
}

void LinkFsm::settle(LinkEvent& event, const LinkSettled& settled) noexcept {
  take_off(event);
  seams_.settle(event, settled);
}

void LinkFsm::drop(LinkEvent& event) noexcept {
  if (event.state == LinkState::idle) return;
  // The rest of the body goes with the request: the engine must not wait for it.
  if (event.state == LinkState::body) queue_cancel(event.sequence);
  take_off(event);
}

void LinkFsm::cancel(LinkEvent& event, std::uint64_t now_ms) noexcept {
  queue_cancel(event.sequence);
  event.deadline_ms = now_ms + kCancelGraceMs;
  move_to(event, LinkState::cancelling);
}

void LinkFsm::queue_cancel(std::uint64_t sequence) noexcept {
  if (cancel_count_ == cancels_.size()) {
    must_close_ = true;  // an engine that reads nothing; a new connection starts clean
    return;
  }
  cancels_[(cancel_first_ + cancel_count_) % cancels_.size()] = sequence;
  ++cancel_count_;
}

void LinkFsm::tick(std::uint64_t now_ms) noexcept {
  for (LinkEventList* list : {&waiting_, &bodies_, &sent_, &cancelling_}) expire(*list, now_ms);
}

void LinkFsm::expire(LinkEventList& list, std::uint64_t now_ms) noexcept {
  for (walk_ = list.front(); walk_ != nullptr;) {
    LinkEvent& event = *walk_;
    walk_ = event.next;
    if (event.deadline_ms <= now_ms) expire_one(event, now_ms);
  }
}

void LinkFsm::expire_one(LinkEvent& event, std::uint64_t now_ms) noexcept {
  if (event.state == LinkState::body || event.state == LinkState::sent) {
    cancel(event, now_ms);
    return;
  }
  const bool is_certain = event.state == LinkState::waiting && !event.was_sent;
  settle(event, {.outcome = is_certain ? LinkOutcome::never_sent : LinkOutcome::unknown,
                 .id = event.id,
                 .nack = {}});
}

void LinkFsm::index(LinkEvent& event) noexcept {
  LinkEvent*& bucket = buckets_[event.sequence & (kBucketCount - 1)];
  event.next_in_bucket = bucket;
  bucket = &event;
}

void LinkFsm::unindex(LinkEvent& event) noexcept {
  if (event.sequence == 0) return;
  LinkEvent** at = &buckets_[event.sequence & (kBucketCount - 1)];
  while (*at != &event) at = &(*at)->next_in_bucket;
  *at = event.next_in_bucket;
  event.sequence = 0;
}

LinkEvent* LinkFsm::find(std::uint64_t sequence) const noexcept {
  LinkEvent* event = buckets_[sequence & (kBucketCount - 1)];
  while (event != nullptr && event->sequence != sequence) event = event->next_in_bucket;
  return event;
}

}  // namespace tripgate

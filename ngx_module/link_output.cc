// The sending half of LinkFsm: which frame goes out next, and its bytes.
#include <algorithm>
#include <cstring>

#include "ngx_module/link_fsm.h"
#include "shared/store_schema.h"

namespace tripgate {

/// The room that is left in the caller's buffer.
struct LinkFsm::Output {
  std::span<std::uint8_t> room;
  std::size_t used = 0;

  [[nodiscard]] std::size_t left() const noexcept { return room.size() - used; }

  /// Writes a header and returns where its payload belongs; the caller has checked the room.
  std::uint8_t* put_header(const FrameHeader& header) noexcept {
    header.encode(
        std::span<std::uint8_t, FrameHeader::kSize>(room.data() + used, FrameHeader::kSize));
    std::uint8_t* payload = room.data() + used + FrameHeader::kSize;
    used += FrameHeader::kSize + header.payload_size;
    return payload;
  }
};

std::size_t LinkFsm::fill(std::span<std::uint8_t> out, std::uint64_t now_ms) noexcept {
  Output output{.room = out};
  if (phase_ == Phase::greeting && owes_hello_) put_hello(output);
  if (phase_ == Phase::up) {
    put_cancels(output);
    put_events(output, now_ms);
    put_body_piece(output, now_ms);
  }
  return output.used;
}

bool LinkFsm::put_hello(Output& out) noexcept {
  if (out.left() < FrameHeader::kSize + HelloPayload::kSize) return false;
  std::uint8_t* payload =
      out.put_header({.payload_size = HelloPayload::kSize, .type = FrameType::hello});
  HelloPayload{.worker_pid = worker_pid_, .edge_schema = edge::kSchemaVersion}.encode(
      std::span<std::uint8_t, HelloPayload::kSize>(payload, HelloPayload::kSize));
  owes_hello_ = false;
  return true;
}

void LinkFsm::put_cancels(Output& out) noexcept {
  while (cancel_count_ != 0 && out.left() >= FrameHeader::kSize) {
    out.put_header({.type = FrameType::cancel, .sequence = cancels_[cancel_first_]});
    cancel_first_ = (cancel_first_ + 1) % cancels_.size();
    --cancel_count_;
  }
}

void LinkFsm::put_events(Output& out, std::uint64_t now_ms) noexcept {
  while (LinkEvent* event = waiting_.front()) {
    if (out.left() < event->frame.size()) return;
    event->sequence = ++last_sequence_;
    index(*event);
    const int flags =
        (event->has_body_frames ? kEventBodyFollows : 0) | (event->was_sent ? kEventResent : 0);
    const std::size_t payload_size = event->frame.size() - FrameHeader::kSize;
    std::uint8_t* payload =
        out.put_header({.payload_size = static_cast<std::uint32_t>(payload_size),
                        .type = FrameType::event,
                        .flags = static_cast<std::uint8_t>(flags),
                        .sequence = event->sequence});
    std::memcpy(payload, event->frame.data() + FrameHeader::kSize, payload_size);
    event->was_sent = true;
    event->body_sent = 0;
    event->deadline_ms = now_ms + times_.timeout_ms;
    move_to(*event, event->has_body_frames ? LinkState::body : LinkState::sent);
  }
}

void LinkFsm::put_body_piece(Output& out, std::uint64_t now_ms) noexcept {
  LinkEvent* event = bodies_.front();
  if (event == nullptr || out.left() <= FrameHeader::kSize) return;
  const std::uint64_t left = event->body_size - event->body_sent;
  const std::uint64_t size = std::min<std::uint64_t>(
      {left, limits::kBodyPieceMaxSize, credit_bytes_, out.left() - FrameHeader::kSize});
  if (size == 0) return;
  const std::span<std::uint8_t> piece(out.room.data() + out.used + FrameHeader::kSize, size);
  if (!seams_.read_body(*event, event->body_sent, piece)) {
    cancel(*event, now_ms);
    return;
  }
  out.put_header({.payload_size = static_cast<std::uint32_t>(size),
                  .type = FrameType::body,
                  .flags = size == left ? kBodyEnds : std::uint8_t{0},
                  .sequence = event->sequence});
  credit_bytes_ -= size;
  event->body_sent += size;
  event->deadline_ms = now_ms + times_.timeout_ms;
  move_to(*event, size == left ? LinkState::sent : LinkState::body);
}

}  // namespace tripgate

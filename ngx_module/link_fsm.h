// The protocol of the engine link (shared/wire_frame.md) without a socket: bytes and times go in,
// bytes and settled events come out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "ngx_module/link_event.h"
#include "shared/limits.h"
#include "shared/wire_frame.h"

namespace tripgate {

/// What became of an event; decides the HTTP status (design section 1).
enum class LinkOutcome : std::uint8_t {
  stored,      // 200, under LinkSettled::id
  refused,     // the engine's own words, LinkSettled::nack
  cancelled,   // 503: the engine confirmed that it is not stored
  never_sent,  // 503: no engine came while it was held
  unknown,     // 504: it was sent and no answer came
};

struct LinkSettled {
  LinkOutcome outcome = LinkOutcome::unknown;
  EventId id;        // of the stored event, perhaps an earlier one's
  NackPayload nack;  // views are valid during the call only
};

/// What the machine asks of its owner; neither may be null.
struct LinkSeams {
  /// The event has settled and is off the link. May add and drop events.
  void (*settle)(LinkEvent& event, const LinkSettled& settled) noexcept = nullptr;

  /// Fills out with the body's bytes from offset on; false when they cannot be read.
  bool (*read_body)(LinkEvent& event, std::uint64_t offset,
                    std::span<std::uint8_t> out) noexcept = nullptr;
};

struct LinkTimes {
  std::uint64_t hold_ms = 5000;      // how long an event waits for an engine
  std::uint64_t timeout_ms = 10000;  // from sending until CANCEL
};

/// Milliseconds that an engine has to answer a CANCEL.
inline constexpr std::uint64_t kCancelGraceMs = 1000;

/// One link. All times are milliseconds of one monotonic clock.
class LinkFsm {
 public:
  LinkFsm(const LinkSeams& seams, const LinkTimes& times, std::uint32_t worker_pid) noexcept
      : seams_(seams), times_(times), worker_pid_(worker_pid) {}
  LinkFsm(const LinkFsm&) = delete;
  LinkFsm& operator=(const LinkFsm&) = delete;

  /// A connection stands: HELLO goes out first, events follow the engine's WELCOME.
  void connected() noexcept;

  /// The connection broke: what was not answered is sent again on the next one.
  void disconnected(std::uint64_t now_ms) noexcept;

  /// True between WELCOME and the end of the connection.
  [[nodiscard]] bool is_up() const noexcept { return phase_ == Phase::up; }

  /// Where received bytes belong, and how many arrived there. False: the engine breaks the
  /// protocol; the connection must be closed.
  [[nodiscard]] std::span<std::uint8_t> input_space() noexcept;
  [[nodiscard]] bool received(std::size_t size) noexcept;

  /// Copies whole frames to `out` (at least kOutputMinSize bytes): every small one that fits, then
  /// at most one piece of a body, so that no event waits for more than that. Returns the bytes.
  [[nodiscard]] std::size_t fill(std::span<std::uint8_t> out, std::uint64_t now_ms) noexcept;

  /// Takes an event; false beyond the bounds of limits.h, the event is then untouched.
  [[nodiscard]] bool add(LinkEvent& event, std::uint64_t now_ms) noexcept;

  /// Forgets an event whose request is gone; its answer will be ignored.
  void drop(LinkEvent& event) noexcept;

  /// Settles or cancels what waited too long; call it a few times per second while in_flight().
  void tick(std::uint64_t now_ms) noexcept;

  /// True when more cancels wait than fit: the engine reads nothing, the connection must be closed.
  [[nodiscard]] bool must_close() const noexcept { return must_close_; }

  [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }

  static constexpr std::size_t kOutputMinSize = limits::kFrameMaxSize;

 private:
  enum class Phase : std::uint8_t { down, greeting, up };

  /// Largest payload that an engine sends: an ACK of 4096 ranges, or a NACK.
  static constexpr std::size_t kIncomingPayloadMax = 66 * 1024;
  static constexpr std::size_t kBucketCount = 2 * limits::kLinkHeldRequestsMax;
  static_assert((kBucketCount & (kBucketCount - 1)) == 0, "buckets are chosen by masking");

  struct Output;

  [[nodiscard]] bool take_frame(const FrameHeader& header, std::string_view payload) noexcept;
  [[nodiscard]] bool take_welcome(std::string_view payload) noexcept;
  [[nodiscard]] bool take_ack(std::string_view payload) noexcept;
  [[nodiscard]] bool take_ack_as(std::uint64_t sequence, std::string_view payload) noexcept;
  [[nodiscard]] bool take_nack(std::uint64_t sequence, std::string_view payload) noexcept;
  [[nodiscard]] bool take_credit(std::string_view payload) noexcept;
  void acknowledge(const SequenceRange& range) noexcept;
  void acknowledge_listed(LinkEventList& list, const SequenceRange& range) noexcept;

  bool put_hello(Output& out) noexcept;
  void put_cancels(Output& out) noexcept;
  void put_events(Output& out, std::uint64_t now_ms) noexcept;
  void put_body_piece(Output& out, std::uint64_t now_ms) noexcept;

  [[nodiscard]] LinkEventList& list_of(LinkState state) noexcept;
  void move_to(LinkEvent& event, LinkState state) noexcept;
  void requeue(LinkEventList& from, LinkEventList& to, std::uint64_t now_ms) noexcept;
  void cancel(LinkEvent& event, std::uint64_t now_ms) noexcept;
  void queue_cancel(std::uint64_t sequence) noexcept;
  void take_off(LinkEvent& event) noexcept;
  void settle(LinkEvent& event, const LinkSettled& settled) noexcept;
  void expire(LinkEventList& list, std::uint64_t now_ms) noexcept;
  void expire_one(LinkEvent& event, std::uint64_t now_ms) noexcept;

  void index(LinkEvent& event) noexcept;
  void unindex(LinkEvent& event) noexcept;
  [[nodiscard]] LinkEvent* find(std::uint64_t sequence) const noexcept;

  LinkSeams seams_;
  LinkTimes times_;
  std::uint32_t worker_pid_;
  Phase phase_ = Phase::down;
  bool owes_hello_ = false;
  bool must_close_ = false;
  std::uint64_t last_sequence_ = 0;
  std::uint64_t credit_bytes_ = 0;
  std::size_t in_flight_ = 0;
  std::size_t memory_bytes_ = 0;   // of all events on the link
  std::size_t waiting_bytes_ = 0;  // of the frames in waiting_
  LinkEventList waiting_;
  LinkEventList bodies_;
  LinkEventList sent_;
  LinkEventList cancelling_;
  LinkEvent* walk_ = nullptr;     // where a walk goes on; a callback may take that event off
  std::size_t cancel_first_ = 0;  // ring of sequences whose CANCEL is to be sent
  std::size_t cancel_count_ = 0;
  std::size_t input_size_ = 0;
  std::array<std::uint64_t, limits::kLinkHeldRequestsMax> cancels_{};
  std::array<LinkEvent*, kBucketCount> buckets_{};
  std::array<std::uint8_t, FrameHeader::kSize + kIncomingPayloadMax> input_{};
};

}  // namespace tripgate

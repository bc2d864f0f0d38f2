// A worker's end of the link between hostile bytes and the engine's own state machine: whatever
// comes in, every event settles once and with an outcome that is true, and everything that goes out
// is a frame that an engine takes.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/intake/intake_fsm.h"
#include "ngx_module/link_fsm.h"
#include "shared/bytes.h"
#include "shared/event_head.h"

namespace {

using namespace tripgate;

void require(bool is_true) {
  if (!is_true) __builtin_trap();
}

constexpr std::size_t kCallCount = 24;

/// A request with its event, and what the world has seen of it.
struct Call {
  LinkEvent event;
  std::vector<std::uint8_t> frame;
  bool is_on_link = false;
  bool left = false;  // in an EVENT frame, since it was added
};

class Player {
 public:
  explicit Player(std::string_view script) : script_(script) { player = this; }
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;
  ~Player() { player = nullptr; }

  void play() {
    while (script_.ok() && script_.remaining() != 0) {
      play_one(script_.get<std::uint8_t>() % 8);
      check_count();
    }
    script_ = ByteReader({});
    break_connection();
    for (int i = 0; i < 2; ++i) link_->tick(now_ms_ += 1'000'000);
    check_count();
    require(link_->in_flight() == 0);
  }

 private:
  static inline Player* player = nullptr;  // the callbacks carry no context of their own
  static inline std::array<std::uint8_t, LinkFsm::kOutputMinSize> room{};

  static void settle(LinkEvent& event, const LinkSettled& settled) noexcept {
    player->on_settled(*static_cast<Call*>(event.owner), settled);
  }
  static bool read_body(LinkEvent& event, std::uint64_t offset,
                        std::span<std::uint8_t> out) noexcept {
    require(offset + out.size() <= event.body_size);
    std::ranges::fill(out, std::uint8_t{'b'});
    return player->script_.get<std::uint8_t>() != 255;
  }

  void play_one(unsigned choice) {
    switch (choice) {
      case 0:
        return connect();
      case 1:
        return break_connection();
      case 2:
        return add(chosen_call());
      case 3:
        return drop(chosen_call());
      case 4:
        link_->tick(now_ms_ += 40 * script_.get<std::uint8_t>());
        if (link_->must_close()) break_connection();
        return;
      case 5:
        return drain();
      case 6:
        return feed_frame();
      default:
        return feed(script_.get_bytes(
            std::min<std::size_t>(script_.get<std::uint8_t>(), script_.remaining())));
    }
  }

  Call& chosen_call() { return calls_[script_.get<std::uint8_t>() % kCallCount]; }

  void connect() {
    if (is_connected_) return;
    is_connected_ = true;
    engine_ = IntakeFsm();
    link_->connected();
  }

  void break_connection() {
    if (!is_connected_) return;
    is_connected_ = false;
    link_->disconnected(now_ms_);
  }

  void add(Call& call) {
    if (call.is_on_link) return;
    const std::uint64_t body_size = script_.get<std::uint8_t>() * std::uint64_t{1000};
    make_event(call, body_size);
    if (!link_->add(call.event, now_ms_)) return;
    call.is_on_link = true;
    call.left = false;
  }

  static void make_event(Call& call, std::uint64_t body_size) {
    EventHead head;
    head.body_size = body_size;
    const std::size_t head_size = head.encoded_size();
    call.frame.assign(FrameHeader::kSize + EventPayload::kPrefixSize + head_size, 0);
    ByteWriter writer(std::span(call.frame).subspan(FrameHeader::kSize));
    writer.put(static_cast<std::uint32_t>(head_size));
    encode_event_head(head, 0, writer);
    call.event = {.frame = call.frame,
                  .body_size = body_size,
                  .memory_size = call.frame.size(),
                  .has_body_frames = body_size != 0,
                  .owner = &call};
  }

  void drop(Call& call) {
    link_->drop(call.event);
    call.is_on_link = false;
  }

  void on_settled(Call& call, const LinkSettled& settled) {
    require(call.is_on_link && call.event.state == LinkState::idle);
    require(call.left == (settled.outcome != LinkOutcome::never_sent));
    call.is_on_link = false;
    // A request that ends may take others with it, and the next one comes on its connection.
    const auto more = script_.get<std::uint8_t>();
    if ((more & 1) != 0) drop(chosen_call());
    if ((more & 2) != 0) add(chosen_call());
  }

  void drain() {
    if (!is_connected_) return;
    while (const std::size_t size = link_->fill(room, now_ms_)) {
      std::string_view bytes = as_text(std::span(room).first(size));
      while (const auto step = engine_.next(bytes)) {
        require(!std::holds_alternative<IntakeBroken>(step->action));
        bytes.remove_prefix(step->consumed);
      }
      require(bytes.empty());
      note_who_left();
    }
  }

  void note_who_left() {
    for (Call& call : calls_) {
      if (call.is_on_link && call.event.was_sent) call.left = true;
    }
  }

  /// A frame that is well formed and may be out of place.
  void feed_frame() {
    std::array<std::uint8_t, 128> payload{};
    const auto type = static_cast<FrameType>(script_.get<std::uint8_t>() % 12);
    const std::uint64_t sequence = script_.get<std::uint8_t>() % 40;
    const std::size_t size = write_payload(type, sequence, payload);
    std::array<std::uint8_t, FrameHeader::kSize> header{};
    FrameHeader{
        .payload_size = static_cast<std::uint32_t>(size), .type = type, .sequence = sequence}
        .encode(header);
    feed(as_text(header));
    feed(as_text(std::span(payload).first(size)));
  }

  std::size_t write_payload(FrameType type, std::uint64_t sequence, std::span<std::uint8_t> out) {
    switch (type) {
      case FrameType::welcome:
        WelcomePayload{.credit_bytes = script_.get<std::uint32_t>()}.encode(
            out.first<WelcomePayload::kSize>());
        return WelcomePayload::kSize;
      case FrameType::ack:
        encode_range({sequence, sequence + script_.get<std::uint8_t>() % 8}, out.first<16>());
        return 16;
      case FrameType::nack:
        return NackPayload{.http_status = 503, .code = "STORE_FULL", .message = "m"}.encode(out);
      case FrameType::ack_as:
        return EventId::kSize;
      case FrameType::credit:
        out[1] = script_.get<std::uint8_t>();
        return 4;
      default:
        return 0;
    }
  }

  void feed(std::string_view bytes) {
    while (is_connected_ && !bytes.empty()) {
      const std::span<std::uint8_t> space = link_->input_space();
      require(!space.empty());
      const std::size_t size = std::min(space.size(), bytes.size());
      std::copy_n(bytes.begin(), size, space.begin());
      bytes.remove_prefix(size);
      if (!link_->received(size)) break_connection();
    }
  }

  void check_count() {
    const auto count = static_cast<std::size_t>(std::ranges::count_if(calls_, &Call::is_on_link));
    require(link_->in_flight() == count);
    for (const Call& call : calls_) {
      require(call.is_on_link == (call.event.state != LinkState::idle));
    }
  }

  ByteReader script_;
  std::uint64_t now_ms_ = 1;
  bool is_connected_ = false;
  std::array<Call, kCallCount> calls_;
  IntakeFsm engine_;
  std::unique_ptr<LinkFsm> link_ = std::make_unique<LinkFsm>(
      LinkSeams{.settle = settle, .read_body = read_body}, LinkTimes{}, 42);
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Player({reinterpret_cast<const char*>(data), size}).play();
  return 0;
}

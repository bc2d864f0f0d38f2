// The protocol of the engine link, played by hand.
#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include "ngx_module/link_fsm.h"
#include "shared/bytes.h"

// cmocka needs these four, and its macro `fail` must not meet the C++ library's headers.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

namespace tripgate {
namespace {

struct Fate {
  LinkEvent* event;
  LinkOutcome outcome;
  EventId id;
};

std::vector<Fate> fates;
bool is_body_readable = true;

void settle(LinkEvent& event, const LinkSettled& settled) noexcept {
  fates.push_back({&event, settled.outcome, settled.id});
}

bool read_body(LinkEvent& /*event*/, std::uint64_t offset, std::span<std::uint8_t> out) noexcept {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(offset + i);
  return is_body_readable;
}

/// An event with 8 bytes of payload; body bytes follow when body_size is not 0.
struct TestEvent {
  explicit TestEvent(std::uint8_t name, std::uint64_t body_size = 0) {
    event.id.bytes[0] = name;
    event.frame = bytes;
    event.body_size = body_size;
    event.has_body_frames = body_size != 0;
    event.memory_size = bytes.size();
  }

  std::array<std::uint8_t, FrameHeader::kSize + 8> bytes{};
  LinkEvent event;
};

struct Sent {
  FrameHeader header;
  std::size_t payload_size;
};

/// A link, and the engine's end of it.
struct Stand {
  Stand() {
    fates.clear();
    is_body_readable = true;
  }

  std::vector<Sent> drain(std::uint64_t now_ms = 0) {
    std::vector<Sent> frames;
    std::vector<std::uint8_t> room(LinkFsm::kOutputMinSize);
    while (const std::size_t size = fsm->fill(room, now_ms)) {
      for (std::size_t at = 0; at < size;) {
        const auto header = FrameHeader::decode(
            std::span<const std::uint8_t, FrameHeader::kSize>(&room[at], FrameHeader::kSize));
        frames.push_back({*header, header->payload_size});
        at += FrameHeader::kSize + header->payload_size;
      }
    }
    return frames;
  }

  bool feed(std::span<const std::uint8_t> bytes) {
    std::copy(bytes.begin(), bytes.end(), fsm->input_space().begin());
    return fsm->received(bytes.size());
  }

  bool feed_frame(FrameType type, std::uint64_t sequence, std::span<const std::uint8_t> payload) {
    std::vector<std::uint8_t> bytes(FrameHeader::kSize);
    FrameHeader{.payload_size = static_cast<std::uint32_t>(payload.size()),
                .type = type,
                .sequence = sequence}
        .encode(std::span<std::uint8_t, FrameHeader::kSize>(bytes.data(), FrameHeader::kSize));
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    return feed(bytes);
  }

  void bring_up(std::uint32_t credit = 1 << 20) {
    fsm->connected();
    drain();
    std::array<std::uint8_t, WelcomePayload::kSize> welcome{};
    WelcomePayload{.credit_bytes = credit}.encode(welcome);
    assert_true(feed_frame(FrameType::welcome, 0, welcome));
    assert_true(fsm->is_up());
  }

  bool ack(std::uint64_t first, std::uint64_t last) {
    std::array<std::uint8_t, 16> range{};
    encode_range({first, last}, range);
    return feed_frame(FrameType::ack, 0, range);
  }

  std::unique_ptr<LinkFsm> fsm =
      std::make_unique<LinkFsm>(LinkSeams{.settle = settle, .read_body = read_body},
                                LinkTimes{.hold_ms = 100, .timeout_ms = 200}, 42);
};

void refuses_frames_before_welcome(void** /*state*/) {
  Stand stand;
  assert_false(stand.ack(1, 1));
  stand.fsm->connected();
  assert_false(stand.ack(1, 1));
}

void refuses_welcome_before_hello(void** /*state*/) {
  Stand stand;
  stand.fsm->connected();
  std::array<std::uint8_t, WelcomePayload::kSize> welcome{};
  WelcomePayload{}.encode(welcome);
  assert_false(stand.feed_frame(FrameType::welcome, 0, welcome));
}

void refuses_what_no_engine_says(void** /*state*/) {
  const std::array<std::uint8_t, 12> twelve{};
  for (const FrameType type :
       {FrameType::hello, FrameType::event, FrameType::body, FrameType::cancel, FrameType::welcome,
        FrameType::ack, FrameType::ack_as, FrameType::nack, FrameType::credit}) {
    Stand stand;
    stand.bring_up();
    assert_false(stand.feed_frame(type, 1, twelve));
  }
}

void refuses_acknowledgement_of_what_was_not_sent(void** /*state*/) {
  Stand stand;
  stand.bring_up();
  assert_false(stand.ack(1, ~std::uint64_t{0}));
}

void greets_before_it_sends_events(void** /*state*/) {
  Stand stand;
  TestEvent one(1);
  assert_true(stand.fsm->add(one.event, 0));
  stand.fsm->connected();
  const std::vector<Sent> greeting = stand.drain();
  assert_int_equal(greeting.size(), 1);
  assert_true(greeting[0].header.type == FrameType::hello);
  assert_false(stand.fsm->is_up());
}

void settles_in_any_order_and_across_ranges(void** /*state*/) {
  Stand stand;
  stand.bring_up();
  std::vector<std::unique_ptr<TestEvent>> events;
  for (std::uint8_t i = 0; i < 9; ++i) {
    events.push_back(std::make_unique<TestEvent>(i));
    assert_true(stand.fsm->add(events.back()->event, 0));
  }
  assert_int_equal(stand.drain().size(), 9);
  assert_true(stand.ack(9, 9));
  assert_true(stand.ack(2, 4));
  assert_true(stand.ack(2, 4));  // answered before: ignored
  assert_int_equal(fates.size(), 4);
  assert_true(stand.ack(1, 9));
  assert_int_equal(fates.size(), 9);
  assert_int_equal(stand.fsm->in_flight(), 0);
  for (const Fate& fate : fates) assert_true(fate.outcome == LinkOutcome::stored);
}

void takes_input_one_byte_at_a_time(void** /*state*/) {
  Stand stand;
  TestEvent one(1);
  assert_true(stand.fsm->add(one.event, 0));
  stand.fsm->connected();
  std::vector<std::uint8_t> bytes(2 * FrameHeader::kSize + WelcomePayload::kSize + 16);
  ByteWriter writer(bytes);
  std::array<std::uint8_t, FrameHeader::kSize> header{};
  std::array<std::uint8_t, WelcomePayload::kSize> welcome{};
  std::array<std::uint8_t, 16> range{};
  FrameHeader{.payload_size = WelcomePayload::kSize, .type = FrameType::welcome}.encode(header);
  WelcomePayload{}.encode(welcome);
  writer.put_bytes(header.data(), header.size());
  writer.put_bytes(welcome.data(), welcome.size());
  FrameHeader{.payload_size = 16, .type = FrameType::ack}.encode(header);
  encode_range({1, 1}, range);
  writer.put_bytes(header.data(), header.size());
  writer.put_bytes(range.data(), range.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    assert_true(fates.empty());
    assert_true(stand.feed({&bytes[i], 1}));
    stand.drain();
  }
  assert_int_equal(fates.size(), 1);
}

void sends_again_with_flag_and_new_sequence(void** /*state*/) {
  Stand stand;
  stand.bring_up();
  TestEvent lost(1);
  TestEvent late(2);
  assert_true(stand.fsm->add(lost.event, 0));
  stand.drain();
  stand.fsm->disconnected(10);
  assert_true(stand.fsm->add(late.event, 11));
  stand.bring_up();
  const std::vector<Sent> again = stand.drain(20);
  assert_int_equal(again.size(), 2);
  assert_int_equal(again[0].header.flags, kEventResent);
  assert_int_equal(again[0].header.sequence, 1);
  assert_int_equal(again[1].header.flags, 0);
}

void never_sent_and_unknown_differ_when_hold_runs_out(void** /*state*/) {
  Stand stand;
  stand.bring_up();
  TestEvent sent(1);
  TestEvent held(2);
  assert_true(stand.fsm->add(sent.event, 0));
  stand.drain();
  stand.fsm->disconnected(50);
  assert_true(stand.fsm->add(held.event, 50));
  stand.fsm->tick(149);
  assert_true(fates.empty());
  stand.fsm->tick(150);
  assert_int_equal(fates.size(), 2);
  for (const Fate& fate : fates) {
    const bool was_sent = fate.event == &sent.event;
    assert_true(fate.outcome == (was_sent ? LinkOutcome::unknown : LinkOutcome::never_sent));
  }
}

void crash_loop_does_not_prolong_hold(void** /*state*/) {
  Stand stand;
  TestEvent one(1);
  assert_true(stand.fsm->add(one.event, 0));
  for (std::uint64_t now_ms = 0; now_ms <= 120; now_ms += 30) {
    stand.bring_up();
    stand.drain(now_ms);
    stand.fsm->disconnected(now_ms);
  }
  stand.fsm->tick(121);
  assert_int_equal(fates.size(), 1);
  assert_true(fates[0].outcome == LinkOutcome::unknown);
}

void cancels_after_timeout_then_gives_up(void** /*state*/) {
  Stand stand;
  stand.bring_up();
  TestEvent confirmed(1);
  TestEvent silent(2);
  assert_true(stand.fsm->add(confirmed.event, 0));
  assert_true(stand.fsm->add(silent.event, 0));
  stand.drain();
  stand.fsm->tick(200);
  const std::vector<Sent> cancels = stand.drain();
  assert_int_equal(cancels.size(), 2);
  assert_true(cancels[0].header.type == FrameType::cancel);
  assert_true(stand.feed_frame(FrameType::cancelled, 1, {}));
  assert_true(fates.back().outcome == LinkOutcome::cancelled);
  stand.fsm->tick(200 + kCancelGraceMs);
  assert_int_equal(fates.size(), 2);
  assert_true(fates.back().outcome == LinkOutcome::unknown);
}

void small_events_overtake_bodies_under_credit(void** /*state*/) {
  Stand stand;
  stand.bring_up(100'000);
  TestEvent large(1, 200'000);
  assert_true(stand.fsm->add(large.event, 0));
  std::vector<Sent> frames = stand.drain();
  assert_int_equal(frames.size(), 3);  // EVENT, one full piece, what credit is left
  assert_int_equal(frames[1].payload_size, limits::kBodyPieceMaxSize);
  assert_int_equal(frames[1].payload_size + frames[2].payload_size, 100'000);
  TestEvent small(2);
  assert_true(stand.fsm->add(small.event, 0));
  frames = stand.drain();
  assert_int_equal(frames.size(), 1);
  assert_int_equal(frames[0].header.sequence, 2);
  std::array<std::uint8_t, 4> credit{};
  ByteWriter(credit).put(std::uint32_t{1'000'000});
  assert_true(stand.feed_frame(FrameType::credit, 0, credit));
  frames = stand.drain();
  assert_int_equal(frames.back().header.flags, kBodyEnds);
}

void dropped_events_leave_nothing_behind(void** /*state*/) {
  Stand stand;
  stand.bring_up(10);
  TestEvent waiting(1);
  TestEvent body(2, 100);
  assert_true(stand.fsm->add(body.event, 0));
  stand.drain();
  assert_true(stand.fsm->add(waiting.event, 0));
  stand.fsm->drop(waiting.event);
  stand.fsm->drop(body.event);
  stand.fsm->drop(body.event);
  assert_int_equal(stand.fsm->in_flight(), 0);
  const std::vector<Sent> frames = stand.drain();
  assert_int_equal(frames.size(), 1);  // the rest of the body will not come
  assert_true(frames[0].header.type == FrameType::cancel);
  assert_true(stand.ack(1, 1));
  assert_true(fates.empty());
}

void unreadable_body_is_cancelled(void** /*state*/) {
  Stand stand;
  stand.bring_up();
  is_body_readable = false;
  TestEvent large(1, 100);
  assert_true(stand.fsm->add(large.event, 0));
  const std::vector<Sent> frames = stand.drain();
  assert_int_equal(frames.size(), 2);
  assert_true(frames[1].header.type == FrameType::cancel);
}

void takes_no_more_than_the_bounds(void** /*state*/) {
  Stand stand;
  std::vector<std::unique_ptr<TestEvent>> events;
  for (std::size_t i = 0; i < limits::kLinkHeldRequestsMax; ++i) {
    events.push_back(std::make_unique<TestEvent>(std::uint8_t{1}));
    assert_true(stand.fsm->add(events.back()->event, 0));
  }
  TestEvent more(2);
  assert_false(stand.fsm->add(more.event, 0));
  stand.fsm->drop(events[0]->event);
  more.event.memory_size = limits::kLinkHeldBodyMaxBytes;
  assert_false(stand.fsm->add(more.event, 0));
  more.event.memory_size = 1;
  assert_true(stand.fsm->add(more.event, 0));
}

}  // namespace
}  // namespace tripgate

int main() {
  using namespace tripgate;
  const CMUnitTest tests[] = {
      cmocka_unit_test(refuses_frames_before_welcome),
      cmocka_unit_test(refuses_welcome_before_hello),
      cmocka_unit_test(refuses_what_no_engine_says),
      cmocka_unit_test(refuses_acknowledgement_of_what_was_not_sent),
      cmocka_unit_test(greets_before_it_sends_events),
      cmocka_unit_test(settles_in_any_order_and_across_ranges),
      cmocka_unit_test(takes_input_one_byte_at_a_time),
      cmocka_unit_test(sends_again_with_flag_and_new_sequence),
      cmocka_unit_test(never_sent_and_unknown_differ_when_hold_runs_out),
      cmocka_unit_test(crash_loop_does_not_prolong_hold),
      cmocka_unit_test(cancels_after_timeout_then_gives_up),
      cmocka_unit_test(small_events_overtake_bodies_under_credit),
      cmocka_unit_test(dropped_events_leave_nothing_behind),
      cmocka_unit_test(unreadable_body_is_cancelled),
      cmocka_unit_test(takes_no_more_than_the_bounds),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}

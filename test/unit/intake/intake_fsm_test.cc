// The conversation of a worker's connection, played by hand.
#include "engine/intake/intake_fsm.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "shared/bytes.h"
#include "test/unit/intake/worker_frames.h"

namespace tripgate {
namespace {

std::string event(std::uint64_t sequence, std::string_view body, std::uint64_t body_size,
                  std::uint8_t flags = 0) {
  EventHead head;
  head.id = EventId::make(1, sequence);
  head.account = "demo";
  head.body_size = body_size;
  std::string bytes(head.encoded_size(), '\0');
  ByteWriter writer({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  encode_event_head(head, 0, writer);
  std::array<std::uint8_t, 4> size{};
  ByteWriter(size).put(static_cast<std::uint32_t>(bytes.size()));
  return frame(FrameType::event, sequence, std::string(as_text(size)) + bytes + std::string(body),
               flags);
}

/// Hands all bytes in and returns a word per action.
std::string talk(std::string_view bytes) {
  IntakeFsm fsm;
  std::string words;
  while (const auto step = fsm.next(bytes)) {
    bytes.remove_prefix(step->consumed);
    if (const auto* event = std::get_if<IntakeEvent>(&step->action)) {
      words += "event" + std::to_string(event->sequence) + "(" + std::string(event->body) + ") ";
    } else if (const auto* body = std::get_if<IntakeBody>(&step->action)) {
      words += std::string(body->ends ? "end(" : "body(") + std::string(body->piece) + ") ";
    } else if (std::holds_alternative<IntakeHello>(step->action)) {
      words += "hello ";
    } else if (std::holds_alternative<IntakeCancel>(step->action)) {
      words += "cancel ";
    } else {
      words += "broken ";
    }
  }
  return words;
}

TEST(IntakeFsm, RefusesWhatIsOutOfOrder) {
  EXPECT_EQ(talk(event(1, "", 0)), "broken ");
  EXPECT_EQ(talk(hello() + hello()), "hello broken ");
  EXPECT_EQ(talk(hello(kWireVersion + 1, kWireVersion + 2)), "broken ");
  EXPECT_EQ(talk(hello() + event(2, "", 0)), "hello broken ");
  EXPECT_EQ(talk(hello() + event(1, "", 0) + event(1, "", 0)), "hello event1() broken ");
  EXPECT_EQ(talk(hello() + frame(FrameType::body, 1, "x")), "hello broken ");
  EXPECT_EQ(talk(hello() + frame(FrameType::ack, 0, "")), "hello broken ");
  EXPECT_EQ(talk(hello() + event(1, "", 0, 0x80)), "hello broken ");
}

TEST(IntakeFsm, RefusesABodyOfAnotherSizeThanAnnounced) {
  EXPECT_EQ(talk(hello() + event(1, "abc", 2)), "hello broken ");
  EXPECT_EQ(talk(hello() + event(1, "a", 2)), "hello broken ");
  EXPECT_EQ(talk(hello() + event(1, "a", 2, kEventBodyFollows)), "hello broken ");
}

TEST(IntakeFsm, SaysNothingMoreOnceBroken) {
  EXPECT_EQ(talk(hello() + frame(FrameType::nack, 1, "") + event(1, "", 0)), "hello broken ");
}

TEST(IntakeFsm, TakesSmallEventsBetweenThePiecesOfALargeBody) {
  EXPECT_EQ(talk(hello() + event(1, "", 4, kEventBodyFollows) + frame(FrameType::body, 1, "ab") +
                 event(2, "small", 5) + frame(FrameType::body, 1, "cd", kBodyEnds) +
                 frame(FrameType::cancel, 2, "")),
            "hello event1() body(ab) event2(small) end(cd) cancel ");
}

TEST(IntakeFsm, YieldsTheSameHoweverTheBytesAreCut) {
  const std::string all = hello() + event(1, "body", 4) + event(2, "", 0);
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    IntakeFsm fsm;
    std::string_view rest = std::string_view(all).substr(0, cut);
    std::size_t done = 0;
    int count = 0;
    for (const std::size_t end : {cut, all.size()}) {
      rest = std::string_view(all).substr(done, end - done);
      while (const auto step = fsm.next(rest)) {
        ASSERT_FALSE(std::holds_alternative<IntakeBroken>(step->action)) << cut;
        rest.remove_prefix(step->consumed);
        done += step->consumed;
        ++count;
      }
    }
    EXPECT_EQ(count, 3) << cut;
    EXPECT_EQ(done, all.size());
  }
}

}  // namespace
}  // namespace tripgate

// An event's head as it travels and as it is stored: round trips, cuts, values out of range.
#include "shared/event_head.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "shared/limits.h"

namespace tripgate {
namespace {

EventHead sample() {
  EventHead head;
  head.id = EventId::make(0x632394c7, 0xb018985c661747be);
  head.version = WebhookVersion::v2;
  head.received_at_ms = 1663276236705;
  head.generation = 7;
  head.trigger_ref = 0;
  head.body_size = 17;
  head.principal = {.type = PrincipalType::service_account,
                    .token = EventId::make(1, 2),
                    .identifier = "sa1",
                    .username = "Deployer",
                    .email = "sa1@example.org"};
  head.account = "demo";
  head.org = "default";
  head.project = "demo";
  head.pipeline = "publish";
  head.trigger = "";  // given, but empty: not the same as absent
  head.peer = "127.0.0.1";
  head.method = "POST";
  head.query = "accountIdentifier=demo";
  return head;
}

const std::vector<EventHeader> kHeaders = {{"Host", "localhost"}, {"X-Empty", ""}};

std::string encoded(const EventHead& head, const std::vector<EventHeader>& headers) {
  std::size_t size = head.encoded_size();
  for (const EventHeader& header : headers) size += encoded_size(header);
  std::vector<std::uint8_t> bytes(size);
  ByteWriter writer(bytes);
  encode_event_head(head, static_cast<std::uint16_t>(headers.size()), writer);
  for (const EventHeader& header : headers) encode_event_header(header, writer);
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(writer.size(), size);  // encoded_size() is exact
  return std::string(as_text(bytes));
}

TEST(EventHead, ReadsWhatItWrote) {
  const EventHead head = sample();
  const std::string bytes = encoded(head, kHeaders);
  const auto decoded = decode_event_head(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->head.id, head.id);
  EXPECT_EQ(decoded->head.version, head.version);
  EXPECT_EQ(decoded->head.received_at_ms, head.received_at_ms);
  EXPECT_EQ(decoded->head.generation, head.generation);
  EXPECT_EQ(decoded->head.body_size, head.body_size);
  EXPECT_EQ(decoded->head.principal.type, head.principal.type);
  EXPECT_EQ(decoded->head.principal.token, head.principal.token);
  EXPECT_EQ(decoded->head.principal.email, head.principal.email);
  EXPECT_EQ(decoded->head.project, head.project);
  EXPECT_EQ(decoded->head.pipeline, head.pipeline);
  EXPECT_EQ(decoded->head.peer, head.peer);
  EXPECT_EQ(decoded->head.method, head.method);
  EXPECT_EQ(decoded->head.query, head.query);
  ByteReader reader(decoded->header_bytes);
  ASSERT_EQ(decoded->header_count, 2);
  for (const EventHeader& header : kHeaders) {
    const EventHeader read = DecodedEventHead::next_header(reader);
    EXPECT_EQ(read.name, header.name);
    EXPECT_EQ(read.value, header.value);
  }
  EXPECT_TRUE(reader.done());
}

TEST(EventHead, TellsAnEmptyParameterFromAnAbsentOne) {
  EventHead head = sample();
  head.pipeline.reset();
  const std::string bytes = encoded(head, {});
  const auto decoded = decode_event_head(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_FALSE(decoded->head.pipeline.has_value());
  ASSERT_TRUE(decoded->head.trigger.has_value());
  EXPECT_EQ(*decoded->head.trigger, "");
}

TEST(EventHead, RefusesEveryCutAndEverySurplus) {
  const std::string bytes = encoded(sample(), kHeaders);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_event_head(std::string_view(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_event_head(bytes + '\0'));
}

TEST(EventHead, RefusesValuesOutOfRange) {
  const std::string bytes = encoded(sample(), kHeaders);
  const std::vector<std::pair<std::size_t, char>> stray = {{0, 0}, {0, 2}, {1, 4}, {1, '\x80'},
                                                           {2, 0}, {2, 4}, {3, 3}, {3, '\xff'}};
  for (const auto& [place, value] : stray) {
    std::string other = bytes;
    other[place] = value;
    EXPECT_FALSE(decode_event_head(other)) << place << " " << int{value};
  }
}

TEST(EventHead, RefusesABodyOverTheBound) {
  EventHead head = sample();
  head.body_size = limits::kBodyMaxSize;
  EXPECT_TRUE(decode_event_head(encoded(head, {})));
  ++head.body_size;
  EXPECT_FALSE(decode_event_head(encoded(head, {})));
}

TEST(EventHead, RefusesMoreHeadersThanAllowed) {
  std::vector<EventHeader> headers(limits::kHeaderCountMax, EventHeader{"a", "b"});
  EXPECT_TRUE(decode_event_head(encoded(sample(), headers)));
  headers.push_back({"a", "b"});
  EXPECT_FALSE(decode_event_head(encoded(sample(), headers)));
}

TEST(EventHead, SurvivesEveryFlippedBit) {  // no crash, no read past the end (under ASan)
  const std::string bytes = encoded(sample(), kHeaders);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string other = bytes;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << (bit % 8)));
    const auto decoded = decode_event_head(other);
    if (!decoded) continue;
    EXPECT_LE(decoded->header_bytes.size(), other.size());
  }
}

TEST(EventHead, FailsToWriteTextThatIsTooLong) {
  EventHead head = sample();
  const std::string method(65536, 'M');
  head.method = method;
  std::vector<std::uint8_t> bytes(head.encoded_size());
  ByteWriter writer(bytes);
  encode_event_head(head, 0, writer);
  EXPECT_FALSE(writer.ok());
}

}  // namespace
}  // namespace tripgate

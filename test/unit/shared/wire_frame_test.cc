// Frames and their payloads: what was written is read, every cut and every stray bit is refused.
#include "shared/wire_frame.h"

#include <gtest/gtest.h>

#include <string>

#include "shared/bytes.h"
#include "shared/limits.h"

namespace tripgate {
namespace {

using HeaderBytes = std::array<std::uint8_t, FrameHeader::kSize>;

HeaderBytes encoded(const FrameHeader& header) {
  HeaderBytes bytes{};
  header.encode(bytes);
  return bytes;
}

template <class Payload>
std::string encoded_text(const Payload& payload) {
  std::array<std::uint8_t, Payload::kSize> bytes{};
  payload.encode(bytes);
  return std::string(as_text(bytes));
}

TEST(FrameHeader, ReadsEveryTypeItWrites) {
  for (std::uint8_t type = 1; type <= 10; ++type) {
    const FrameHeader header{.payload_size = limits::kFrameMaxSize,
                             .type = static_cast<FrameType>(type),
                             .flags = 0xa5,
                             .sequence = 0x0102030405060708};
    const auto decoded = FrameHeader::decode(encoded(header));
    ASSERT_TRUE(decoded) << int{type};
    EXPECT_EQ(decoded->payload_size, limits::kFrameMaxSize);
    EXPECT_EQ(decoded->type, header.type);
    EXPECT_EQ(decoded->flags, header.flags);
    EXPECT_EQ(decoded->sequence, header.sequence);
  }
}

TEST(FrameHeader, RefusesUnknownTypes) {
  HeaderBytes bytes = encoded({.type = FrameType::event});
  for (unsigned type = 0; type < 256; ++type) {
    bytes[4] = static_cast<std::uint8_t>(type);
    EXPECT_EQ(FrameHeader::decode(bytes).has_value(), type >= 1 && type <= 10) << type;
  }
}

TEST(FrameHeader, RefusesEveryReservedBit) {
  for (std::size_t bit = 0; bit < 16; ++bit) {
    HeaderBytes bytes = encoded({.type = FrameType::event});
    bytes[6 + bit / 8] = static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(FrameHeader::decode(bytes)) << bit;
  }
}

TEST(FrameHeader, RefusesAPayloadOverTheBound) {
  FrameHeader header{.payload_size = limits::kFrameMaxSize, .type = FrameType::event};
  EXPECT_TRUE(FrameHeader::decode(encoded(header)));
  ++header.payload_size;
  EXPECT_FALSE(FrameHeader::decode(encoded(header)));
  header.payload_size = ~0U;
  EXPECT_FALSE(FrameHeader::decode(encoded(header)));
}

TEST(Hello, RefusesCutsAndAnotherMagic) {
  const std::string text = encoded_text(
      HelloPayload{.version_min = 1, .version_max = 3, .worker_pid = 77, .edge_schema = 1});
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(HelloPayload::decode(std::string_view(text).substr(0, size))) << size;
  }
  for (std::size_t i = 0; i < 4; ++i) {
    std::string other = text;
    other[i] = static_cast<char>(other[i] ^ 1);
    EXPECT_FALSE(HelloPayload::decode(other)) << i;
  }
  const auto hello = HelloPayload::decode(text);
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->version_max, 3);
  EXPECT_EQ(hello->worker_pid, 77U);
  EXPECT_EQ(hello->edge_schema, 1U);
}

TEST(Hello, RefusesVersionsInTheWrongOrder) {
  EXPECT_FALSE(
      HelloPayload::decode(encoded_text(HelloPayload{.version_min = 2, .version_max = 1})));
}

TEST(Hello, TakesLongerPayloadsOfLaterVersions) {
  EXPECT_TRUE(HelloPayload::decode(encoded_text(HelloPayload{}) + "more"));
  EXPECT_TRUE(WelcomePayload::decode(encoded_text(WelcomePayload{}) + "more"));
}

TEST(Welcome, RefusesCutsAnotherMagicAndReservedBits) {
  const std::string text = encoded_text(WelcomePayload{.version = 1, .credit_bytes = 4096});
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(WelcomePayload::decode(std::string_view(text).substr(0, size))) << size;
  }
  for (const std::size_t i : {0U, 1U, 2U, 3U, 6U, 7U}) {
    std::string other = text;
    other[i] = static_cast<char>(other[i] ^ 1);
    EXPECT_FALSE(WelcomePayload::decode(other)) << i;
  }
  EXPECT_EQ(WelcomePayload::decode(text)->credit_bytes, 4096U);
}

std::string ranges(std::initializer_list<SequenceRange> list) {
  std::string text;
  for (const SequenceRange& range : list) {
    std::array<std::uint8_t, 16> bytes{};
    encode_range(range, bytes);
    text += as_text(bytes);
  }
  return text;
}

TEST(AckRanges, AreReadInTheirOrder) {
  const std::string text = ranges({{1, 1}, {3, 9}, {1ULL << 40, ~0ULL}});
  EXPECT_EQ(decode_range(text, 0), (SequenceRange{1, 1}));
  EXPECT_EQ(decode_range(text, 1), (SequenceRange{3, 9}));
  EXPECT_EQ(decode_range(text, 2), (SequenceRange{1ULL << 40, ~0ULL}));
  EXPECT_FALSE(decode_range(text, 3));
  EXPECT_FALSE(decode_range(text, ~std::size_t{0}));
}

TEST(AckRanges, RefuseZeroBackwardsAndCuts) {
  EXPECT_FALSE(decode_range(ranges({{0, 4}}), 0));
  EXPECT_FALSE(decode_range(ranges({{5, 4}}), 0));
  EXPECT_FALSE(decode_range("", 0));
  const std::string text = ranges({{1, 2}, {4, 5}});
  for (std::size_t size = 1; size < text.size(); ++size) {
    if (size % 16 == 0) continue;
    EXPECT_FALSE(decode_range(std::string_view(text).substr(0, size), 0)) << size;
  }
}

TEST(Nack, RefusesCutsSurplusAndStatusThatIsNoError) {
  NackPayload nack{.http_status = 503, .retry_after_s = 1, .code = "X", .message = "why"};
  std::array<std::uint8_t, 64> bytes{};
  const std::size_t size = nack.encode(bytes);
  const std::string text(as_text(bytes).substr(0, size));
  for (std::size_t cut = 0; cut < size; ++cut) {
    EXPECT_FALSE(NackPayload::decode(std::string_view(text).substr(0, cut))) << cut;
  }
  EXPECT_FALSE(NackPayload::decode(text + "x"));
  ASSERT_TRUE(NackPayload::decode(text));
  EXPECT_EQ(NackPayload::decode(text)->message, "why");
  EXPECT_EQ(NackPayload::decode(text)->retry_after_s, 1);
  for (const int status : {0, 200, 399, 600}) {
    nack.http_status = static_cast<std::uint16_t>(status);
    (void)nack.encode(bytes);
    EXPECT_FALSE(NackPayload::decode(as_text(bytes).substr(0, size))) << status;
  }
}

TEST(Nack, WritesNothingThatDoesNotFit) {
  const std::string code(256, 'c');
  std::array<std::uint8_t, 512> bytes{};
  EXPECT_EQ((NackPayload{.code = code, .message = ""}.encode(bytes)), 0U);
  EXPECT_EQ((NackPayload{.code = "c", .message = "m"}.encode(std::span(bytes).first(8))), 0U);
}

TEST(Credit, IsExactlyFourBytes) {
  EXPECT_EQ(decode_credit(std::string_view("\x00\x00\x01\x00", 4)), 65536U);
  for (const std::size_t size : {0U, 3U, 5U}) EXPECT_FALSE(decode_credit(std::string(size, '\1')));
}

TEST(AckAs, IsExactlyAnId) {
  EXPECT_EQ(decode_ack_as(std::string(12, '\1'))->bytes[11], 1);
  for (const std::size_t size : {0U, 11U, 13U})
    EXPECT_FALSE(decode_ack_as(std::string(size, '\1')));
}

}  // namespace
}  // namespace tripgate

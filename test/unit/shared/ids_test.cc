// Identifiers people choose and ids we make: what is refused, and that text order is time order.
#include "shared/ids.h"

#include <gtest/gtest.h>

#include <string>

#include "shared/limits.h"

namespace tripgate {
namespace {

std::string printed(const EventId& id) {
  std::array<char, EventId::kTextSize> text{};
  id.print(text);
  return {text.data(), text.size()};
}

TEST(Identifier, RefusesWhatIsNoWord) {
  const std::string longest(limits::kIdentifierMaxSize, 'a');
  for (const std::string& text :
       {std::string(), std::string("1a"), std::string("a-b"), std::string("a b"), std::string("a."),
        std::string("a$"), std::string("\xc3\xa4"), std::string("a\0b", 3), longest + "a"}) {
    EXPECT_FALSE(is_identifier(text)) << text;
  }
  for (const std::string& text :
       {std::string("a"), std::string("_"), std::string("A_9"), longest}) {
    EXPECT_TRUE(is_identifier(text)) << text;
  }
}

TEST(Identifier, AllowsDashAndLeadingDigitInAccountsOnly) {
  EXPECT_TRUE(is_account_identifier("7-px_d"));
  EXPECT_FALSE(is_identifier("7-px_d"));
  EXPECT_FALSE(is_account_identifier(""));
  EXPECT_FALSE(is_account_identifier("a.b"));
  EXPECT_FALSE(is_account_identifier(std::string(limits::kIdentifierMaxSize + 1, 'a')));
}

TEST(EventId, PrintsSecondsFirstAndReadsItself) {
  const EventId id = EventId::make(0x632394c7, 0xb018985c661747be);
  EXPECT_EQ(printed(id), "632394c7b018985c661747be");  // the documentation's sample
  EXPECT_EQ(EventId::parse("632394c7b018985c661747be"), id);
}

TEST(EventId, RefusesEveryOtherText) {
  for (const std::string_view text :
       {"", "632394c7b018985c661747b", "632394c7b018985c661747be0", "632394C7b018985c661747be",
        "632394c7b018985c661747bg", " 632394c7b018985c661747b", "632394c7-b018985c661747b"}) {
    EXPECT_FALSE(EventId::parse(text)) << text;
  }
}

TEST(EventId, SortsByTimeInBytesAndInText) {
  const EventId earlier = EventId::make(0x0fffffff, ~0ULL);
  const EventId later = EventId::make(0x10000000, 0);
  EXPECT_LT(earlier, later);
  EXPECT_LT(printed(earlier), printed(later));
}

TEST(Uuid, SetsVersionAndVariantWhateverTheBytes) {
  for (const int fill : {0x00, 0xff, 0xa5}) {
    std::array<std::uint8_t, Uuid::kSize> random{};
    random.fill(static_cast<std::uint8_t>(fill));
    const Uuid uuid = Uuid::from_random(random);
    std::array<char, Uuid::kDashedTextSize> text{};
    uuid.print_dashed(text);
    EXPECT_EQ(text[14], '4');
    EXPECT_NE(std::string_view("89ab").find(text[19]), std::string_view::npos);
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) EXPECT_EQ(text[dash], '-');
  }
}

TEST(Uuid, PrintsTheUrlSafeAlphabetWithoutPadding) {
  Uuid uuid;
  uuid.bytes = {0xfb, 0xff, 0xbf, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff};
  std::array<char, Uuid::kShortTextSize> text{};
  uuid.print_short(text);
  EXPECT_EQ(std::string(text.data(), text.size()), "-_-_AAAAAAAAAAAAAAAA_w");
}

TEST(Uuid, EndsInOneOfFourLetters) {
  for (unsigned last = 0; last < 256; ++last) {  // two bits are left for it (triggers.md 1.12)
    Uuid uuid;
    uuid.bytes[15] = static_cast<std::uint8_t>(last);
    std::array<char, Uuid::kShortTextSize> text{};
    uuid.print_short(text);
    EXPECT_NE(std::string_view("AQgw").find(text[21]), std::string_view::npos) << last;
  }
}

TEST(Hex, RefusesOtherSizesAndUpperCase) {
  std::array<std::uint8_t, 2> out{};
  EXPECT_FALSE(parse_hex("abc", out));
  EXPECT_FALSE(parse_hex("abcde", out));
  EXPECT_FALSE(parse_hex("ABCD", out));
  EXPECT_TRUE(parse_hex("0aff", out));
  EXPECT_EQ(out, (std::array<std::uint8_t, 2>{0x0a, 0xff}));
}

}  // namespace
}  // namespace tripgate

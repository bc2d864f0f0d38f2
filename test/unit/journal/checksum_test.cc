// Both checksums against what others have published.
#include "engine/journal/checksum.h"

#include <gtest/gtest.h>

#include <string>

namespace tripgate {
namespace {

TEST(Checksum, Crc32IsThatOfZlib) {
  EXPECT_EQ(crc32(""), 0U);
  EXPECT_EQ(crc32("123456789"), 0xcbf43926);
}

// RFC 3720 B.4; nine bytes are one word and a rest.
TEST(Checksum, Crc32cIsThatOfCastagnoli) {
  std::string ascending;
  for (char c = 0; c < 32; ++c) ascending += c;
  EXPECT_EQ(crc32c(""), 0U);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aa);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43);
  EXPECT_EQ(crc32c(ascending), 0x46dd794e);
}

}  // namespace
}  // namespace tripgate

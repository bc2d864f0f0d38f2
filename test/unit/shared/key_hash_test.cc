// SHA-256 against published vectors, and scopes that must not share a key.
#include "shared/key_hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "shared/ids.h"

namespace tripgate {
namespace {

std::string hex(std::span<const std::uint8_t> bytes) {
  std::string text(2 * bytes.size(), ' ');
  print_hex(bytes, text);
  return text;
}

class KeyHash : public testing::Test {
 protected:
  KeyHasher hasher_;
};

TEST_F(KeyHash, AgreesWithThePublishedVectors) {  // FIPS 180-4 examples
  EXPECT_EQ(hex(hasher_.hash("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(hasher_.hash("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(hasher_.hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_F(KeyHash, ForgetsTheTextBefore) {
  const Sha256Digest first = hasher_.hash("abc");
  (void)hasher_.hash("something else");
  EXPECT_EQ(hasher_.hash("abc"), first);
}

TEST_F(KeyHash, GivesNoTwoScopesTheSameKey) {
  const std::set<ScopeKey> keys = {
      hasher_.hash_scope("a", "b", "c"), hasher_.hash_scope("ab", "", "c"),
      hasher_.hash_scope("a", "bc", ""), hasher_.hash_scope("abc", "", ""),
      hasher_.hash_scope("", "", ""),    hasher_.hash_scope("a", "c", "b")};
  EXPECT_EQ(keys.size(), 6U);
}

TEST_F(KeyHash, KeepsTheScopeKeyThatStoresHold) {
  // SHA-256 over 04000000 "demo" 07000000 "default" 04000000 "demo", cut to 16 bytes.
  const std::string text("\4\0\0\0demo\7\0\0\0default\4\0\0\0demo", 27);
  EXPECT_EQ(hex(hasher_.hash_scope("demo", "default", "demo")),
            hex(hasher_.hash(text)).substr(0, 32));
}

TEST_F(KeyHash, ComparesEveryBit) {
  const Sha256Digest digest = hasher_.hash("abc");
  EXPECT_TRUE(constant_time_equal(digest, digest));
  for (std::size_t bit = 0; bit < 8 * digest.size(); ++bit) {
    Sha256Digest other = digest;
    other[bit / 8] = static_cast<std::uint8_t>(other[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_FALSE(constant_time_equal(digest, other)) << bit;
  }
}

}  // namespace
}  // namespace tripgate

// The text forms of an API key (triggers.md 4.3); a key that is nearly right is no key.
#include "shared/api_key.h"

#include <gtest/gtest.h>

#include <string>

#include "shared/limits.h"

namespace tripgate {
namespace {

const std::string kUuid = "63bc6f8bed8ecc38a51965ba";
const std::string kSecret = "qybothN6MJv6XETxKQjD";
const std::string kCurrent = "pat.px7xd_BFRCi-12345." + kUuid + "." + kSecret;
const std::string kOld = "sat." + kUuid + "." + kSecret;

TEST(ApiKey, ReadsTheCurrentForm) {
  const auto key = parse_api_key(kCurrent);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->type, PrincipalType::user);
  EXPECT_EQ(key->account, "px7xd_BFRCi-12345");
  EXPECT_EQ(key->uuid, *TokenUuid::parse(kUuid));
  EXPECT_EQ(key->secret, kSecret);
}

TEST(ApiKey, ReadsTheOldFormWithoutAccount) {
  const auto key = parse_api_key(kOld);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->type, PrincipalType::service_account);
  EXPECT_EQ(key->account, "");
  EXPECT_EQ(key->secret, kSecret);
}

TEST(ApiKey, RefusesWhatIsNearlyAKey) {
  const std::string tail = "." + kUuid + "." + kSecret;
  for (const std::string& text : {
           std::string(),
           std::string("."),
           std::string("..."),
           std::string("pat"),
           kCurrent + ".",
           kCurrent + "..",
           "." + kCurrent,  // dots around the key
           "pat" + std::string(".") + tail,
           "pat.a.b" + tail,  // an empty part, a fifth part
           "PAT" + tail,
           "pa" + tail,
           "patt" + tail,
           "jwt" + tail,
           tail,  // the prefix
           "pat.a b" + tail,
           "pat.\xc3\xa4" + tail,  // the account
           "pat." + kUuid.substr(1) + "." + kSecret,
           "pat." + kUuid + "0." + kSecret,
           "pat.63BC6F8BED8ECC38A51965BA." + kSecret,  // the uuid
           "pat." + kUuid,
           "pat." + kUuid + ".",
           "pat." + kUuid + "." + kSecret.substr(1),
           "pat." + kUuid + "." + kSecret + "a",
           "pat." + kUuid + ".qybothN6MJv6XETxKQj-",
           "pat." + kUuid + "." + kSecret + " ",
           " " + kOld,
           kOld + "," + kOld,
           kCurrent.substr(0, 10) + std::string(1, '\0') + kCurrent.substr(11),
       }) {
    EXPECT_FALSE(parse_api_key(text)) << text;
  }
}

TEST(ApiKey, RefusesEveryCutOfAKey) {
  for (std::size_t size = 0; size < kCurrent.size(); ++size) {
    EXPECT_FALSE(parse_api_key(std::string_view(kCurrent).substr(0, size))) << size;
  }
}

TEST(ApiKey, TakesTheLongestAccountAndNoLonger) {
  const std::string tail = "." + kUuid + "." + kSecret;
  EXPECT_TRUE(parse_api_key("pat." + std::string(limits::kIdentifierMaxSize, 'a') + tail));
  EXPECT_FALSE(parse_api_key("pat." + std::string(limits::kIdentifierMaxSize + 1, 'a') + tail));
  EXPECT_FALSE(parse_api_key("pat." + std::string(limits::kApiKeyTextMaxSize, 'a') + tail));
}

TEST(ApiKey, NamesEachType) {
  EXPECT_EQ(api_key_prefix(PrincipalType::user), "pat");
  EXPECT_EQ(api_key_prefix(PrincipalType::service_account), "sat");
  EXPECT_EQ(principal_type_word(PrincipalType::user), "USER");
  EXPECT_EQ(principal_type_word(PrincipalType::service_account), "SERVICE_ACCOUNT");
}

}  // namespace
}  // namespace tripgate

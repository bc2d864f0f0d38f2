// Records of the state store: the page's worked example, and bytes that are no record.
#include <gtest/gtest.h>

#include "engine/entities/entity_records.h"

namespace tripgate::entities {
namespace {

SettingRow example() {
  return {.scope = {"a", "", ""},
          .identifier = "mandate_custom_webhook_authorization",
          .value = true,
          .allows_overrides = true,
          .updated_at_ms = 1};
}

TEST(EntityRecords, EncodesTheWorkedExampleOfThePage) {
  const std::string expected(
      "\x01\x03\x01\0\0\0\0\0\0\0\x01\0\0\0"
      "a\0\0\0\0\0\0\0\0\x24\0\0\0",
      27);
  EXPECT_EQ(encode_setting(example()), expected + "mandate_custom_webhook_authorization");
}

TEST(EntityRecords, RefusesEveryCutAndOtherVersions) {
  Entity entity;
  entity.key = {EntityKind::trigger, {"a", "o", "p"}, "build", "t"};
  entity.ref = 7;
  entity.webhook_token = "token";
  TokenRow token;
  token.token.name = "ci";
  token.token.scope = {"a", "o", "p"};
  const auto check = [](const std::string& bytes, const auto& decode) {
    ASSERT_TRUE(decode(bytes));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(decode(std::string_view(bytes).substr(0, size))) << size;
    }
    EXPECT_FALSE(decode(bytes + '\0'));
    EXPECT_FALSE(decode('\x02' + bytes.substr(1)));
  };
  check(encode_entity(entity), decode_entity);
  check(encode_token(token), decode_token);
  check(encode_setting(example()), decode_setting);
  check(encode_scope({"a", "o", "p"}), decode_scope);
}

TEST(EntityRecords, LongestKeyFitsItsBound) {
  const std::string longest(limits::kIdentifierMaxSize, 'x');
  const Scope scope = {longest, longest, longest};
  EXPECT_EQ(entity_key({EntityKind::trigger, scope, longest, longest}).size(), kEntityKeyMaxSize);
}

}  // namespace
}  // namespace tripgate::entities

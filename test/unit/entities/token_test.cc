// The life of API tokens: what is refused, and until when an old secret works.
#include "test/unit/entities/entity_fixture.h"

#include "engine/base/errc.h"

namespace tripgate::entities {
namespace {

class TokenTest : public EntitiesTest {
 protected:
  std::string create(const std::string& name, Role role = Role::executor,
                     UnixMs expires_ms = kNever) {
    auto text = entities_->create_token({.type = PrincipalType::service_account,
                                         .name = name,
                                         .role = role,
                                         .scope = kProject,
                                         .expires_ms = expires_ms},
                                        kNow);
    EXPECT_TRUE(text);
    return text ? *text : "";
  }
  bool works(const std::string& key, UnixMs now_ms = kNow, std::string_view account = "acc") {
    const auto token = entities_->authenticate(key, account, now_ms);
    EXPECT_TRUE(token || token.error() == Errc::unauthorized);
    return token.has_value();
  }
};

TEST_F(TokenTest, EveryDefectOfAKeyIsUnauthorized) {
  const std::string key = create("ci");
  ASSERT_TRUE(works(key));
  std::string other_secret = key;
  other_secret.back() = key.back() == 'x' ? 'y' : 'x';
  std::string other_uuid = key;
  other_uuid[10] = key[10] == '0' ? '1' : '0';
  EXPECT_FALSE(works(""));
  EXPECT_FALSE(works("sat"));
  EXPECT_FALSE(works(key + "."));
  EXPECT_FALSE(works("pat" + key.substr(3)));
  EXPECT_FALSE(works(other_secret));
  EXPECT_FALSE(works(other_uuid));
  EXPECT_FALSE(works("sat.acc2" + key.substr(7)));
  EXPECT_FALSE(works("sat.acc2" + key.substr(7), kNow, "acc2"));
  EXPECT_FALSE(works(key, kNow, "acc2"));
  EXPECT_FALSE(works(key, kNow - 1));
}

TEST_F(TokenTest, AcceptsTheOldFormWithoutAccount) {
  const std::string key = create("ci");
  EXPECT_TRUE(works("sat" + key.substr(7)));
}

TEST_F(TokenTest, ExpiresStrictly) {
  const std::string key = create("ci", Role::viewer, kNow + 10);
  EXPECT_TRUE(works(key, kNow + 9));
  EXPECT_FALSE(works(key, kNow + 10));
  const auto late =
      entities_->create_token({.name = "late", .scope = kProject, .expires_ms = kNow}, kNow);
  EXPECT_FALSE(late);
}

TEST_F(TokenTest, NamesAreUniqueInTheAccount) {
  create("ci");
  const auto again = entities_->create_token({.name = "ci", .scope = kAccount}, kNow);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().message, "Try using different token name, [ci] already exists");
  EXPECT_TRUE(entities_->create_token({.name = "ci", .scope = {"acc2", "", ""}}, kNow));
}

TEST_F(TokenTest, RotationKeepsTheOldSecretUntilItsTime) {
  const std::string old_key = create("ci");
  const auto new_key = entities_->rotate_token("acc", "ci", kNow + 100, kNow);
  ASSERT_TRUE(new_key);
  EXPECT_NE(*new_key, old_key);
  EXPECT_TRUE(works(old_key, kNow + 99));
  EXPECT_TRUE(works(*new_key, kNow + 99));
  EXPECT_FALSE(works(old_key, kNow + 100));
  EXPECT_TRUE(works(*new_key, kNow + 100));
  const auto tokens = entities_->list_tokens("acc");
  ASSERT_EQ(tokens->size(), 2U);
  const Token& old = (*tokens)[0].is_rotated ? (*tokens)[0] : (*tokens)[1];
  EXPECT_TRUE(old.name.starts_with("rotated_"));
  EXPECT_EQ(old.name.size(), 23U);
  EXPECT_FALSE(entities_->rotate_token("acc", old.name, kNow, kNow));
  EXPECT_EQ(entities_->rotate_token("acc", "none", kNow, kNow).error().message,
            "No token present with identifier: none");
}

TEST_F(TokenTest, RevokedIsGoneAndItsNameIsFree) {
  const std::string key = create("ci");
  ASSERT_FALSE(entities_->revoke_token("acc", "ci"));
  EXPECT_FALSE(works(key));
  EXPECT_EQ(entities_->revoke_token("acc", "ci"), Errc::not_found);
  EXPECT_TRUE(works(create("ci")));
}

TEST_F(TokenTest, EdgeHoldsTheHashAndNeverTheSecret) {
  const std::string key = create("ci");
  const auto text = parse_api_key(key);
  ASSERT_TRUE(text);
  const auto bytes = edge_value(EdgeDatabase::api_key, token_key(text->uuid));
  ASSERT_TRUE(bytes);
  EXPECT_EQ(bytes->find(text->secret), std::string::npos);
  const auto record = edge::ApiKeyRecord::decode(*bytes);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->secret_hash, key_hasher().hash(text->secret));
  EXPECT_EQ(record->type, PrincipalType::service_account);
  EXPECT_TRUE(record->allows(edge::permission_execute, "default", "demo"));
  EXPECT_FALSE(record->allows(edge::permission_edit, "default", "demo"));
  EXPECT_FALSE(record->allows(edge::permission_execute, "default", "other"));
}

}  // namespace
}  // namespace tripgate::entities

// Admission judged again: each refusal with its exact text, in the order of the edge's.
#include "test/unit/entities/entity_fixture.h"

#include "engine/plan/setting_document.h"

namespace tripgate::entities {
namespace {

class JudgeTest : public EntitiesTest {
 protected:
  void SetUp() override {
    EntitiesTest::SetUp();
    ASSERT_TRUE(apply(pipeline_yaml("build") + "---\n" + trigger_yaml("t", "build")));
    trigger_ = find_trigger("t");
    head_.account = "acc";
    head_.org = "default";
    head_.project = "demo";
    head_.trigger_ref = trigger_.ref;
  }

  void use_key(Role role, const Scope& scope) {
    const auto key = entities_->create_token(
        {.type = PrincipalType::service_account, .name = "sa1", .role = role, .scope = scope},
        kNow);
    ASSERT_TRUE(key);
    head_.principal.type = PrincipalType::service_account;
    head_.principal.token = parse_api_key(*key)->uuid;
    head_.principal.identifier = "sa1";
  }

  void mandate() {
    ASSERT_TRUE(entities_->set_setting(plan::kMandateSetting, kAccount, "true", true, kNow));
  }

  /// "status code message", or "admitted".
  std::string judge() {
    const auto denial = entities_->judge(head_, kNow);
    if (!denial) return denial.error().message();
    if (!*denial) return "admitted";
    return std::to_string((*denial)->http_status) + " " + (*denial)->code + " " +
           (*denial)->message;
  }

  Entity trigger_;
  EventHead head_;
};

TEST_F(JudgeTest, AnonymousIsRefusedWhenKeysAreMandatory) {
  mandate();
  EXPECT_EQ(judge(),
            "400 INVALID_REQUEST Invalid request: Authorization is mandatory for custom triggers "
            "in acc:default:demo. Please add X-Api-Key header in the request");
  use_key(Role::executor, kProject);
  EXPECT_EQ(judge(), "admitted");
}

TEST_F(JudgeTest, RevokedKeyIsRefusedBeforeAnythingElse) {
  use_key(Role::executor, kProject);
  ASSERT_FALSE(entities_->revoke_token("acc", "sa1"));
  head_.trigger_ref = 12345;
  EXPECT_EQ(judge(), "401 INVALID_TOKEN Token is not valid.");
}

TEST_F(JudgeTest, KeyNeedsToExecuteInTheScope) {
  use_key(Role::executor, {"acc", "default", "other"});
  head_.pipeline = "build";
  EXPECT_EQ(judge(),
            "403 NG_ACCESS_DENIED Principal of type SERVICE_ACCOUNT with identifier sa1 : Missing "
            "permission core_pipeline_execute on pipeline with identifier build");
}

TEST_F(JudgeTest, ViewerMayNotExecute) {
  use_key(Role::viewer, kAccount);
  EXPECT_EQ(judge(),
            "403 NG_ACCESS_DENIED Principal of type SERVICE_ACCOUNT with identifier sa1 : Missing "
            "permission core_pipeline_execute on pipeline");
}

TEST_F(JudgeTest, DisabledDeletedAndWronglyNamedTriggersNameTheToken) {
  const std::string tail =
      "custom trigger found for the used custom webhook token: " + trigger_.webhook_token;
  head_.trigger = "other";
  EXPECT_EQ(judge(), "400 INVALID_REQUEST Invalid request: No " + tail);
  head_.trigger = "t";
  EXPECT_EQ(judge(), "admitted");
  ASSERT_TRUE(apply(trigger_yaml("t", "build", "false")));
  EXPECT_EQ(judge(), "400 INVALID_REQUEST Invalid request: No enabled " + tail);
  ASSERT_FALSE(entities_->erase(trigger_.key, kNow));
  EXPECT_EQ(judge(), "400 INVALID_REQUEST Invalid request: No " + tail);
}

TEST_F(JudgeTest, TokenlessAddressesSelectByIds) {
  head_.trigger_ref = 0;
  head_.pipeline = "absent";
  EXPECT_EQ(judge(),
            "400 INVALID_REQUEST Invalid request: No enabled custom trigger found for Account:acc, "
            "Org: default, Project: demo, Pipeline: absent");
  head_.pipeline = "build";
  EXPECT_EQ(judge(),
            "400 INVALID_REQUEST Invalid request: This webhook url is no longer supported for "
            "newly created custom webhook triggers. We are migrating to new webhook urls using "
            "custom webhook tokens in the url.");
  use_key(Role::executor, kProject);
  EXPECT_EQ(judge(), "admitted");
}

TEST_F(JudgeTest, EveryRelevantChangeMovesTheGeneration) {
  std::uint64_t last = entities_->current_generation();
  const auto moved = [&] { return std::exchange(last, entities_->current_generation()) != last; };
  mandate();
  EXPECT_TRUE(moved());
  use_key(Role::viewer, kProject);
  EXPECT_TRUE(moved());
  ASSERT_FALSE(entities_->revoke_token("acc", "sa1"));
  EXPECT_TRUE(moved());
  ASSERT_TRUE(apply(trigger_yaml("t", "build", "false")));
  EXPECT_TRUE(moved());
  ASSERT_FALSE(entities_->erase(trigger_.key, kNow));
  EXPECT_TRUE(moved());
}

}  // namespace
}  // namespace tripgate::entities

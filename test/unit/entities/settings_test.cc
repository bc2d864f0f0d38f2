// The matrix of triggers.md 5.2: who inherits what, who may write, what a ban removes.
#include "test/unit/entities/entity_fixture.h"

#include "engine/plan/setting_document.h"

namespace tripgate::entities {
namespace {

constexpr const char* kId = plan::kMandateSetting;
constexpr const char* kForbidden =
    "Setting- mandate_custom_webhook_authorization cannot be overridden at the current scope";

class SettingsTest : public EntitiesTest {
 protected:
  std::string set(const Scope& scope, const std::string& value, bool allows_overrides) {
    const auto written = entities_->set_setting(kId, scope, value, allows_overrides, kNow);
    return written ? "" : written.error().message;
  }
  bool value(const Scope& scope) { return entities_->setting(kId, scope)->value; }
};

TEST_F(SettingsTest, RefusesUnknownIdentifiersAndValues) {
  EXPECT_EQ(entities_->setting("nope", kOrg).error().message,
            "Setting [nope] is either invalid or is not applicable in scope [ORGANIZATION]");
  EXPECT_EQ(entities_->set_setting("nope", kOrg, "true", true, kNow).error().message,
            "Setting- nope does not exist");
  EXPECT_EQ(set(kOrg, "1", true), "Only boolean values are allowed. Received input [1]");
  EXPECT_EQ(set(kOrg, "", true), "Only boolean values are allowed. Received input []");
}

TEST_F(SettingsTest, NormalisesEverySpelling) {
  for (const char* word : {"true", "TRUE", "yes", "On", "t", "Y"}) {
    EXPECT_EQ(set(kProject, word, true), "");
    EXPECT_TRUE(value(kProject)) << word;
    EXPECT_EQ(set(kProject, "off", true), "");
    EXPECT_FALSE(value(kProject));
  }
}

/// Rows in the order of their writing, then the values at project, org and account.
struct Case {
  const char* claim;
  struct Write {
    int level;  // 0 account, 1 org, 2 project
    const char* value;
    bool allows_overrides;
    bool is_refused;
  };
  std::vector<Write> writes;
  bool project, org, account;
};

TEST_F(SettingsTest, FollowsTheMatrix) {
  const Case cases[] = {
      {"default is false", {}, false, false, false},
      {"account reaches down", {{0, "true", true, false}}, true, true, true},
      {"org overrides account",
       {{0, "true", true, false}, {1, "false", true, false}},
       false,
       false,
       true},
      {"project overrides org",
       {{1, "true", true, false}, {2, "false", true, false}},
       false,
       true,
       false},
      {"account ban refuses org",
       {{0, "true", false, false}, {1, "false", true, true}},
       true,
       true,
       true},
      {"account ban refuses project",
       {{0, "true", false, false}, {2, "false", true, true}},
       true,
       true,
       true},
      {"org ban refuses project",
       {{1, "true", false, false}, {2, "false", true, true}},
       true,
       true,
       false},
      {"account ban removes rows below",
       {{2, "false", true, false}, {1, "false", true, false}, {0, "true", false, false}},
       true,
       true,
       true},
      {"allowing again brings nothing back",
       {{2, "false", true, false}, {0, "true", false, false}, {0, "true", true, false}},
       true,
       true,
       true},
      {"org ban leaves account",
       {{0, "false", true, false}, {2, "false", true, false}, {1, "true", false, false}},
       true,
       true,
       false},
      {"nearest ancestor decides",
       {{0, "true", true, false},
        {1, "true", false, false},
        {0, "false", true, false},
        {2, "false", true, true}},
       true,
       true,
       false},
      {"project ban has nothing below", {{2, "true", false, false}}, true, false, false},
      {"own ban does not bind itself",
       {{1, "true", false, false}, {1, "false", true, false}},
       false,
       false,
       false},
  };
  const Scope levels[] = {kAccount, kOrg, kProject};
  for (const Case& each : cases) {
    SCOPED_TRACE(each.claim);
    for (const Scope& scope : levels) ASSERT_TRUE(entities_->restore_setting(kId, scope));
    for (const Case::Write& write : each.writes) {
      EXPECT_EQ(set(levels[write.level], write.value, write.allows_overrides),
                write.is_refused ? kForbidden : "");
    }
    EXPECT_EQ(value(kProject), each.project);
    EXPECT_EQ(value(kOrg), each.org);
    EXPECT_EQ(value(kAccount), each.account);
  }
}

TEST_F(SettingsTest, BanRemovesOnlyRowsOfItsOwnTree) {
  const Scope other_org = {"acc", "other", "demo"};
  const Scope other_account = {"acc2", "default", "demo"};
  ASSERT_EQ(set(other_org, "true", true), "");
  ASSERT_EQ(set(other_account, "true", true), "");
  ASSERT_EQ(set(kOrg, "false", false), "");
  EXPECT_TRUE(value(other_org));
  ASSERT_EQ(set(kAccount, "false", false), "");
  EXPECT_FALSE(value(other_org));
  EXPECT_TRUE(value(other_account));
}

TEST_F(SettingsTest, TellsWhereAValueComesFrom) {
  ASSERT_EQ(set(kAccount, "true", false), "");
  const auto view = entities_->setting(kId, kProject);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->source, SettingView::Source::account);
  EXPECT_TRUE(view->inherited_value);
  EXPECT_FALSE(view->is_editable);
}

TEST_F(SettingsTest, ReachesTheEdgeForEveryKnownScopeBelow) {
  ASSERT_FALSE(entities_->ensure_scope(kProject));
  ASSERT_EQ(set(kAccount, "true", true), "");
  for (const Scope& scope : {kAccount, kOrg, kProject}) {
    const auto bytes = edge_value(EdgeDatabase::scope, scope_hash(scope));
    ASSERT_TRUE(bytes);
    const auto row = edge::ScopeRecord::decode(*bytes);
    ASSERT_TRUE(row);
    EXPECT_TRUE(row->is_key_mandatory);
    EXPECT_EQ(row->project, scope.project);
  }
}

}  // namespace
}  // namespace tripgate::entities

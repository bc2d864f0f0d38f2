// Groups of approvers, from engine.yaml to the question who is in one.
#include "engine/run/user_groups.h"

#include <gtest/gtest.h>

#include "engine/config.h"

namespace tripgate {
namespace {

Result<Config, Diagnostic> config_of(const std::string& groups) {
  return parse_config("state_dir: /tmp/s\nuser_groups:\n" + groups, "/etc/engine.yaml");
}

TEST(UserGroups, RefusesNamesThatNoPipelineCouldWrite) {
  for (const char* name : {"a b", "project.ops", "org.", "account.a.b", "1ops"}) {
    const auto config = config_of("  \"" + std::string(name) + "\": [ada]\n");
    ASSERT_FALSE(config) << name;
    EXPECT_EQ(config.error().line, 3u);
    EXPECT_EQ(config.error().message,
              "user_groups: \"" + std::string(name) + "\" is no NAME, org.NAME or account.NAME");
  }
  EXPECT_FALSE(config_of("  ops: ada\n"));
}

TEST(UserGroups, KeepsScopesApart) {
  const auto config = config_of("  ops: [ada, bob]\n  account.ops: [carol]\n");
  ASSERT_TRUE(config) << config.error().message;
  const UserGroups& groups = config->user_groups;
  EXPECT_TRUE(groups.has_member("ops", "bob"));
  EXPECT_FALSE(groups.has_member("ops", "carol"));
  EXPECT_TRUE(groups.has_member("account.ops", "carol"));
  EXPECT_FALSE(groups.has_group("org.ops"));
  EXPECT_FALSE(groups.has_member("org.ops", "ada"));
}

TEST(UserGroups, EverybodyIsInTheGroupsOfAll) {
  const UserGroups groups;
  for (const char* name :
       {"_project_all_users", "org._organization_all_users", "account._account_all_users"}) {
    EXPECT_TRUE(groups.has_group(name));
    EXPECT_TRUE(groups.has_member(name, "mallory"));
  }
  EXPECT_FALSE(groups.has_group("_account_all_users"));
}

}  // namespace
}  // namespace tripgate

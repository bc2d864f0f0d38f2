// Records of the edge store: round trips, cuts, grants, and the order of trigger keys.
#include "shared/store_schema.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "shared/bytes.h"

namespace tripgate::edge {
namespace {

template <class Record>
std::string encoded(const Record& record) {
  std::vector<std::uint8_t> bytes(Record::kMaxSize);
  const std::size_t size = record.encode(bytes);
  EXPECT_NE(size, 0U);
  return std::string(as_text(bytes).substr(0, size));
}

template <class Record>
void expect_refusals(const std::string& bytes) {
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Record::decode(std::string_view(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(Record::decode(bytes + "x"));
  std::string newer = bytes;
  ++newer[0];
  EXPECT_FALSE(Record::decode(newer)) << "another version";
}

TriggerRecord trigger() {
  return {.trigger_ref = 9,
          .is_enabled = true,
          .has_token = true,
          .account = "demo",
          .org = "default",
          .project = "demo",
          .pipeline = "publish",
          .trigger = "on_call"};
}

ApiKeyRecord api_key() {
  ApiKeyRecord key{.type = PrincipalType::service_account,
                   .valid_from_ms = 5,
                   .expires_ms = 10,
                   .account = "demo",
                   .identifier = "sa1",
                   .username = "Deployer",
                   .email = "sa1@example.org",
                   .grant_count = 2};
  key.secret_hash.fill(0xab);
  key.grants[0] = {permission_view | permission_execute, "default", "demo"};
  key.grants[1] = {permission_view, "ops", ""};
  return key;
}

TEST(TriggerRecord, ReadsWhatItWroteAndRefusesCuts) {
  const std::string bytes = encoded(trigger());
  const auto read = TriggerRecord::decode(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->trigger_ref, 9U);
  EXPECT_TRUE(read->is_enabled);
  EXPECT_TRUE(read->has_token);
  EXPECT_EQ(read->account, "demo");
  EXPECT_EQ(read->org, "default");
  EXPECT_EQ(read->pipeline, "publish");
  EXPECT_EQ(read->trigger, "on_call");
  expect_refusals<TriggerRecord>(bytes);
}

TEST(TriggerRecord, RefusesTheReferenceZero) {
  TriggerRecord record = trigger();
  record.trigger_ref = 0;
  EXPECT_FALSE(TriggerRecord::decode(encoded(record)));
}

TEST(TriggerRecord, FitsItsBoundWithTheLongestIdentifiers) {
  const std::string longest(limits::kIdentifierMaxSize, 'a');
  const TriggerRecord record{.trigger_ref = ~0ULL,
                             .account = longest,
                             .org = longest,
                             .project = longest,
                             .pipeline = longest,
                             .trigger = longest};
  EXPECT_EQ(TriggerRecord::decode(encoded(record))->trigger, longest);
}

TEST(TriggerRecord, WritesNothingIntoTooLittleSpace) {
  std::vector<std::uint8_t> bytes(encoded(trigger()).size() - 1);
  EXPECT_EQ(trigger().encode(bytes), 0U);
}

TEST(ApiKeyRecord, ReadsWhatItWroteAndRefusesCuts) {
  const std::string bytes = encoded(api_key());
  const auto read = ApiKeyRecord::decode(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->type, PrincipalType::service_account);
  EXPECT_EQ(read->secret_hash, api_key().secret_hash);
  EXPECT_EQ(read->valid_from_ms, 5U);
  EXPECT_EQ(read->expires_ms, 10U);
  EXPECT_EQ(read->email, "sa1@example.org");
  ASSERT_EQ(read->grant_count, 2);
  EXPECT_EQ(read->grants[1].org, "ops");
  expect_refusals<ApiKeyRecord>(bytes);
}

TEST(ApiKeyRecord, RefusesAnonymousAndUnknownTypesAndTooManyGrants) {
  std::string bytes = encoded(api_key());
  for (const char type : {'\0', '\3', '\xff'}) {
    bytes[1] = type;
    EXPECT_FALSE(ApiKeyRecord::decode(bytes)) << int{type};
  }
  ApiKeyRecord key = api_key();
  key.grant_count = 0;
  bytes = encoded(key);
  bytes.back() = static_cast<char>(limits::kApiKeyGrantsMax + 1);
  bytes += std::string(3 * (limits::kApiKeyGrantsMax + 1), '\0');  // as many empty grants
  EXPECT_FALSE(ApiKeyRecord::decode(bytes));
}

TEST(ApiKeyRecord, AllowsOnlyWhatOneGrantHolds) {
  const ApiKeyRecord key = api_key();
  EXPECT_TRUE(key.allows(permission_execute, "default", "demo"));
  EXPECT_FALSE(key.allows(permission_execute, "default", "other"));
  EXPECT_FALSE(key.allows(permission_execute, "other", "demo"));
  EXPECT_FALSE(key.allows(permission_edit, "default", "demo"));
  EXPECT_TRUE(key.allows(permission_view, "ops", "anything"));
  EXPECT_FALSE(key.allows(permission_execute | permission_view, "ops", "x"));
  EXPECT_FALSE(key.allows(permission_view, "", "")) << "a project's grant says nothing above it";
  EXPECT_FALSE(ApiKeyRecord{}.allows(permission_view, "default", "demo")) << "no grants at all";
}

TEST(ScopeRecord, ReadsWhatItWroteAndRefusesCuts) {
  for (const bool is_mandatory : {false, true}) {
    const std::string bytes = encoded(ScopeRecord{
        .is_key_mandatory = is_mandatory, .account = "demo", .org = "default", .project = ""});
    const auto read = ScopeRecord::decode(bytes);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->is_key_mandatory, is_mandatory);
    EXPECT_EQ(read->org, "default");
    EXPECT_EQ(read->project, "");
    expect_refusals<ScopeRecord>(bytes);
  }
}

constexpr ScopeKey kScope = {1, 2, 3};

std::string key(std::optional<std::string_view> pipeline, std::optional<std::string_view> trigger) {
  const auto made = trigger_key(kScope, pipeline, trigger);
  return made ? std::string(made->view()) : "refused";
}

TEST(TriggerKey, OfAScopeAndAPipelineAreStartsOfTheFullKey) {
  const std::string full = key("publish", "on_call");
  EXPECT_TRUE(full.starts_with(key({}, {})));
  EXPECT_TRUE(full.starts_with(key("publish", {})));
  EXPECT_FALSE(full.starts_with(key("publis", {}))) << "the NUL ends a pipeline's name";
}

TEST(TriggerKey, KeepsThePipelinesOfOneNameTogether) {
  EXPECT_LT(key("a", "z"), key("a1", "a"));
  EXPECT_LT(key("a", "z"), key("ab", "a"));
  EXPECT_LT(key("a", "y"), key("a", "z"));
}

TEST(TriggerKey, RefusesWhatIsNoIdentifier) {
  for (const std::string_view bad : {"", "a-b", "a b", "1a"}) {
    EXPECT_EQ(key(bad, "t"), "refused") << bad;
    EXPECT_EQ(key("p", bad), "refused") << bad;
  }
  EXPECT_EQ(key(std::string(129, 'a'), "t"), "refused");
  const std::string longest(limits::kIdentifierMaxSize, 'a');
  EXPECT_EQ(key(longest, longest).size(), TriggerKey::kMaxSize);
}

}  // namespace
}  // namespace tripgate::edge

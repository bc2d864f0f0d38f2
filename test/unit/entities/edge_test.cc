// What the edge shows after changes, and after a crash between the two commits.
#include <sys/stat.h>

#include "test/unit/entities/entity_fixture.h"

namespace tripgate::entities {
namespace {

class EdgeTest : public EntitiesTest {
 protected:
  void SetUp() override {
    EntitiesTest::SetUp();
    ASSERT_TRUE(apply(pipeline_yaml("build") + "---\n" + trigger_yaml("t", "build")));
  }

  std::optional<std::string> token_value(const std::string& webhook_token) {
    return edge_value(EdgeDatabase::token, edge_token_key(webhook_token));
  }

  /// Leaves the edge as a crash would that came before its commit: older rows, older generation.
  void spoil_edge(const std::vector<EdgeWrite>& writes) {
    close();
    {
      auto edge = EdgeStore::open(edge_directory(), std::nullopt);
      ASSERT_TRUE(edge);
      ASSERT_FALSE(edge->write(writes, 0));
    }
    open();
  }

  unsigned mode(const std::string& path) {
    struct stat info {};
    EXPECT_EQ(::stat((edge_directory() + path).c_str(), &info), 0);
    return info.st_mode & 07777U;
  }
};

TEST_F(EdgeTest, HasTheModesThatWorkersNeed) {
  EXPECT_EQ(mode(""), 0750U);
  EXPECT_EQ(mode("/v1"), 0750U);
  EXPECT_EQ(mode("/v1/data.mdb"), 0640U);
  EXPECT_EQ(mode("/v1/lock.mdb"), 0660U);
}

TEST_F(EdgeTest, RefusesAnotherSchema) {
  close();
  {
    auto environment =
        lmdb::Environment::open(edge_directory() + "/v1",
                                {.map_size = edge::kMapSize, .max_databases = 5, .max_readers = 9});
    ASSERT_TRUE(environment);
    auto txn = environment->begin_write();
    auto meta = txn->open_database(edge::kMetaDatabase);
    ASSERT_FALSE(txn->put(*meta, edge::kMetaSchemaKey, std::string("\x09\0\0\0\0\0\0\0", 8)));
    ASSERT_FALSE(txn->commit());
  }
  EXPECT_FALSE(EdgeStore::open(edge_directory(), std::nullopt));
  std::filesystem::remove_all(edge_directory());
  open();
}

TEST_F(EdgeTest, ShowsTriggersByTokenAndByIds) {
  const Entity trigger = find_trigger("t");
  const auto by_token = token_value(trigger.webhook_token);
  const auto by_ids = edge_value(EdgeDatabase::trigger, edge_trigger_key(trigger.key));
  ASSERT_TRUE(by_token && by_ids);
  EXPECT_EQ(*by_token, *by_ids);
  const auto record = edge::TriggerRecord::decode(*by_token);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->trigger_ref, trigger.ref);
  EXPECT_TRUE(record->is_enabled);
  EXPECT_TRUE(record->has_token);
  EXPECT_EQ(record->pipeline, "build");
}

TEST_F(EdgeTest, ForgetsADeletedTrigger) {
  const Entity trigger = find_trigger("t");
  ASSERT_FALSE(entities_->erase(trigger.key, kNow));
  EXPECT_FALSE(token_value(trigger.webhook_token));
  EXPECT_FALSE(edge_value(EdgeDatabase::trigger, edge_trigger_key(trigger.key)));
}

TEST_F(EdgeTest, IsRebuiltAfterACrashBeforeItsCommit) {
  const Entity trigger = find_trigger("t");
  Entity stale = trigger;
  stale.ref = 99;
  stale.key.identifier = "gone";
  stale.webhook_token = "stale-token";
  std::vector<EdgeWrite> writes;
  remove_trigger_rows(trigger, writes);
  add_trigger_rows(stale, writes);
  writes.push_back(scope_row({"acc9", "", ""}, true));
  spoil_edge(writes);
  EXPECT_TRUE(token_value(trigger.webhook_token));
  EXPECT_FALSE(token_value("stale-token"));
  EXPECT_FALSE(edge_value(EdgeDatabase::trigger, edge_trigger_key(stale.key)));
  EXPECT_FALSE(edge_value(EdgeDatabase::scope, scope_hash({"acc9", "", ""})));
}

/// As a kill between the two commits leaves it, or a power cut: the edge of some changes ago.
class MissedChangesTest : public EdgeTest {
 protected:
  void keep_edge() {
    close();
    std::filesystem::copy(edge_directory(), directory_ + "/old", kAll);
    open();
  }

  void bring_back_edge() {
    close();
    std::filesystem::remove_all(edge_directory());
    std::filesystem::rename(directory_ + "/old", edge_directory());
    const auto edge = EdgeStore::open(edge_directory(), std::nullopt);
    generation_before_ = *edge->generation();
  }

  static constexpr auto kAll = std::filesystem::copy_options::recursive;
  std::uint64_t generation_before_ = 0;
};

TEST_F(MissedChangesTest, AreCaughtUpWithoutARebuild) {
  for (const int count : {1, 2, 3}) {
    keep_edge();
    const std::string mark = "by_rebuild_only_" + std::to_string(count);
    ASSERT_TRUE(apply(trigger_yaml("new_" + std::to_string(count), "build")));
    const Entity old = find_trigger("new_" + std::to_string(count));
    if (count > 1) {
      ASSERT_FALSE(entities_->erase(old.key, kNow));
    }
    if (count > 2) {
      ASSERT_TRUE(apply(trigger_yaml("third", "build")));
    }
    const std::uint64_t generation = entities_->current_generation();
    bring_back_edge();
    ASSERT_EQ(generation_before_ + static_cast<std::uint64_t>(count), generation);
    {
      // A row that no entity has: only a rebuild takes it away.
      auto edge = EdgeStore::open(edge_directory(), std::nullopt);
      const EdgeWrite stranger = {EdgeDatabase::token, edge_token_key(mark), "stranger"};
      ASSERT_FALSE(edge->write({&stranger, 1}, std::nullopt));
    }
    open();
    EXPECT_EQ(token_value(mark).has_value(), count <= 2);
    EXPECT_EQ(token_value(old.webhook_token).has_value(), count == 1);
    close();
    EXPECT_EQ(*EdgeStore::open(edge_directory(), std::nullopt)->generation(), generation);
    open();
  }
}

TEST_F(EdgeTest, RepairsARowThatMissedAnUpdate) {
  Entity older = find_trigger("t");
  older.is_enabled = false;
  std::vector<EdgeWrite> writes;
  add_trigger_rows(older, writes);
  spoil_edge(writes);
  const auto row = token_value(older.webhook_token);
  ASSERT_TRUE(row);
  EXPECT_TRUE(edge::TriggerRecord::decode(*row)->is_enabled);
}

TEST_F(EdgeTest, IsBuiltFromNothingInManyPieces) {
  std::string text = pipeline_yaml("build");
  for (int i = 0; i < 4100; ++i) {
    text += "---\n" + trigger_yaml("bulk_" + std::to_string(i), "build");
  }
  ASSERT_TRUE(apply(text));
  const std::string last = find_trigger("bulk_4099").webhook_token;
  close();
  std::filesystem::remove_all(edge_directory());
  open();
  EXPECT_TRUE(token_value(last));
  const std::uint64_t generation = entities_->current_generation();
  close();
  EXPECT_EQ(*EdgeStore::open(edge_directory(), std::nullopt)->generation(), generation);
  open();
}

}  // namespace
}  // namespace tripgate::entities

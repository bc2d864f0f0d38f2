// What the catalog keeps of triggers, and what makes it look again.
#include "engine/match/entity_catalog.h"

#include "test/unit/entities/entity_fixture.h"

namespace tripgate {
namespace {

using entities::kNow;
using entities::pipeline_yaml;
using entities::trigger_yaml;

class EntityCatalogTest : public entities::EntitiesTest {
 protected:
  void SetUp() override {
    EntitiesTest::SetUp();
    ASSERT_TRUE(apply(pipeline_yaml("build") + "---\n" + trigger_yaml("t", "build")));
    ref_ = EntitiesTest::find_trigger("t").ref;
    catalog_.emplace(*entities_);
  }

  TriggerPointer find() { return *catalog_->find_trigger(ref_); }

  std::uint64_t ref_ = 0;
  std::optional<EntityCatalog> catalog_;
};

TEST_F(EntityCatalogTest, GivesTheSameTriggerWhileNothingChanges) {
  const TriggerPointer first = find();
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->identifier, "t");
  EXPECT_EQ(find(), first);
}

TEST_F(EntityCatalogTest, SeesATriggerThatChanged) {
  EXPECT_TRUE(find()->is_enabled);
  ASSERT_TRUE(apply(trigger_yaml("t", "build", "false")));
  EXPECT_FALSE(find()->is_enabled);
}

TEST_F(EntityCatalogTest, SeesThatATriggerIsGone) {
  ASSERT_NE(find(), nullptr);
  ASSERT_FALSE(entities_->erase(trigger_name("t"), kNow));
  EXPECT_EQ(find(), nullptr);
  EXPECT_EQ(find(), nullptr);
}

TEST_F(EntityCatalogTest, KnowsNoTriggerThatWasNeverThere) {
  EXPECT_EQ(*catalog_->find_trigger(ref_ + 1000), nullptr);
}

}  // namespace
}  // namespace tripgate

// Applying documents: all or nothing, versions, and what becomes of tokens and refs.
#include "test/unit/entities/entity_fixture.h"

#include "engine/base/errc.h"

namespace tripgate::entities {
namespace {

using ApplyTest = EntitiesTest;

TEST_F(ApplyTest, WritesNothingWhenOneDocumentIsRefused) {
  const auto report = apply(pipeline_yaml("build") + "---\n" + trigger_yaml("t", "absent"));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message, "Pipeline with Ref -> acc:default:demo:absent does not exists");
  EXPECT_TRUE(entities_->list(EntityKind::pipeline, kProject)->empty());
  EXPECT_EQ(entities_->current_generation(), 0U);
}

/// A pipeline that asks for a variable, and a set that gives one.
std::string asking_pipeline() {
  return pipeline_yaml("build") + "  variables:\n    - {name: v, type: String, value: <+input>}\n";
}

std::string input_set_yaml(const std::string& id, const std::string& variable) {
  return "inputSet:\n  name: " + id + "\n  identifier: " + id +
         "\n  orgIdentifier: default\n  projectIdentifier: demo\n  pipeline:\n"
         "    identifier: build\n    variables:\n      - {name: " +
         variable + ", type: String, value: x}\n";
}

std::string overlay_yaml(const std::string& id, const std::string& references) {
  return "overlayInputSet:\n  name: " + id + "\n  identifier: " + id +
         "\n  orgIdentifier: default\n  projectIdentifier: demo\n"
         "  pipelineIdentifier: build\n  inputSetReferences: [" +
         references + "]\n";
}

TEST_F(ApplyTest, RefusesAnInputSetThatItsPipelineDoesNotAskForAtItsPlace) {
  const auto report = apply(asking_pipeline() + "---\n" + input_set_yaml("s", "w"));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message, "pipeline.variables.w.name: Field not a runtime input");
  EXPECT_GT(report.error().line, 20U);
}

TEST_F(ApplyTest, RefusesAnOverlayOfWhatIsNoInputSet) {
  ASSERT_TRUE(apply(asking_pipeline() + "---\n" + input_set_yaml("s", "v") + "---\n" +
                    overlay_yaml("o", "s")));
  const auto absent = apply(overlay_yaml("p", "s, gone"));
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().message, "gone: Reference does not exist");
  const auto nested = apply(overlay_yaml("p", "o"));
  ASSERT_FALSE(nested);
  EXPECT_EQ(nested.error().message, "o: References can't be other overlay input sets");
}

TEST_F(ApplyTest, CreatesOrUpdatesOnlyWhenToldSo) {
  ASSERT_TRUE(apply(asking_pipeline()));
  const ApplyRules create = {.must_be_new = true};
  const ApplyRules update = {.must_exist = true};
  const auto absent = apply(input_set_yaml("s", "v"), update);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().message,
            "InputSet with the given ID: s does not exist or has been deleted");
  ASSERT_TRUE(apply(input_set_yaml("s", "v"), create));
  const auto twice = apply(input_set_yaml("s", "v"), create);
  ASSERT_FALSE(twice);
  EXPECT_EQ(
      twice.error().message,
      "Input set [s] under Project[demo], Organization [default] for Pipeline [build] already "
      "exists");
  EXPECT_TRUE(apply(input_set_yaml("s", "v") + "  description: other\n", update));
  ASSERT_FALSE(entities_->erase({EntityKind::input_set, kProject, "build", "s"}, kNow));
  EXPECT_FALSE(apply(input_set_yaml("s", "v"), update)) << "it was deleted";
  EXPECT_TRUE(apply(input_set_yaml("s", "v"), create));
}

TEST_F(ApplyTest, AppliesInputSetsBeforeTheOverlaysThatNameThem) {
  const auto report = apply(overlay_yaml("o", "s") + "---\n" + input_set_yaml("s", "v") + "---\n" +
                            asking_pipeline());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ((*report)[0].identifier, "o");
}

TEST_F(ApplyTest, DryRunReportsAndWritesNothing) {
  const auto report = apply(pipeline_yaml("build"), {.is_dry_run = true});
  ASSERT_TRUE(report);
  EXPECT_EQ((*report)[0].action, ChangeAction::created);
  EXPECT_TRUE(entities_->list(EntityKind::pipeline, kProject)->empty());
}

TEST_F(ApplyTest, AppliesPipelinesBeforeTheTriggersThatNameThem) {
  const auto report = apply(trigger_yaml("t", "build") + "---\n" + pipeline_yaml("build"));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ((*report)[0].kind, "trigger");
  EXPECT_EQ((*report)[1].kind, "pipeline");
}

TEST_F(ApplyTest, SameTextIsUnchangedAndKeepsTheGeneration) {
  const std::string text = pipeline_yaml("build") + "---\n" + trigger_yaml("t", "build");
  ASSERT_TRUE(apply(text));
  const std::uint64_t generation = entities_->current_generation();
  const auto again = apply(text);
  ASSERT_TRUE(again);
  for (const Change& change : *again) EXPECT_EQ(change.action, ChangeAction::unchanged);
  EXPECT_EQ(entities_->current_generation(), generation);
}

TEST_F(ApplyTest, UpdateKeepsRefAndTokenAndTheVersionsThatEventsMet) {
  ASSERT_TRUE(apply(pipeline_yaml("build") + "---\n" + trigger_yaml("t", "build")));
  const Entity before = find_trigger("t");
  EXPECT_EQ(before.webhook_token.size(), 22U);
  ASSERT_TRUE(apply(trigger_yaml("t", "build", "false")));
  const Entity after = find_trigger("t");
  EXPECT_EQ(after.ref, before.ref);
  EXPECT_EQ(after.webhook_token, before.webhook_token);
  EXPECT_EQ(after.version, 2U);
  EXPECT_FALSE(after.is_enabled);
  EXPECT_EQ(entities_->load_version(after.ref, 1).error(), Errc::not_found) << "nothing met it";
  EXPECT_EQ(*entities_->load_version(after.ref, 0), *entities_->load_version(after.ref, 2));
  accept_event(1);
  ASSERT_TRUE(apply(trigger_yaml("t", "build")));
  accept_event(2);
  settle(2);
  ASSERT_TRUE(apply(trigger_yaml("t", "build", "false")));
  ASSERT_TRUE(apply(trigger_yaml("t", "build")));
  EXPECT_TRUE(entities_->load_version(after.ref, 2)) << "event 1 may have met it";
  EXPECT_TRUE(entities_->load_version(after.ref, 3)) << "event 2 may have met it";
  EXPECT_FALSE(entities_->load_version(after.ref, 4));
}

TEST_F(ApplyTest, DeletedAndMadeAgainATriggerHasAnotherTokenAndRef) {
  ASSERT_TRUE(apply(pipeline_yaml("build") + "---\n" + trigger_yaml("t", "build")));
  const Entity before = find_trigger("t");
  ASSERT_FALSE(entities_->erase(trigger_name("t"), kNow));
  EXPECT_EQ(entities_->erase(trigger_name("t"), kNow), Errc::not_found);
  EXPECT_EQ(entities_->find_trigger(before.ref).error(), Errc::not_found);
  ASSERT_TRUE(apply(trigger_yaml("t", "build")));
  const Entity after = find_trigger("t");
  EXPECT_NE(after.webhook_token, before.webhook_token);
  EXPECT_GT(after.ref, before.ref);
  EXPECT_FALSE(entities_->load_version(before.ref, 1));
  accept_event(1);
  ASSERT_FALSE(entities_->erase(trigger_name("t"), kNow));
  EXPECT_TRUE(entities_->load_version(after.ref, 1)) << "what events met stays";
}

TEST_F(ApplyTest, DeletedPipelineKeepsVersionsAndGoesOnCountingThem) {
  const Scope& project = kProject;
  ASSERT_TRUE(apply(pipeline_yaml("build")));
  ASSERT_FALSE(entities_->erase({EntityKind::pipeline, project, {}, "build"}, kNow));
  EXPECT_EQ(entities_->find({EntityKind::pipeline, project, {}, "build"}).error(), Errc::not_found);
  ASSERT_TRUE(apply(pipeline_yaml("build")));
  EXPECT_EQ(entities_->find({EntityKind::pipeline, project, {}, "build"})->version, 2U);
  EXPECT_TRUE(entities_->load_pipeline_version(project, "build", 1));
}

TEST_F(ApplyTest, SelectsByEveryCombinationOfIdsOldestFirst) {
  ASSERT_TRUE(apply(pipeline_yaml("build") + "---\n" + pipeline_yaml("alpha") + "---\n" +
                    trigger_yaml("t", "build") + "---\n" + trigger_yaml("u", "build") + "---\n" +
                    trigger_yaml("t", "alpha")));
  const auto names = [&](std::optional<std::string> pipeline, std::optional<std::string> trigger) {
    std::string text;
    const auto found = entities_->select_triggers({kProject, pipeline, trigger});
    for (const Entity& each : *found) text += each.key.pipeline + "/" + each.key.identifier + " ";
    return text;
  };
  EXPECT_EQ(names({}, {}), "build/t build/u alpha/t ");
  EXPECT_EQ(names("build", {}), "build/t build/u ");
  EXPECT_EQ(names({}, "t"), "build/t alpha/t ");
  EXPECT_EQ(names("build", "u"), "build/u ");
  EXPECT_EQ(names("", {}), "");
  EXPECT_EQ(names("bui", {}), "");
}

/// Pipelines and triggers whose names are beginnings of each other: the order of keys is not that
/// of lengths.
class ListTest : public EntitiesTest {
 protected:
  void SetUp() override {
    EntitiesTest::SetUp();
    std::string text;
    for (const char* pipeline : {"build", "build_x", "builder"}) {
      text += pipeline_yaml(pipeline) + "---\n";
      for (const char* trigger : {"t", "tt", "t_x"}) {
        text += trigger_yaml(trigger, pipeline) + "---\n";
      }
    }
    ASSERT_TRUE(apply(text + trigger_yaml("only", "builder")));
  }

  static std::string names(const Result<std::vector<Entity>>& found) {
    std::string text;
    for (const Entity& each : *found) {
      text += each.key.pipeline + "/" + each.key.identifier + " ";
    }
    return text;
  }
};

TEST_F(ListTest, PiecesMakeTheWholeList) {
  const std::string all = names(entities_->list(EntityKind::trigger, kProject));
  for (std::size_t limit = 1; limit <= 11; ++limit) {
    std::string pieces;
    std::optional<EntityName> after;
    for (;;) {
      const auto piece = entities_->list_page(EntityKind::trigger, kProject, {}, after, limit);
      pieces += names(piece);
      if (piece->size() < limit) break;
      after = piece->back().key;
    }
    EXPECT_EQ(pieces, all) << "in pieces of " << limit;
  }
}

TEST_F(ListTest, GoesOnBehindAnEntityThatWasDeleted) {
  const EntityName last = trigger_name("t_x");
  ASSERT_FALSE(entities_->erase(last, kNow));
  EXPECT_EQ(names(entities_->list_page(EntityKind::trigger, kProject, "build", last, 10)),
            "build/tt ");
  EXPECT_EQ(names(entities_->list_page(EntityKind::pipeline, kProject, {},
                                       EntityName{EntityKind::pipeline, kProject, {}, "build"}, 9)),
            "/build_x /builder ");
}

TEST_F(ListTest, FindsAnIdentifierInEveryPipelineThatHasIt) {
  const auto find = [&](std::string_view id) {
    return names(entities_->find_in_pipelines(EntityKind::trigger, kProject, id));
  };
  EXPECT_EQ(find("t"), "build/t build_x/t builder/t ");
  EXPECT_EQ(find("only"), "builder/only ");
  EXPECT_EQ(find("none"), "");
  EXPECT_EQ(find(std::string(600, 'a')), "") << "longer than a key";
}

TEST_F(ApplyTest, MakesTriggersWithoutTokenWhenSwitchedOff) {
  are_tokens_made_ = false;
  reopen();
  ASSERT_TRUE(apply(pipeline_yaml("build") + "---\n" + trigger_yaml("t", "build")));
  EXPECT_EQ(find_trigger("t").webhook_token, "");
}

}  // namespace
}  // namespace tripgate::entities

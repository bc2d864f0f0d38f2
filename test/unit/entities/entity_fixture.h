// A fresh pair of stores in a temporary folder, and short ways to say what is in them.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "engine/entities/entities.h"
#include "engine/entities/entity_tables.h"
#include "engine/journal/state_schema.h"
#include "engine/journal/state_store.h"

namespace tripgate::entities {

inline constexpr UnixMs kNow = 1'700'000'000'000;

inline std::string pipeline_yaml(const std::string& id) {
  return "pipeline:\n  name: " + id + "\n  identifier: " + id +
         "\n  orgIdentifier: default\n  projectIdentifier: demo\n  stages:\n    - stage:\n"
         "        name: s\n        identifier: s\n        type: Custom\n        spec:\n"
         "          execution:\n            steps:\n              - step:\n"
         "                  name: a\n                  identifier: a\n"
         "                  type: ShellScript\n                  timeout: 1m\n"
         "                  spec:\n                    shell: Bash\n"
         "                    onDelegate: true\n                    source:\n"
         "                      type: Inline\n                      spec:\n"
         "                        script: echo hi\n";
}

inline std::string trigger_yaml(const std::string& id, const std::string& pipeline,
                                const std::string& enabled = "true") {
  return "trigger:\n  name: " + id + "\n  identifier: " + id + "\n  enabled: " + enabled +
         "\n  orgIdentifier: default\n  projectIdentifier: demo\n  pipelineIdentifier: " +
         pipeline +
         "\n  source:\n    type: Webhook\n    spec:\n      type: Custom\n      spec: {}\n";
}

class EntitiesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char place[] = "/tmp/tripgate-entities-XXXXXX";
    directory_ = ::mkdtemp(place);
    open();
  }

  void TearDown() override {
    close();
    std::filesystem::remove_all(directory_);
  }

  void open() {
    auto store = StateStore::open(directory_ + "/state");
    ASSERT_TRUE(store);
    store_ = *std::move(store);
    auto entities = Entities::open(*store_, {.edge_dir = edge_directory(),
                                             .group = std::nullopt,
                                             .are_webhook_tokens_made = are_tokens_made_});
    ASSERT_TRUE(entities) << entities.error().message();
    entities_ = *std::move(entities);
  }

  void close() {
    entities_.reset();
    store_.reset();
  }

  void reopen() {
    close();
    open();
  }

  [[nodiscard]] std::string edge_directory() const { return directory_ + "/edge"; }

  Result<ApplyReport, Diagnostic> apply(const std::string& text, const ApplyRules& rules = {}) {
    yaml::Findings findings("test.yaml");
    const auto documents = plan::read_documents(text, {}, findings);
    for (const Diagnostic& error : findings.errors) ADD_FAILURE() << error.to_string();
    return entities_->apply(documents, kProject, kNow, rules);
  }

  /// An event as the journal would append it, as far as entities look at it.
  void accept_event(std::uint64_t sequence) {
    EXPECT_FALSE(store_->write_and_wait([&](lmdb::WriteTransaction& txn) {
      return txn.put(store_->databases().event, state::NumberKey(sequence).view(), "event");
    }));
  }

  void settle(std::uint64_t sequence) {
    EXPECT_FALSE(store_->write_and_wait([&](lmdb::WriteTransaction& txn) {
      return state::put_number(txn, store_->databases().meta, state::kSettledKey, sequence);
    }));
  }

  static EntityName trigger_name(const std::string& id, const std::string& pipeline = "build") {
    return {EntityKind::trigger, kProject, pipeline, id};
  }

  [[nodiscard]] Entity find_trigger(const std::string& id) const {
    Result<Entity> trigger = entities_->find(trigger_name(id));
    EXPECT_TRUE(trigger);
    return trigger ? *trigger : Entity{};
  }

  /// The value that a worker would read, copied; empty when there is none.
  [[nodiscard]] std::optional<std::string> edge_value(EdgeDatabase which, std::string_view key) {
    // An environment is opened once in a process, so the engine lets go of it first.
    close();
    std::optional<std::string> value;
    {
      auto edge = EdgeStore::open(edge_directory(), std::nullopt);
      EXPECT_TRUE(edge);
      auto txn = edge->begin_read();
      auto found = txn->find(edge->database(which), key);
      EXPECT_TRUE(found);
      if (*found) value = std::string(**found);
    }
    open();
    return value;
  }

  inline static const Scope kAccount = {"acc", "", ""};
  inline static const Scope kOrg = {"acc", "default", ""};
  inline static const Scope kProject = {"acc", "default", "demo"};

  bool are_tokens_made_ = true;
  std::string directory_;
  std::unique_ptr<StateStore> store_;
  std::unique_ptr<Entities> entities_;
};

}  // namespace tripgate::entities

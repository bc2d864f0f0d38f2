// The catalog of the running engine: the entity store, and what is compiled of its triggers.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/entities/entities.h"
#include "engine/match/catalog.h"
#include "engine/match/conditions.h"

namespace tripgate {

/// Triggers are compiled when an event first selects them and kept by version. The list of a
/// project is kept too, and what a number named, until an entity changes (the store's generation).
/// All of them are bounded. The store must outlive it.
class EntityCatalog final : public Catalog {
 public:
  explicit EntityCatalog(const entities::Entities& entities) : entities_(entities) {}

  [[nodiscard]] Result<TriggerPointer> find_trigger(std::uint64_t ref) override;
  [[nodiscard]] Result<std::vector<TriggerPointer>> select_triggers(
      const TriggerQuery& query) override;
  [[nodiscard]] Result<std::optional<PipelineText>> find_pipeline(const PipelineKey& key) override;
  [[nodiscard]] Result<std::optional<std::string>> find_input_set(
      const PipelineKey& key, std::string_view identifier) override;
  [[nodiscard]] Result<std::string> load_pipeline_version(const PipelineKey& key,
                                                          std::uint64_t version) override;

 private:
  struct Project {
    std::uint64_t generation = 0;
    std::vector<TriggerPointer> triggers;
  };

  [[nodiscard]] Result<TriggerPointer> load_trigger(std::uint64_t ref);
  /// The trigger with its conditions, which are those of its stored text.
  [[nodiscard]] Result<TriggerPointer> compile(entities::Entity entity);
  [[nodiscard]] Result<std::vector<TriggerPointer>> compile(std::vector<entities::Entity> entities);
  [[nodiscard]] Result<const std::vector<TriggerPointer>*> project_triggers(
      const entities::Scope& scope);

  const entities::Entities& entities_;
  /// A trigger as it was looked up; nullptr if it was deleted.
  struct Found {
    std::uint64_t generation = 0;
    TriggerPointer trigger;
  };

  ConditionPool pool_;
  std::unordered_map<std::uint64_t, Found> found_;              // By ref.
  std::unordered_map<std::uint64_t, TriggerPointer> compiled_;  // ref -> newest version seen
  std::map<std::string, Project> projects_;
  std::size_t listed_count_ = 0;  // Triggers of all projects_.
};

}  // namespace tripgate

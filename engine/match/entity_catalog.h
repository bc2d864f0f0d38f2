// The catalog of the running engine: the entity store.
#pragma once

#include "engine/entities/entities.h"
#include "engine/match/catalog.h"

namespace tripgate {

/// Keeps nothing but the reference; the store must outlive it.
class EntityCatalog final : public Catalog {
 public:
  explicit EntityCatalog(const entities::Entities& entities) : entities_(entities) {}

  [[nodiscard]] Result<std::optional<CatalogTrigger>> find_trigger(std::uint64_t ref) override;
  [[nodiscard]] Result<std::vector<CatalogTrigger>> select_triggers(
      const TriggerQuery& query) override;
  [[nodiscard]] Result<std::optional<PipelineText>> find_pipeline(const PipelineKey& key) override;
  [[nodiscard]] Result<std::string> load_pipeline_version(const PipelineKey& key,
                                                          std::uint64_t version) override;

 private:
  const entities::Entities& entities_;
};

}  // namespace tripgate

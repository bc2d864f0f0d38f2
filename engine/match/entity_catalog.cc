// Turns entities into what dispatcher and runner ask for; "not found" is an answer here, not an
// error.
#include "engine/match/entity_catalog.h"

#include "engine/base/errc.h"

namespace tripgate {
namespace {

entities::Scope scope_of(const PipelineKey& key) {
  return {std::string(key.account), std::string(key.org), std::string(key.project)};
}

std::optional<std::string> owned(const std::optional<std::string_view>& text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

CatalogTrigger catalog_trigger(entities::Entity entity) {
  CatalogTrigger trigger;
  trigger.ref = entity.ref;
  trigger.is_enabled = entity.is_enabled && !entity.is_deleted;
  trigger.has_token = !entity.webhook_token.empty();
  trigger.account = std::move(entity.key.scope.account);
  trigger.org = std::move(entity.key.scope.org);
  trigger.project = std::move(entity.key.scope.project);
  trigger.pipeline = std::move(entity.key.pipeline);
  trigger.identifier = std::move(entity.key.identifier);
  trigger.name = std::move(entity.name);
  if (!entity.input_yaml.empty()) trigger.runtime_input = std::move(entity.input_yaml);
  return trigger;
}

}  // namespace

Result<std::optional<CatalogTrigger>> EntityCatalog::find_trigger(std::uint64_t ref) {
  Result<entities::Entity> entity = entities_.find_trigger(ref);
  if (entity) return std::optional<CatalogTrigger>(catalog_trigger(std::move(*entity)));
  if (entity.error() == Errc::not_found) return std::optional<CatalogTrigger>();
  return entity.error();
}

Result<std::vector<CatalogTrigger>> EntityCatalog::select_triggers(const TriggerQuery& query) {
  const entities::Scope scope{std::string(query.account), std::string(query.org),
                              std::string(query.project)};
  auto selected = entities_.select_triggers({scope, owned(query.pipeline), owned(query.trigger)});
  if (!selected) return selected.error();
  std::vector<CatalogTrigger> triggers;
  for (entities::Entity& entity : *selected) triggers.push_back(catalog_trigger(std::move(entity)));
  return triggers;
}

Result<std::optional<PipelineText>> EntityCatalog::find_pipeline(const PipelineKey& key) {
  const entities::Scope scope = scope_of(key);
  const Result<entities::Entity> entity = entities_.find(
      {entities::EntityKind::pipeline, scope, std::string(), std::string(key.pipeline)});
  if (!entity && entity.error() != Errc::not_found) return entity.error();
  if (!entity || entity->is_deleted) return std::optional<PipelineText>();
  Result<std::string> text = entities_.load_pipeline_version(scope, key.pipeline, entity->version);
  if (!text) return text.error();
  return std::optional<PipelineText>(PipelineText{entity->version, std::move(*text)});
}

Result<std::string> EntityCatalog::load_pipeline_version(const PipelineKey& key,
                                                         std::uint64_t version) {
  return entities_.load_pipeline_version(scope_of(key), key.pipeline, version);
}

}  // namespace tripgate

// Turns entities into what dispatcher and runner ask for; "not found" is an answer here, not an
// error.
#include "engine/match/entity_catalog.h"

#include "engine/base/errc.h"

namespace tripgate {
namespace {

/// Compiled triggers and listed ones that are kept; beyond it, all are forgotten and compiled again
/// as events select them.
constexpr std::size_t kKeptTriggersMax = 50000;

entities::Scope scope_of(const PipelineKey& key) {
  return {std::string(key.account), std::string(key.org), std::string(key.project)};
}

std::optional<std::string> owned(const std::optional<std::string_view>& text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

CatalogTrigger catalog_trigger(entities::Entity entity) {
  CatalogTrigger trigger;
  trigger.ref = entity.ref;
  trigger.version = entity.version;
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

Result<TriggerPointer> EntityCatalog::compile(entities::Entity entity) {
  const auto known = compiled_.find(entity.ref);
  if (known != compiled_.end() && known->second->version == entity.version) return known->second;
  const Result<std::string> text = entities_.load_version(entity.ref, entity.version);
  if (!text) return text.error();
  const auto document = plan::read_stored_trigger(*text);
  if (!document) return make_error_code(Errc::store_corrupt);
  CatalogTrigger trigger = catalog_trigger(std::move(entity));
  trigger.input_set_refs = document->input_set_refs;
  trigger.stages_to_execute = document->stages_to_execute;
  Conditions conditions(*document, pool_);
  if (!conditions.is_empty()) {
    trigger.conditions = std::make_shared<const Conditions>(std::move(conditions));
  }
  auto shared = std::make_shared<const CatalogTrigger>(std::move(trigger));
  if (compiled_.size() >= kKeptTriggersMax) compiled_.clear();
  compiled_[shared->ref] = shared;
  return TriggerPointer(std::move(shared));
}

Result<std::vector<TriggerPointer>> EntityCatalog::compile(std::vector<entities::Entity> entities) {
  std::vector<TriggerPointer> triggers;
  triggers.reserve(entities.size());
  for (entities::Entity& entity : entities) {
    Result<TriggerPointer> trigger = compile(std::move(entity));
    if (!trigger) return trigger.error();
    triggers.push_back(std::move(*trigger));
  }
  return triggers;
}

Result<TriggerPointer> EntityCatalog::find_trigger(std::uint64_t ref) {
  // Read before the snapshot: what changes between the two makes the trigger look older than it is.
  const std::uint64_t generation = entities_.current_generation();
  const auto known = found_.find(ref);
  if (known != found_.end() && known->second.generation == generation) return known->second.trigger;
  Result<TriggerPointer> trigger = load_trigger(ref);
  if (!trigger) return trigger;
  if (found_.size() >= kKeptTriggersMax) found_.clear();
  found_.insert_or_assign(ref, Found{generation, *trigger});
  return trigger;
}

Result<TriggerPointer> EntityCatalog::load_trigger(std::uint64_t ref) {
  Result<entities::Entity> entity = entities_.find_trigger(ref);
  if (!entity && entity.error() == Errc::not_found) return TriggerPointer();
  if (!entity) return entity.error();
  return compile(std::move(*entity));
}

Result<const std::vector<TriggerPointer>*> EntityCatalog::project_triggers(
    const entities::Scope& scope) {
  const std::string key = scope.account + '\0' + scope.org + '\0' + scope.project;
  // Read before the snapshot: what changes between the two makes the list look older than it is.
  const std::uint64_t generation = entities_.current_generation();
  const auto known = projects_.find(key);
  if (known != projects_.end() && known->second.generation == generation) {
    return &known->second.triggers;
  }
  auto selected = entities_.select_triggers({scope, std::nullopt, std::nullopt});
  if (!selected) return selected.error();
  auto triggers = compile(std::move(*selected));
  if (!triggers) return triggers.error();
  if (known != projects_.end()) listed_count_ -= known->second.triggers.size();
  listed_count_ += triggers->size();
  if (listed_count_ > kKeptTriggersMax) {
    projects_.clear();
    listed_count_ = triggers->size();
  }
  Project& project = projects_[key];
  project = {generation, std::move(*triggers)};
  return &project.triggers;
}

Result<std::vector<TriggerPointer>> EntityCatalog::select_triggers(const TriggerQuery& query) {
  const entities::Scope scope{std::string(query.account), std::string(query.org),
                              std::string(query.project)};
  if (query.pipeline && query.trigger) {
    auto one = entities_.select_triggers({scope, owned(query.pipeline), owned(query.trigger)});
    if (!one) return one.error();
    return compile(std::move(*one));
  }
  const auto all = project_triggers(scope);
  if (!all) return all.error();
  if (!query.pipeline && !query.trigger) return **all;
  std::vector<TriggerPointer> selected;
  for (const TriggerPointer& trigger : **all) {
    if (query.pipeline && trigger->pipeline != *query.pipeline) continue;
    if (query.trigger && trigger->identifier != *query.trigger) continue;
    selected.push_back(trigger);
  }
  return selected;
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

Result<std::optional<std::string>> EntityCatalog::find_input_set(const PipelineKey& key,
                                                                 std::string_view identifier) {
  const Result<entities::Entity> entity =
      entities_.find({entities::EntityKind::input_set, scope_of(key), std::string(key.pipeline),
                      std::string(identifier)});
  if (!entity && entity.error() != Errc::not_found) return entity.error();
  if (!entity || entity->is_deleted) return std::optional<std::string>();
  Result<std::string> text = entities_.load_version(entity->ref, entity->version);
  if (!text) return text.error();
  return std::optional<std::string>(std::move(*text));
}

Result<std::string> EntityCatalog::load_pipeline_version(const PipelineKey& key,
                                                         std::uint64_t version) {
  return entities_.load_pipeline_version(scope_of(key), key.pipeline, version);
}

}  // namespace tripgate

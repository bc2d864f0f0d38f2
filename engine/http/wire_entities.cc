// Documents and entities: the entity store behind the API's functions.
#include <algorithm>

#include "engine/base/errc.h"
#include "engine/http/api_wiring.h"
#include "engine/plan/chained_pipelines.h"
#include "engine/plan/documents.h"
#include "engine/status/status_reader.h"

namespace tripgate::http {
namespace {

entities::Scope to_store(const Scope& scope) {
  return {scope.account, scope.org, scope.project};
}

entities::EntityKind to_store(EntityKind kind) {
  switch (kind) {
    case EntityKind::pipeline:
      return entities::EntityKind::pipeline;
    case EntityKind::trigger:
      return entities::EntityKind::trigger;
    case EntityKind::input_set:
      break;
  }
  return entities::EntityKind::input_set;
}

entities::EntityName to_store(const EntityName& name) {
  return {to_store(name.kind), to_store(name.scope), name.pipeline.value_or(""), name.identifier};
}

/// The scope that a document goes to (`apply` of the store decides alike).
Scope scope_of(const plan::AppliedDocument& document, const Scope& fallback) {
  return std::visit(
      [&fallback](const auto& content) -> Scope {
        using Content = std::decay_t<decltype(content)>;
        if constexpr (std::is_same_v<Content, plan::SettingDocument>) {
          return {fallback.account, content.org, content.project};
        } else {
          return {fallback.account, content.org.empty() ? fallback.org : content.org,
                  content.project.empty() ? fallback.project : content.project};
        }
      },
      document.content);
}

std::string_view action_word(entities::ChangeAction action) {
  switch (action) {
    case entities::ChangeAction::created:
      return "created";
    case entities::ChangeAction::updated:
      return "updated";
    case entities::ChangeAction::unchanged:
      break;
  }
  return "unchanged";
}

std::string place_of(const entities::Change& change) {
  std::string place = change.scope.account;
  for (const std::string* part : {&change.scope.org, &change.scope.project, &change.pipeline}) {
    if (!part->empty()) place += '/' + *part;
  }
  return place;
}

/// Reads all files; complaints and documents of all of them.
std::vector<plan::AppliedDocument> read_files(const ApplyRequest& request, ApplyOutcome& outcome) {
  std::vector<plan::AppliedDocument> documents;
  for (const ApplyFile& file : request.files) {
    yaml::Findings findings(file.name);
    std::vector<plan::AppliedDocument> read = plan::read_documents(file.text, {}, findings);
    for (plan::AppliedDocument& document : read) document.file = file.name;
    std::move(read.begin(), read.end(), std::back_inserter(documents));
    std::move(findings.errors.begin(), findings.errors.end(), std::back_inserter(outcome.errors));
    std::move(findings.warnings.begin(), findings.warnings.end(),
              std::back_inserter(outcome.warnings));
  }
  return documents;
}

/// What the caller lacks for a document: to edit where it goes, and to run what it chains, for it
/// will run on nobody else's behalf.
std::optional<MissingPermission> find_missing(const plan::AppliedDocument& document,
                                              const ApplyRequest& request) {
  const Scope scope = scope_of(document, request.scope);
  if (!request.may_edit(scope)) return MissingPermission{edge::permission_edit, scope, {}};
  const auto* const pipeline = std::get_if<plan::PipelinePlan>(&document.content);
  if (pipeline == nullptr) return std::nullopt;
  for (const plan::ChainedPipelineSpec* const chained : plan::chained_pipelines(*pipeline)) {
    const Scope child = {scope.account, chained->org, chained->project};
    if (request.may_execute(child)) continue;
    return MissingPermission{edge::permission_execute, child, chained->pipeline};
  }
  return std::nullopt;
}

Result<ApplyOutcome> apply(const ApiParts& parts, const ApplyRequest& request) {
  ApplyOutcome outcome;
  const std::vector<plan::AppliedDocument> documents = read_files(request, outcome);
  if (!outcome.errors.empty()) return outcome;
  for (const plan::AppliedDocument& document : documents) {
    outcome.denied = find_missing(document, request);
    if (outcome.denied) return outcome;
  }
  const Result<entities::ApplyReport, Diagnostic> report =
      parts.entities.apply(documents, to_store(request.scope), parts.clock.now_ms(),
                           {request.is_dry_run, request.must_be_new, request.must_exist});
  if (!report) {
    outcome.errors.push_back(report.error());
    return outcome;
  }
  for (const entities::Change& change : *report) {
    outcome.changes.push_back({change.kind, std::string(action_word(change.action)),
                               change.identifier, place_of(change)});
  }
  return outcome;
}

/// Without a pipeline, the one entity of that identifier in the project: Errc::conflict when
/// several pipelines have one.
Result<entities::Entity> find(const ApiParts& parts, const EntityName& name) {
  const entities::Scope scope = to_store(name.scope);
  if (name.kind == EntityKind::pipeline || name.pipeline) {
    return parts.entities.find(to_store(name));
  }
  Result<std::vector<entities::Entity>> all =
      parts.entities.find_in_pipelines(to_store(name.kind), scope, name.identifier);
  if (!all) return all.error();
  if (all->empty()) return Errc::not_found;
  if (all->size() > 1) return Errc::conflict;
  return std::move(all->front());
}

Result<EntityView> to_view(const ApiParts& parts, const entities::Entity& entity, EntityKind kind,
                           bool is_key_mandatory) {
  const Result<std::string> yaml = parts.entities.load_version(entity.ref, entity.version);
  if (!yaml) return yaml.error();
  const entities::EntityName& name = entity.key;
  return EntityView{.kind = kind,
                    .scope = {name.scope.account, name.scope.org, name.scope.project},
                    .pipeline = name.pipeline,
                    .identifier = name.identifier,
                    .name = entity.name,
                    .yaml = *yaml,
                    .version = entity.version,
                    .is_enabled = entity.is_enabled,
                    .webhook_token = entity.webhook_token,
                    .is_key_mandatory = is_key_mandatory};
}

bool is_key_mandatory(const ApiParts& parts, const Scope& scope) {
  const auto setting = parts.entities.setting(plan::kMandateSetting, to_store(scope));
  return setting && setting->value;
}

Result<std::vector<EntityView>> list(const ApiParts& parts, const EntityListQuery& query) {
  std::optional<entities::EntityName> after;
  if (query.after) after = to_store(*query.after);
  const Result<std::vector<entities::Entity>> piece = parts.entities.list_page(
      to_store(query.kind), to_store(query.scope), query.pipeline, after, query.limit);
  if (!piece) return piece.error();
  const bool is_mandatory = is_key_mandatory(parts, query.scope);
  std::vector<EntityView> views;
  for (const entities::Entity& entity : *piece) {
    Result<EntityView> view = to_view(parts, entity, query.kind, is_mandatory);
    if (!view) return view.error();
    views.push_back(*std::move(view));
  }
  return views;
}

Result<bool, Diagnostic> erase(const ApiParts& parts, const EntityName& name) {
  const Result<entities::Entity> entity = find(parts, name);
  if (!entity && entity.error() == Errc::not_found) return false;
  if (!entity) return Diagnostic(entity.error().message(), entity.error());
  const ErrorCode failed = parts.entities.erase(entity->key, parts.clock.now_ms());
  if (failed == Errc::not_found) return false;
  if (failed) return Diagnostic(failed.message(), failed);
  return true;
}

Result<std::string> trigger_history(const ApiParts& parts, const StatusReader& status,
                                    const EntityName& name, std::size_t page, std::size_t size) {
  const Result<entities::Entity> trigger = find(parts, name);
  if (!trigger) return trigger.error();
  return status.trigger_history(trigger->ref, page, size);
}

}  // namespace

void wire_entities(Api& api, const ApiParts& parts) {
  api.apply = [parts](const ApplyRequest& request) { return apply(parts, request); };
  api.entity = [parts](const EntityName& name) -> Result<EntityView> {
    const Result<entities::Entity> entity = find(parts, name);
    if (!entity) return entity.error();
    return to_view(parts, *entity, name.kind, is_key_mandatory(parts, name.scope));
  };
  api.entities = [parts](const EntityListQuery& query) { return list(parts, query); };
  api.erase_entity = [parts](const EntityName& name) { return erase(parts, name); };
  api.trigger_history = [parts, status = StatusReader(parts.store, parts.journal)](
                            const EntityName& name, std::size_t page, std::size_t size) {
    return trigger_history(parts, status, name, page, size);
  };
}

}  // namespace tripgate::http

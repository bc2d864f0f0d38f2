// Pipelines, triggers and input sets: all-or-nothing apply, get, list, delete.
#include "engine/base/errc.h"
#include "engine/base/json_document.h"
#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"
#include "engine/http/trigger_links.h"
#include "shared/limits.h"

namespace tripgate::http {
namespace {

/// Entities of one answer, whose YAML is in memory together: some megabytes. What is behind the
/// last is asked for with `after`.
constexpr std::size_t kEntityListMax = 1000;

std::optional<EntityKind> parse_kind(std::string_view text) {
  if (text == "pipeline") return EntityKind::pipeline;
  if (text == "trigger") return EntityKind::trigger;
  if (text == "inputset") return EntityKind::input_set;
  return std::nullopt;
}

std::string_view kind_word(EntityKind kind) {
  switch (kind) {
    case EntityKind::pipeline:
      return "Pipeline";
    case EntityKind::trigger:
      return "Trigger";
    case EntityKind::input_set:
      break;
  }
  return "InputSet";
}

/// The links' base: what the caller asks for, else the configured one.
std::string link_base(const Context& context) {
  return context.request.parameter("baseUrl").value_or(context.api.public_url);
}

void append_entity(JsonWriter& json, const EntityView& entity, const std::string& base) {
  json.begin_object()
      .member("name", entity.name)
      .member("identifier", entity.identifier)
      .member("accountIdentifier", entity.scope.account)
      .member("orgIdentifier", entity.scope.org)
      .member("projectIdentifier", entity.scope.project);
  if (entity.kind != EntityKind::pipeline) json.member("pipelineIdentifier", entity.pipeline);
  if (entity.kind == EntityKind::trigger) {
    json.member("enabled", entity.is_enabled)
        .member("webhookUrl", webhook_url(entity, base))
        .member("webhookCurlCommand", webhook_curl_command(entity, base));
  }
  json.member("version", static_cast<std::int64_t>(entity.version))
      .member("yaml", entity.yaml)
      .end_object();
}

Result<EntityName, Response> entity_name(const Context& context) {
  const std::optional<EntityKind> kind = parse_kind(context.path.values[0]);
  if (!kind) return unknown_path(context.correlation_id);
  return EntityName{.kind = *kind,
                    .scope = context.scope,
                    .pipeline = context.request.parameter("pipelineIdentifier"),
                    .identifier = context.path.values[1]};
}

/// The entity that `after` names: an identifier, of triggers and input sets with their pipeline and
/// a slash in front of it. Empty when it cannot be one.
std::optional<EntityName> parse_after(EntityKind kind, const Scope& scope, std::string_view text) {
  EntityName name = {.kind = kind, .scope = scope, .pipeline = {}, .identifier = {}};
  if (kind != EntityKind::pipeline) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    name.pipeline = text.substr(0, slash);
    text.remove_prefix(slash + 1);
  }
  name.identifier = text;
  const bool is_short = text.size() <= limits::kIdentifierMaxSize &&
                        name.pipeline.value_or("").size() <= limits::kIdentifierMaxSize;
  return is_short ? std::optional(name) : std::nullopt;
}

Result<EntityListQuery, Response> list_query(const Context& context) {
  const std::optional<EntityKind> kind = parse_kind(context.path.values[0]);
  if (!kind) return unknown_path(context.correlation_id);
  EntityListQuery query = {.kind = *kind,
                           .scope = context.scope,
                           .pipeline = context.request.parameter("pipelineIdentifier"),
                           .after = {},
                           .limit = kEntityListMax};
  if (context.request.parameter("size")) query.limit = paging(context.request).size;
  if (const std::optional<std::string> after = context.request.parameter("after")) {
    query.after = parse_after(*kind, context.scope, *after);
    if (!query.after) return invalid_request("after is no entity's name", context.correlation_id);
  }
  return query;
}

Response ambiguous(const EntityName& name, const Context& context) {
  return invalid_request(
      "several pipelines have a trigger or input set " + name.identifier + ": name the pipeline",
      context.correlation_id);
}

Response no_entity(const EntityName& name, const Context& context) {
  return not_found(std::string(kind_word(name.kind)) + " " + name.identifier + " does not exist",
                   context.correlation_id);
}

void append_diagnostics(JsonWriter& json, const std::vector<Diagnostic>& diagnostics) {
  json.begin_array();
  for (const Diagnostic& diagnostic : diagnostics) {
    json.begin_object()
        .member("file", diagnostic.file)
        .member("line", std::int64_t{diagnostic.line})
        .member("column", std::int64_t{diagnostic.column})
        .member("message", diagnostic.message)
        .end_object();
  }
  json.end_array();
}

/// The files of {"files":[{"name":...,"text":...}]}; an answer when the body is something else.
Result<std::vector<ApplyFile>, Response> read_files(const Context& context) {
  const Result<JsonDocument, Diagnostic> body = JsonDocument::parse(context.request.body);
  if (!body) return refuse(body.error(), context.correlation_id);
  std::vector<ApplyFile> files;
  for (const JsonView file : body->root().find("files").elements()) {
    const std::optional<std::string_view> text = file.find("text").string();
    if (!text) return invalid_request("each of files needs a text", context.correlation_id);
    files.push_back({.name = file.find("name").text(), .text = std::string(*text)});
  }
  if (files.empty()) return invalid_request("files is missing", context.correlation_id);
  return files;
}

}  // namespace

Response refused_documents(const std::vector<Diagnostic>& errors,
                           const std::vector<Diagnostic>& warnings, const Context& context) {
  if (errors.front().cause) return refuse(errors.front(), context.correlation_id);
  JsonWriter metadata;
  metadata.begin_object().key("errors");
  append_diagnostics(metadata, errors);
  metadata.key("warnings");
  append_diagnostics(metadata, warnings);
  metadata.end_object();
  return error(
      {.message = "Invalid request: " + errors.front().to_string(), .metadata = metadata.take()},
      context.correlation_id);
}

Response apply_files(const Context& context) {
  Result<std::vector<ApplyFile>, Response> files = read_files(context);
  if (!files) return files.error();
  const Result<ApplyOutcome> outcome = context.api.apply(
      {.scope = context.scope,
       .files = *std::move(files),
       .is_dry_run = context.request.parameter_or_empty("dryRun") == "true",
       .may_edit =
           [&](const Scope& scope) { return context.caller.allows(edge::permission_edit, scope); },
       .may_execute =
           [&](const Scope& scope) {
             return context.caller.allows(edge::permission_execute, scope);
           }});
  if (!outcome) return store_failure(outcome.error(), context.correlation_id);
  if (const auto& denied = outcome->denied) {
    return access_denied(context.caller, denied->permission, denied->scope, denied->pipeline);
  }
  if (!outcome->errors.empty())
    return refused_documents(outcome->errors, outcome->warnings, context);
  JsonWriter json;
  json.begin_object().key("changes").begin_array();
  for (const ApplyChange& change : outcome->changes) {
    json.begin_object()
        .member("kind", change.kind)
        .member("action", change.action)
        .member("identifier", change.identifier)
        .member("place", change.place)
        .end_object();
  }
  json.end_array().key("warnings");
  append_diagnostics(json, outcome->warnings);
  json.end_object();
  return success(json.text(), context.correlation_id);
}

Response list_entities(const Context& context) {
  const Result<EntityListQuery, Response> query = list_query(context);
  if (!query) return query.error();
  const Result<std::vector<EntityView>> entities = context.api.entities(*query);
  if (!entities) return store_failure(entities.error(), context.correlation_id);
  const std::string base = link_base(context);
  JsonWriter json;
  json.begin_array();
  for (const EntityView& entity : *entities) append_entity(json, entity, base);
  json.end_array();
  return success(json.text(), context.correlation_id);
}

Response get_entity(const Context& context) {
  const Result<EntityName, Response> name = entity_name(context);
  if (!name) return name.error();
  const Result<EntityView> entity = context.api.entity(*name);
  if (!entity && entity.error() == Errc::not_found) return no_entity(*name, context);
  if (!entity && entity.error() == Errc::conflict) {
    return ambiguous(*name, context);
  }
  if (!entity) return store_failure(entity.error(), context.correlation_id);
  JsonWriter json;
  append_entity(json, *entity, link_base(context));
  return success(json.text(), context.correlation_id);
}

Response erase_entity(const Context& context) {
  const Result<EntityName, Response> name = entity_name(context);
  if (!name) return name.error();
  const Result<bool, Diagnostic> erased = context.api.erase_entity(*name);
  if (!erased && erased.error().cause == Errc::conflict) return ambiguous(*name, context);
  if (!erased) return refuse(erased.error(), context.correlation_id);
  if (!*erased) return no_entity(*name, context);
  return success("true", context.correlation_id);
}

}  // namespace tripgate::http

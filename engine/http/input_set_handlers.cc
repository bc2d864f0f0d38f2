// Input sets over REST: what a pipeline asks for, and what sets give it. Source: pipelines.md 7.4.
#include <algorithm>
#include <boost/algorithm/string/predicate.hpp>
#include <span>

#include "engine/base/errc.h"
#include "engine/base/json_document.h"
#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"
#include "engine/http/input_set_json.h"
#include "engine/match/input_set_texts.h"

namespace tripgate::http {
namespace {

constexpr std::size_t kSetsMax = 1000;

std::string pipeline_of(const Context& context) {
  return context.request.parameter_or_empty("pipelineIdentifier");
}

/// The errors of each set by its fields, and the sets that are of no use.
void write_set_errors(JsonWriter& json, const InputSetMerge& merged) {
  json.begin_object().key("uuidToErrorResponseMap").begin_object();
  for (const InputSetMerge::SetErrors& set : merged.errors) {
    json.key(set.identifier).begin_object().key("errors").begin_array();
    for (const auto& [field, message] : set.fields) {
      json.begin_object().member("fieldName", field).member("message", message);
      json.member("identifierOfErrorSource", set.identifier).end_object();
    }
    json.end_array().end_object();
  }
  json.end_object();
  write_texts(json, "invalidInputSetReferences", merged.invalid_sets);
  json.end_object();
}

std::string merged_json(const InputSetMerge& merged, bool is_whole_asked) {
  const bool is_refused = !merged.invalid_sets.empty();
  const auto text = [&](const std::string& yaml, bool is_shown) {
    return is_shown && !is_refused ? std::optional<std::string>(yaml) : std::nullopt;
  };
  JsonWriter json;
  json.begin_object().member("pipelineYaml", text(merged.runtime_input, true));
  json.member("completePipelineYaml", text(merged.pipeline, is_whole_asked));
  json.member("isErrorResponse", is_refused).key("inputSetErrorWrapper");
  if (is_refused) {
    write_set_errors(json, merged);
  } else {
    json.null();
  }
  return json.end_object().take();
}

/// What a pipeline asks for.
struct Asked {
  std::string text;  // YAML; empty: nothing
  bool has_sets = false;
};

Result<Asked, Response> load_asked(const Context& context, const std::string& pipeline,
                                   const std::vector<std::string>& stages) {
  auto text = context.api.input_template(context.scope, pipeline, stages);
  if (!text) return refuse(text.error(), context.correlation_id);
  const auto sets = context.api.entities({.kind = EntityKind::input_set,
                                          .scope = context.scope,
                                          .pipeline = pipeline,
                                          .after = {},
                                          .limit = 1});
  if (!sets) return store_failure(sets.error(), context.correlation_id);
  return Asked{std::move(*text), !sets->empty()};
}

/// The stages that a body `{"stageIdentifiers": [...]}` names; none if there is no body.
Result<std::vector<std::string>, Diagnostic> read_stages(const std::string& body) {
  if (body.empty()) return std::vector<std::string>();
  const auto document = JsonDocument::parse(body);
  if (!document) return document.error();
  return texts_of(document->root().find("stageIdentifiers"));
}

/// Those that `inputSetType` and `searchTerm` leave.
std::vector<EntityView> chosen(std::vector<EntityView> sets, const Request& request) {
  const std::string type = request.parameter_or_empty("inputSetType");
  const std::string term = request.parameter_or_empty("searchTerm");
  std::erase_if(sets, [&](const EntityView& set) {
    const bool is_kind =
        type.empty() || type == "ALL" || (type == "OVERLAY_INPUT_SET") == is_overlay(set);
    return !is_kind || !(boost::algorithm::icontains(set.name, term) ||
                         boost::algorithm::icontains(set.identifier, term));
  });
  return sets;
}

void write_page(JsonWriter& json, std::span<const EntityView> sets, std::size_t index,
                std::size_t size) {
  const std::size_t first = std::min(sets.size(), index > sets.size() ? sets.size() : index * size);
  const auto page = sets.subspan(first, std::min(size, sets.size() - first));
  const auto number = [](std::size_t count) { return static_cast<std::int64_t>(count); };
  json.begin_object().member("totalPages", number((sets.size() + size - 1) / size));
  json.member("totalItems", number(sets.size())).member("pageItemCount", number(page.size()));
  json.member("pageSize", number(size)).key("content").begin_array();
  for (const EntityView& set : page) write_input_set_row(json, set);
  json.end_array().member("pageIndex", number(index)).member("empty", page.empty()).end_object();
}

}  // namespace

Response get_input_template(const Context& context) {
  const auto stages = read_stages(context.request.body);
  if (!stages) return refuse(stages.error(), context.correlation_id);
  const auto asked = load_asked(context, pipeline_of(context), *stages);
  if (!asked) return asked.error();
  JsonWriter json;
  json.begin_object().member("inputSetTemplateYaml", asked->text);
  write_texts(json, "modules", {"pms"});
  write_texts(json, "replacedExpressions", {});
  json.member("hasInputSets", asked->has_sets).end_object();
  return success(json.take(), context.correlation_id);
}

/// The same in the words of the newer API. `inputs` are those of a pipeline that declares them,
/// which is another kind of pipeline.
Response newer_get_inputs(const Context& context) {
  const auto asked = load_asked(context, context.path.find("identifier"), {});
  if (!asked) return asked.error();
  JsonWriter json;
  json.begin_object().key("inputs").begin_object().end_object();
  json.member("template_yaml", asked->text);
  write_texts(json, "modules", {"pms"});
  write_texts(json, "replaced_expressions", {});
  json.member("has_input_sets", asked->has_sets).end_object();
  return bare(json.take());
}

Response merge_input_sets(const Context& context) {
  const auto body = JsonDocument::parse(context.request.body);
  if (!body) return refuse(body.error(), context.correlation_id);
  const InputSetChoice choice{.sets = texts_of(body->root().find("inputSetReferences")),
                              .stages = texts_of(body->root().find("stageIdentifiers")),
                              .last = body->root().find("lastYamlToMerge").text()};
  const auto merged = context.api.merge_input_sets(context.scope, pipeline_of(context), choice);
  if (!merged) return refuse(merged.error(), context.correlation_id);
  const bool is_whole_asked = body->root().find("withMergedPipelineYaml").boolean() == true;
  return success(merged_json(*merged, is_whole_asked), context.correlation_id);
}

Response no_input_set(const std::string& identifier, const std::string& correlation_id) {
  return not_found(no_input_set_text(identifier), correlation_id);
}

Result<EntityView, Response> load_input_set(const Context& context, const std::string& identifier) {
  Result<EntityView> set = context.api.entity({.kind = EntityKind::input_set,
                                               .scope = context.scope,
                                               .pipeline = pipeline_of(context),
                                               .identifier = identifier});
  if (!set && set.error() == Errc::not_found) {
    return no_input_set(identifier, context.correlation_id);
  }
  if (!set) return store_failure(set.error(), context.correlation_id);
  return std::move(*set);
}

Response get_input_set(const Context& context) {
  const auto set = load_input_set(context, context.path.find("identifier"));
  if (!set) return set.error();
  JsonWriter json;
  write_input_set(json, *set);
  return success(json.take(), context.correlation_id);
}

Response get_overlay(const Context& context) {
  const std::string identifier = context.path.find("identifier");
  const auto overlay = load_input_set(context, identifier);
  if (!overlay) return overlay.error();
  if (!is_overlay(*overlay)) return no_input_set(identifier, context.correlation_id);
  JsonWriter json;
  write_overlay(json, *overlay);
  return success(json.take(), context.correlation_id);
}

Response list_input_sets(const Context& context) {
  auto sets = context.api.entities({.kind = EntityKind::input_set,
                                    .scope = context.scope,
                                    .pipeline = pipeline_of(context),
                                    .after = {},
                                    .limit = kSetsMax});
  if (!sets) return store_failure(sets.error(), context.correlation_id);
  const std::size_t size =
      std::clamp<std::size_t>(number_parameter(context.request, "pageSize", 100), 1, kSetsMax);
  JsonWriter json;
  write_page(json, chosen(std::move(*sets), context.request),
             number_parameter(context.request, "pageIndex", 0), size);
  return success(json.take(), context.correlation_id);
}

}  // namespace tripgate::http

// Names come from the record; what only the document says is read from its text.
#include "engine/http/input_set_json.h"

#include <variant>

#include "engine/inputs/set_references.h"
#include "engine/plan/documents.h"

namespace tripgate::http {
namespace {

/// The stored text as a document; an empty one if it cannot be read any more.
plan::InputSetDocument document_of(const EntityView& set) {
  yaml::Findings findings;
  std::vector<plan::AppliedDocument> documents = plan::read_documents(set.yaml, {}, findings);
  if (documents.size() != 1) return {};
  auto* const document = std::get_if<plan::InputSetDocument>(&documents.front().content);
  return document == nullptr ? plan::InputSetDocument() : std::move(*document);
}

void write_place(JsonWriter& json, const EntityView& set) {
  json.member("accountId", set.scope.account).member("orgIdentifier", set.scope.org);
  json.member("projectIdentifier", set.scope.project).member("pipelineIdentifier", set.pipeline);
  json.member("identifier", set.identifier);
}

void write_words(JsonWriter& json, const plan::InputSetDocument& document) {
  if (!document.description.empty()) json.member("description", document.description);
  json.key("tags").begin_object();
  for (const auto& [key, value] : document.tags) json.member(key, value);
  json.end_object();
}

void write_kind(JsonWriter& json, bool is_overlay) {
  json.member("inputSetType", is_overlay ? "OVERLAY_INPUT_SET" : "INPUT_SET");
}

}  // namespace

std::vector<std::string> texts_of(const JsonView& list) {
  std::vector<std::string> texts;
  for (const JsonView& element : list.elements()) texts.push_back(element.text());
  return texts;
}

void write_texts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.key(key).begin_array();
  for (const std::string& text : texts) json.string(text);
  json.end_array();
}

bool is_overlay(const EntityView& set) {
  return inputs::overlay_references(set.yaml).has_value();
}

void write_input_set(JsonWriter& json, const EntityView& set) {
  json.begin_object();
  write_place(json, set);
  json.member("inputSetYaml", set.yaml).member("name", set.name);
  write_words(json, document_of(set));
  write_kind(json, false);
  json.member("storeType", "INLINE").member("errorResponse", false).end_object();
}

void write_overlay(JsonWriter& json, const EntityView& overlay) {
  const plan::InputSetDocument document = document_of(overlay);
  json.begin_object();
  write_place(json, overlay);
  json.member("name", overlay.name);
  std::vector<std::string> references;
  for (const auto& [reference, position] : document.references) references.push_back(reference);
  write_texts(json, "inputSetReferences", references);
  json.member("overlayInputSetYaml", overlay.yaml);
  write_words(json, document);
  write_kind(json, true);
  json.member("storeType", "INLINE").member("errorResponse", false).end_object();
}

void write_input_set_row(JsonWriter& json, const EntityView& set) {
  json.begin_object();
  write_place(json, set);
  json.member("name", set.name).member("inputSetYaml", set.yaml);
  write_kind(json, is_overlay(set));
  write_words(json, document_of(set));
  json.end_object();
}

}  // namespace tripgate::http

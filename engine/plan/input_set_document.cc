// An input set names its pipeline; what it holds for it is judged when both are known.
#include "engine/plan/input_set_document.h"

#include "engine/inputs/fqn.h"
#include "engine/plan/names.h"
#include "engine/yaml/mapping_reader.h"

namespace tripgate::plan {
namespace {

/// What both kinds begin with.
InputSetDocument read_head(yaml::MappingReader& reader, yaml::Findings& findings) {
  InputSetDocument document;
  document.position = reader.position();
  document.name = read_name(reader, findings);
  document.identifier = read_identifier(reader, findings);
  if (document.identifier.size() > 127) {
    findings.error(reader.position(),
                   "Input Set identifier length cannot be more that 127 characters.");
  }
  document.description = reader.text("description");
  document.org = read_scope(reader, "orgIdentifier", findings);
  document.project = read_scope(reader, "projectIdentifier", findings);
  document.tags = reader.text_pairs("tags");
  return document;
}

}  // namespace

InputSetDocument read_input_set(const yaml::Node& node, yaml::Findings& findings) {
  yaml::MappingReader reader(node, "inputSet", findings);
  InputSetDocument input_set = read_head(reader, findings);
  if (const yaml::Node* pipeline = reader.require_mapping("pipeline")) {
    yaml::MappingReader nested(*pipeline, "the pipeline of inputSet", findings);
    if (nested.require_scalar("identifier") != nullptr) {
      input_set.pipeline_identifier = read_identifier(nested, findings);
    }
    inputs::check_identities(*pipeline, {"pipeline", "pipeline"}, findings);
    input_set.values = *pipeline;
  }
  reader.finish();
  return input_set;
}

InputSetDocument read_overlay(const yaml::Node& node, yaml::Findings& findings) {
  yaml::MappingReader reader(node, "overlayInputSet", findings);
  InputSetDocument overlay = read_head(reader, findings);
  overlay.is_overlay = true;
  if (const yaml::Node* pipeline = reader.require_scalar("pipelineIdentifier")) {
    overlay.pipeline_identifier = pipeline->text;
  }
  if (const yaml::Node* list = reader.require_sequence("inputSetReferences")) {
    for (const yaml::Node& reference : list->items) {
      if (!reference.is_scalar() || reference.text.empty()) {
        findings.error(reference.position,
                       "Empty Input Set Identifier not allowed in Input Set References");
      }
      overlay.references.emplace_back(reference.text, reference.position);
    }
  }
  reader.finish();
  return overlay;
}

}  // namespace tripgate::plan

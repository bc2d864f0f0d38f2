// An input set names its pipeline; what it holds for it is judged when it is merged.
#include "engine/plan/input_set_document.h"

#include "engine/plan/names.h"
#include "engine/yaml/mapping_reader.h"

namespace tripgate::plan {

InputSetDocument read_input_set(const yaml::Node& node, yaml::Findings& findings) {
  yaml::MappingReader reader(node, "inputSet", findings);
  InputSetDocument input_set;
  input_set.position = node.position;
  input_set.name = read_name(reader, findings);
  input_set.identifier = read_identifier(reader, findings);
  if (input_set.identifier.size() > 127) {
    findings.error(node.position,
                   "Input Set identifier length cannot be more that 127 characters.");
  }
  input_set.description = reader.text("description");
  input_set.org = read_scope(reader, "orgIdentifier", findings);
  input_set.project = read_scope(reader, "projectIdentifier", findings);
  input_set.tags = reader.text_pairs("tags");
  if (const yaml::Node* pipeline = reader.require_mapping("pipeline")) {
    yaml::MappingReader nested(*pipeline, "the pipeline of inputSet", findings);
    if (nested.require_scalar("identifier") != nullptr) {
      input_set.pipeline_identifier = read_identifier(nested, findings);
    }
  }
  findings.warn(node.position,
                "input sets are stored and have no effect in this version: pipelines take no "
                "runtime inputs yet");
  reader.finish();
  return input_set;
}

}  // namespace tripgate::plan

// A stage that runs another pipeline. Source: pipelines.md 1.8.
#include <set>

#include "engine/plan/expression_blocks.h"
#include "engine/plan/names.h"
#include "engine/plan/plan_parts.h"
#include "engine/plan/step_spec_readers.h"
#include "engine/yaml/writer.h"

namespace tripgate::plan {
namespace {

// The inputs become a document of their own, like an input set's pipeline.
std::string inputs_document(const yaml::Node& inputs) {
  yaml::Entry entry;
  entry.key.text = "pipeline";
  entry.value = inputs;
  yaml::Node root;
  root.kind = yaml::NodeKind::mapping;
  root.entries.push_back(std::move(entry));
  return yaml::write_document(root);
}

// Outputs have no type: each is what its expression gives.
PlanVariable read_output(const yaml::Node& node, yaml::Findings& findings) {
  yaml::MappingReader reader(node, "an output", findings);
  PlanVariable output;
  if (const yaml::Node* name = reader.require_scalar("name")) {
    output.name = name->text;
    if (!is_variable_name(name->text)) {
      findings.error(name->position, "the output name \"" + name->text +
                                         "\" must match ^[a-zA-Z_][0-9a-zA-Z_\\.$-]{0,127}$");
    }
  }
  if (const yaml::Node* value = reader.require_scalar("value")) output.text = value->text;
  reader.skip({"type"});
  reader.finish();
  return output;
}

void read_outputs_of_child(yaml::MappingReader& spec, ChainedPipelineSpec& chained,
                           const SpecPlace& place) {
  const yaml::Node* list = find_list(spec, "outputs");
  if (list == nullptr) return;
  std::set<std::string> names;
  for (const yaml::Node& entry : list->items) {
    PlanVariable output = read_output(entry, place.findings());
    if (!names.insert(output.name).second) {
      complain_twice(entry.position, place.fqn + ".spec.outputs[name:" + output.name + "]",
                     place.findings());
    }
    chained.outputs.push_back(std::move(output));
  }
}

/// Who may run the child is decided when its parent is saved, so its place must be known then.
std::string read_fixed(yaml::MappingReader& spec, std::string_view key, yaml::Findings& findings) {
  std::string text = require_text(spec, key, findings);
  if (has_block(text)) {
    findings.error(spec.find(key)->position,
                   "the " + std::string(key) +
                       " of a chained pipeline must be written out: whether it may be run there is "
                       "decided when this pipeline is saved");
  }
  return text;
}

}  // namespace

StepSpec read_chained_spec(yaml::MappingReader& spec, const SpecPlace& place) {
  yaml::Findings& findings = place.findings();
  ChainedPipelineSpec chained;
  chained.pipeline = require_text(spec, "pipeline", findings);
  chained.org = read_fixed(spec, "org", findings);
  chained.project = read_fixed(spec, "project", findings);
  const yaml::Node* inputs = find_map(spec, "inputs");
  if (inputs != nullptr) chained.inputs = inputs_document(*inputs);
  chained.input_sets = read_texts(spec, "inputSetReferences");
  if (inputs != nullptr && !chained.input_sets.empty()) {
    findings.error(inputs->position, "a chained pipeline has either inputs or inputSetReferences");
  }
  read_outputs_of_child(spec, chained, place);
  return chained;
}

}  // namespace tripgate::plan

// A document is a mapping with one key, its root, which names the kind.
#include "engine/plan/documents.h"

#include "engine/inputs/pipeline_inputs.h"
#include "engine/plan/pipeline_reader.h"
#include "engine/yaml/parser.h"

namespace tripgate::plan {
namespace {

void read_root(yaml::Document& document, const PlanDefaults& defaults, yaml::Findings& findings,
               std::vector<AppliedDocument>& documents) {
  const yaml::Node& root = document.root;
  if (!root.is_mapping() || root.entries.size() != 1) {
    return findings.error(root.position,
                          "a document must be a mapping with one key: pipeline, "
                          "trigger, inputSet, overlayInputSet or setting");
  }
  const auto& [key, value] = root.entries.front();
  AppliedDocument applied;
  if (key.text == "pipeline") {
    applied.content = read_pipeline_plan(value, {}, defaults, findings);
    inputs::check_runtime_inputs(value, findings);
  } else if (key.text == "trigger") {
    applied.content = read_trigger(value, findings);
  } else if (key.text == "inputSet") {
    applied.content = read_input_set(value, findings);
  } else if (key.text == "overlayInputSet") {
    applied.content = read_overlay(value, findings);
  } else if (key.text == "setting") {
    applied.content = read_setting(value, findings);
  } else {
    return findings.error(key.position, "documents of kind \"" + key.text +
                                            "\" are not supported, only pipeline, trigger, "
                                            "inputSet, overlayInputSet and setting");
  }
  applied.text = std::move(document.text);
  documents.push_back(std::move(applied));
}

}  // namespace

std::vector<AppliedDocument> read_documents(std::string_view text, const PlanDefaults& defaults,
                                            yaml::Findings& findings) {
  std::vector<AppliedDocument> documents;
  Result<std::vector<yaml::Document>, Diagnostic> parsed =
      yaml::parse_documents(text, findings.file);
  if (!parsed) {
    findings.error(parsed.error());
    return documents;
  }
  for (yaml::Document& document : *parsed) read_root(document, defaults, findings, documents);
  return documents;
}

}  // namespace tripgate::plan

// From the tree to the model; the order of reading is the order of the specification's table.
#include "engine/plan/trigger_document.h"

#include <algorithm>

#include "engine/plan/expression_blocks.h"
#include "engine/plan/names.h"
#include "engine/plan/trigger_conditions.h"
#include "engine/yaml/mapping_reader.h"
#include "engine/yaml/parser.h"

namespace tripgate::plan {
namespace {

constexpr std::size_t kDescriptionMaxBytes = 1024;

// Says whether a required type is the one that is supported; complains otherwise.
bool expect_type(yaml::MappingReader& reader, std::string_view wanted, const char* what,
                 yaml::Findings& findings) {
  const yaml::Node* type = reader.require_scalar("type");
  if (type == nullptr || type->text == wanted) return type != nullptr;
  findings.error(type->position, std::string(what) + " of type " + type->text +
                                     " are not supported, only " + std::string(wanted));
  return false;
}

void read_source(const yaml::Node& node, TriggerDocument& trigger, yaml::Findings& findings) {
  yaml::MappingReader source(node, "source", findings);
  source.skip({"pollInterval", "webhookId"});
  const bool is_webhook = expect_type(source, "Webhook", "triggers", findings);
  const yaml::Node* outer = source.require_mapping("spec");
  source.finish();
  if (!is_webhook || outer == nullptr) return;
  yaml::MappingReader spec(*outer, "the spec of source", findings);
  const bool is_custom = expect_type(spec, "Custom", "webhook triggers", findings);
  const yaml::Node* inner = spec.find_mapping("spec");
  spec.finish();
  if (is_custom && inner != nullptr) read_custom_spec(*inner, trigger, findings);
}

void check_input_set_refs(yaml::MappingReader& reader, yaml::Findings& findings) {
  const yaml::Node* refs = reader.find("inputSetRefs");
  if (refs == nullptr) return;
  const bool is_expression =
      (refs->is_scalar() && has_block(refs->text)) ||
      std::ranges::any_of(refs->items, [](const yaml::Node& ref) { return has_block(ref.text); });
  if (is_expression) findings.error(refs->position, "InputSetRef cannot be an expression");
}

/// Where a place of the text that a scalar holds stands in the document.
yaml::Position place_within(const yaml::Node& scalar, const Diagnostic& complaint) {
  if (scalar.content.line == 0 || complaint.line == 0) return scalar.position;
  return {scalar.content.line + complaint.line - 1, scalar.content.column + complaint.column - 1};
}

// Values are judged when the trigger fires: the pipeline may change until then. What is no runtime
// input at all is none then either.
void check_input_yaml(const yaml::Node* text, yaml::Findings& findings) {
  if (text == nullptr || text->text.find_first_not_of(" \t\r\n") == std::string::npos) return;
  const auto document = yaml::parse_document(text->text, {});
  if (!document) {
    return findings.error(place_within(*text, document.error()),
                          "inputYaml: " + document.error().message);
  }
  const bool has_root = document->root.find("pipeline") != nullptr;
  if (!has_root) findings.error(text->position, "inputYaml must have the root pipeline");
}

}  // namespace

TriggerDocument read_trigger(const yaml::Node& node, yaml::Findings& findings) {
  yaml::MappingReader reader(node, "trigger", findings);
  TriggerDocument trigger;
  trigger.position = node.position;
  trigger.name = read_name(reader, findings);
  trigger.identifier = read_identifier(reader, findings);
  if (is_reserved_identifier(trigger.identifier)) {
    findings.error(reader.find("identifier")->position,
                   "\"" + trigger.identifier + "\" is a reserved word and cannot be an identifier");
  }
  trigger.description = reader.text("description");
  if (trigger.description.size() > kDescriptionMaxBytes) {
    findings.error(reader.find("description")->position, "a description holds 1024 bytes at most");
  }
  trigger.org = read_scope(reader, "orgIdentifier", findings);
  trigger.project = read_scope(reader, "projectIdentifier", findings);
  if (const yaml::Node* pipeline = reader.require_scalar("pipelineIdentifier")) {
    trigger.pipeline_identifier = pipeline->text;
    if (!is_identifier(pipeline->text)) {
      findings.error(pipeline->position, "pipelineIdentifier \"" + pipeline->text +
                                             "\" must match ^[a-zA-Z_][0-9a-zA-Z_]{0,127}$");
    }
  }
  trigger.tags = reader.text_pairs("tags");
  trigger.is_enabled = reader.flag("enabled", true);
  if (const yaml::Node* source = reader.require_mapping("source")) {
    read_source(*source, trigger, findings);
  }
  trigger.input_yaml = reader.text("inputYaml");
  check_input_yaml(reader.find_scalar("inputYaml"), findings);
  check_input_set_refs(reader, findings);
  trigger.input_set_refs = reader.texts("inputSetRefs");
  trigger.stages_to_execute = reader.texts("stagesToExecute");
  reader.remark("pipelineBranchName",
                "pipelineBranchName is ignored: pipelines are not kept in git");
  reader.skip({"encryptedWebhookSecretIdentifier", "inputSetBranchName"});
  reader.finish();
  return trigger;
}

Result<TriggerDocument, Diagnostic> read_stored_trigger(std::string_view text) {
  const auto documents = yaml::parse_documents(text, {});
  if (!documents) return documents.error();
  const yaml::Node* const node =
      documents->empty() ? nullptr : documents->front().root.find("trigger");
  if (node == nullptr) return Diagnostic(1, 1, "the document's root is not trigger");
  yaml::Findings findings;
  return read_trigger(*node, findings);
}

}  // namespace tripgate::plan

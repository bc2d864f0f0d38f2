// Timeouts, refusals and typed look-ups that let a runtime input through, the same at every level
// of a pipeline.
#include "engine/plan/plan_parts.h"

#include "engine/inputs/runtime_input.h"
#include "engine/plan/duration.h"
#include "engine/plan/expression_blocks.h"

namespace tripgate::plan {

bool is_runtime_input(const yaml::Node& node) {
  return node.is_scalar() && inputs::is_runtime_input(node.text);
}

const yaml::Node* find_list(yaml::MappingReader& reader, std::string_view key) {
  const yaml::Node* found = reader.find(key);
  if (found != nullptr && is_runtime_input(*found)) return nullptr;
  return reader.find_sequence(key);
}

const yaml::Node* find_map(yaml::MappingReader& reader, std::string_view key) {
  const yaml::Node* found = reader.find(key);
  if (found != nullptr && is_runtime_input(*found)) return nullptr;
  return reader.find_mapping(key);
}

bool read_flag(yaml::MappingReader& reader, std::string_view key, bool fallback) {
  const yaml::Node* found = reader.find(key);
  if (found != nullptr && is_runtime_input(*found)) return fallback;
  return reader.flag(key, fallback);
}

std::vector<std::string> read_texts(yaml::MappingReader& reader, std::string_view key) {
  const yaml::Node* found = reader.find(key);
  if (found != nullptr && found->is_scalar() && has_block(found->text)) return {found->text};
  return reader.texts(key);
}

std::vector<std::pair<std::string, std::string>> read_pairs(yaml::MappingReader& reader,
                                                            std::string_view key) {
  if (find_map(reader, key) == nullptr) return {};
  return reader.text_pairs(key);
}

std::string require_text(yaml::MappingReader& reader, std::string_view key,
                         yaml::Findings& findings) {
  const yaml::Node* found = reader.require_scalar(key);
  if (found == nullptr) return {};
  if (found->text.empty()) {
    findings.error(found->position, std::string(key) + " must not be empty in " + reader.what());
  }
  return found->text;
}

void remark_delegates(yaml::MappingReader& reader) {
  for (const std::string_view key :
       {"delegateSelectors", "includeInfraSelectors", "connectorRef"}) {
    reader.remark(key, "Ignoring " + std::string(key) + ": no delegates in self-hosted mode");
  }
}

bool refuse_template(yaml::MappingReader& reader, yaml::Findings& findings) {
  const yaml::Node* node = reader.find("template");
  if (node == nullptr) return false;
  const yaml::Node* ref = node->find("templateRef");
  const yaml::Node* version = node->find("versionLabel");
  findings.error(node->position, "Template references are not supported; inline template " +
                                     (ref == nullptr ? std::string() : ref->text) + ":" +
                                     (version == nullptr ? std::string() : version->text));
  return true;
}

PlanTimeout read_plan_timeout(yaml::MappingReader& reader, std::chrono::seconds fallback,
                              yaml::Findings& findings) {
  const yaml::Node* node = reader.find_scalar("timeout");
  if (node == nullptr || node->text.empty()) return {fallback, {}};
  if (has_block(node->text)) return {fallback, node->text};
  const std::optional<std::chrono::seconds> timeout = parse_duration(node->text);
  if (!timeout) findings.error(node->position, kDurationComplaint);
  return {timeout.value_or(fallback), {}};
}

void complain_twice(yaml::Position at, const std::string& path, yaml::Findings& findings) {
  findings.error(at, " This element is coming twice in yaml " + path);
}

}  // namespace tripgate::plan

// Variables, timeouts and refusals, the same at every level of a pipeline.
#include "engine/plan/plan_parts.h"

#include <set>

#include "engine/plan/duration.h"
#include "engine/plan/expression_blocks.h"
#include "engine/plan/names.h"

namespace tripgate::plan {
namespace {

PlanVariable::Type read_type(yaml::MappingReader& reader, const std::string& name,
                             yaml::Findings& findings) {
  const yaml::Node* type = reader.require_scalar("type");
  if (type == nullptr || type->text == "String") return PlanVariable::Type::string;
  if (type->text == "Number") return PlanVariable::Type::number;
  findings.error(
      type->position,
      type->text == "Secret"
          ? "variables of type Secret are not supported yet (" + name + ")"
          : "the type of variable " + name + " must be String or Number, not " + type->text);
  return PlanVariable::Type::string;
}

PlanVariable read_variable(const yaml::Node& node, yaml::Findings& findings) {
  yaml::MappingReader reader(node, "a variable", findings);
  PlanVariable variable;
  if (const yaml::Node* name = reader.require_scalar("name")) {
    variable.name = name->text;
    if (!is_variable_name(name->text)) {
      findings.error(name->position, "the variable name \"" + name->text +
                                         "\" must match ^[a-zA-Z_][0-9a-zA-Z_\\.$-]{0,127}$");
    }
  }
  variable.type = read_type(reader, variable.name, findings);
  const yaml::Node* value = reader.find_scalar("value");
  const yaml::Node* fallback = reader.find_scalar("default");
  const yaml::Node* chosen = value != nullptr ? value : fallback;
  if (chosen != nullptr) variable.text = chosen->text;
  if (reader.flag("required", false) &&
      variable.text.find_first_not_of(" \t\n") == std::string::npos) {
    findings.error(node.position, "Value not provided for required variable: " + variable.name);
  }
  const bool is_number = variable.type == PlanVariable::Type::number;
  if (is_number && chosen != nullptr && !is_number_text(chosen->text) && !has_block(chosen->text)) {
    findings.error(chosen->position, "the value of variable " + variable.name +
                                         " must be a number, not \"" + chosen->text + "\"");
  }
  reader.skip({"description"});
  reader.finish();
  return variable;
}

}  // namespace

void refuse_unsupported(yaml::MappingReader& reader, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    reader.refuse(key, std::string(key) + " is not supported yet (" + reader.what() + ")");
  }
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

std::chrono::seconds read_timeout(yaml::MappingReader& reader, std::chrono::seconds fallback,
                                  yaml::Findings& findings) {
  const yaml::Node* node = reader.find_scalar("timeout");
  if (node == nullptr || node->text.empty()) return fallback;
  if (has_block(node->text)) {
    findings.error(node->position,
                   "an expression as timeout is not supported yet (" + reader.what() + ")");
    return fallback;
  }
  const std::optional<std::chrono::seconds> timeout = parse_duration(node->text);
  if (!timeout) findings.error(node->position, kDurationComplaint);
  return timeout.value_or(fallback);
}

void complain_twice(yaml::Position at, const std::string& path, yaml::Findings& findings) {
  findings.error(at, " This element is coming twice in yaml " + path);
}

std::vector<PlanVariable> read_variables(yaml::MappingReader& reader, std::string_view key,
                                         const std::string& path, yaml::Findings& findings) {
  std::vector<PlanVariable> variables;
  std::set<std::string> names;
  const yaml::Node* list = reader.find_sequence(key);
  if (list == nullptr) return variables;
  for (const yaml::Node& item : list->items) {
    PlanVariable variable = read_variable(item, findings);
    if (!names.insert(variable.name).second) {
      complain_twice(item.position, path + "." + std::string(key) + "[name:" + variable.name + "]",
                     findings);
    }
    variables.push_back(std::move(variable));
  }
  return variables;
}

}  // namespace tripgate::plan

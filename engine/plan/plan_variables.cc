// Lists of variables: pipeline, stage, group and step have them all alike. Source:
// pipelines.md 1.9.
#include <set>

#include "engine/plan/expression_blocks.h"
#include "engine/plan/names.h"
#include "engine/plan/plan_parts.h"

namespace tripgate::plan {
namespace {

using Type = PlanVariable::Type;

Type read_type(yaml::MappingReader& reader, const std::string& name, yaml::Findings& findings) {
  const yaml::Node* type = reader.require_scalar("type");
  if (type == nullptr || type->text == "String" || is_runtime_input(*type)) return Type::string;
  if (type->text == "Number") return Type::number;
  if (type->text == "Secret") return Type::secret;
  findings.error(type->position, "the type of variable " + name +
                                     " must be String, Number or Secret, not " + type->text);
  return Type::string;
}

std::string read_variable_name(yaml::MappingReader& reader, yaml::Findings& findings) {
  const yaml::Node* name = reader.require_scalar("name");
  if (name == nullptr) return {};
  if (!is_variable_name(name->text)) {
    findings.error(name->position, "the variable name \"" + name->text +
                                       "\" must match ^[a-zA-Z_][0-9a-zA-Z_\\.$-]{0,127}$");
  }
  return name->text;
}

// `value`, or `default` where the value is absent or a runtime input.
const yaml::Node* choose_value(yaml::MappingReader& reader) {
  const yaml::Node* value = reader.find_scalar("value");
  const yaml::Node* fallback = reader.find_scalar("default");
  const bool is_given = value != nullptr && !is_runtime_input(*value);
  return is_given || fallback == nullptr ? value : fallback;
}

void check_value(const yaml::Node& value, const PlanVariable& variable, yaml::Findings& findings) {
  if (variable.type == Type::number && !is_number_text(value.text) && !has_block(value.text)) {
    findings.error(value.position, "the value of variable " + variable.name +
                                       " must be a number, not \"" + value.text + "\"");
  }
  if (variable.type == Type::secret &&
      value.text.find("<+secrets.getValue(") != std::string::npos) {
    findings.error(value.position, "the value of secret variable " + variable.name +
                                       " must be the id of a secret, not an expression that reads "
                                       "one");
  }
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\n") == std::string_view::npos;
}

PlanVariable read_variable(const yaml::Node& node, yaml::Findings& findings) {
  yaml::MappingReader reader(node, "a variable", findings);
  PlanVariable variable;
  variable.name = read_variable_name(reader, findings);
  variable.type = read_type(reader, variable.name, findings);
  const yaml::Node* value = choose_value(reader);
  if (value != nullptr) variable.text = value->text;
  variable.is_required = read_flag(reader, "required", false);
  if (variable.is_required && is_blank(variable.text)) {
    const std::string kind = variable.type == Type::secret ? "secret variable: " : "variable: ";
    findings.error(node.position, "Value not provided for required " + kind + variable.name);
  }
  if (value != nullptr) check_value(*value, variable, findings);
  reader.skip({"description"});
  reader.finish();
  return variable;
}

}  // namespace

std::vector<PlanVariable> read_variables(yaml::MappingReader& reader, std::string_view key,
                                         const std::string& fqn, yaml::Findings& findings) {
  std::vector<PlanVariable> variables;
  std::set<std::string> names;
  const yaml::Node* list = find_list(reader, key);
  if (list == nullptr) return variables;
  for (const yaml::Node& item : list->items) {
    PlanVariable variable = read_variable(item, findings);
    if (!names.insert(variable.name).second) {
      complain_twice(item.position, fqn + "." + std::string(key) + "[name:" + variable.name + "]",
                     findings);
    }
    variables.push_back(std::move(variable));
  }
  return variables;
}

}  // namespace tripgate::plan

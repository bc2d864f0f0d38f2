// The value is normalised here, because "yes" that is stored but not enforced would be a trap.
#include "engine/plan/setting_document.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "engine/plan/names.h"
#include "engine/yaml/mapping_reader.h"

namespace tripgate::plan {
namespace {

std::optional<bool> parse_boolean_word(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const char* word : {"true", "yes", "on", "t", "y"}) {
    if (text == word) return true;
  }
  for (const char* word : {"false", "no", "off", "f", "n"}) {
    if (text == word) return false;
  }
  return {};
}

}  // namespace

SettingDocument read_setting(const yaml::Node& node, yaml::Findings& findings) {
  yaml::MappingReader reader(node, "setting", findings);
  SettingDocument setting;
  setting.position = node.position;
  if (const yaml::Node* identifier = reader.require_scalar("identifier")) {
    setting.identifier = identifier->text;
    if (setting.identifier != kMandateSetting) {
      findings.error(identifier->position, "Setting- " + setting.identifier + " does not exist");
    }
  }
  if (const yaml::Node* value = reader.require_scalar("value")) {
    const std::optional<bool> parsed = parse_boolean_word(value->text);
    if (!parsed) {
      findings.error(value->position,
                     "Only boolean values are allowed. Received input [" + value->text + "]");
    }
    setting.value = parsed.value_or(false);
  }
  setting.allows_overrides = reader.flag("allowOverrides", true);
  setting.org = read_scope(reader, "orgIdentifier", findings);
  setting.project = read_scope(reader, "projectIdentifier", findings);
  if (setting.org.empty() && !setting.project.empty()) {
    findings.error(node.position, "a setting of a project needs orgIdentifier too");
  }
  reader.finish();
  return setting;
}

}  // namespace tripgate::plan

// The document with the root `trigger`. Source: triggers.md 7.1 to 7.3.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/yaml/findings.h"
#include "engine/yaml/node.h"

namespace tripgate::plan {

/// One payload or header condition as written; operator is one of the nine names of 7.2.
struct ConditionText {
  std::string key;
  std::string op;
  std::string value;  ///< Empty: absent, which counts as blank.
};

/// A custom webhook trigger.
struct TriggerDocument {
  std::string identifier;
  std::string name;
  std::string description;
  std::string org;      ///< Empty: the command's scope.
  std::string project;  ///< Empty: the command's scope.
  std::string pipeline_identifier;
  std::vector<std::pair<std::string, std::string>> tags;
  bool is_enabled = true;
  std::vector<ConditionText> payload_conditions;
  std::vector<ConditionText> header_conditions;
  std::string jexl_condition;
  std::string input_yaml;
  std::vector<std::string> input_set_refs;
  std::vector<std::string> stages_to_execute;
  yaml::Position position;
};

/// Reads the value under `trigger`. The result is meaningful only if findings stay clean.
[[nodiscard]] TriggerDocument read_trigger(const yaml::Node& node, yaml::Findings& findings);

/// Reads a trigger that was saved before. What would be refused today is kept as it is: its
/// conditions must not get lost. The Diagnostic: no YAML, or not a trigger.
[[nodiscard]] Result<TriggerDocument, Diagnostic> read_stored_trigger(std::string_view text);

}  // namespace tripgate::plan

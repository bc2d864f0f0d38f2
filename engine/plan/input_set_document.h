// The document with the root `inputSet`. Source: pipelines.md 7.4.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/yaml/findings.h"
#include "engine/yaml/node.h"

namespace tripgate::plan {

/// Values for the runtime inputs of one pipeline.
struct InputSetDocument {
  std::string identifier;
  std::string name;
  std::string description;
  std::string org;
  std::string project;
  std::string pipeline_identifier;  ///< Of the nested pipeline.
  std::vector<std::pair<std::string, std::string>> tags;
  yaml::Position position;
};

/// Reads the value under `inputSet`; the values themselves stay in the stored text.
[[nodiscard]] InputSetDocument read_input_set(const yaml::Node& node, yaml::Findings& findings);

}  // namespace tripgate::plan

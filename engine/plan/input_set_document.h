// The documents with the roots `inputSet` and `overlayInputSet`. Source: pipelines.md 7.4.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/yaml/findings.h"
#include "engine/yaml/node.h"

namespace tripgate::plan {

/// Values for the runtime inputs of one pipeline, or an overlay: a list of such sets.
struct InputSetDocument {
  std::string identifier;
  std::string name;
  std::string description;
  std::string org;
  std::string project;
  std::string pipeline_identifier;  ///< Of the nested pipeline.
  yaml::Node values;                ///< Under `pipeline`; null in an overlay.
  bool is_overlay = false;
  /// Of an overlay: input sets in their order, and where each is named.
  std::vector<std::pair<std::string, yaml::Position>> references;
  std::vector<std::pair<std::string, std::string>> tags;
  yaml::Position position;
};

/// Reads the value under `inputSet`. What its pipeline makes of the values is judged where the
/// pipeline is known. The result is meaningful only if findings stay clean, here and below.
[[nodiscard]] InputSetDocument read_input_set(const yaml::Node& node, yaml::Findings& findings);

/// Reads the value under `overlayInputSet`.
[[nodiscard]] InputSetDocument read_overlay(const yaml::Node& node, yaml::Findings& findings);

}  // namespace tripgate::plan

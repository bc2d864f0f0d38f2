// The document with the root `setting`, our own. Source: triggers.md section 5.
#pragma once

#include <string>

#include "engine/yaml/findings.h"
#include "engine/yaml/node.h"

namespace tripgate::plan {

/// The one setting there is.
inline constexpr const char* kMandateSetting = "mandate_custom_webhook_authorization";

/// A setting at account (org empty), org (project empty) or project scope.
struct SettingDocument {
  std::string identifier;
  bool value = false;
  bool allows_overrides = true;
  std::string org;
  std::string project;
  yaml::Position position;
};

/// Reads the value under `setting`. Words such as yes and ON are normalised to true and false.
[[nodiscard]] SettingDocument read_setting(const yaml::Node& node, yaml::Findings& findings);

}  // namespace tripgate::plan

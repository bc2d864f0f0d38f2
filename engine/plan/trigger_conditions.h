// The conditions of a custom trigger, checked while they are read. Source: triggers.md section 8.
#pragma once

#include "engine/plan/trigger_document.h"
#include "engine/yaml/findings.h"
#include "engine/yaml/node.h"

namespace tripgate::plan {

/// Reads `source.spec.spec`. Every expression and pattern is compiled: one that does not parse is
/// an error at its place in the document, with the text, a caret and what was expected. What can
/// never match, or compares no payload, is a warning.
void read_custom_spec(const yaml::Node& node, TriggerDocument& trigger, yaml::Findings& findings);

}  // namespace tripgate::plan

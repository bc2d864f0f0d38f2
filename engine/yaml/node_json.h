// A YAML tree as JSON, which is YAML too.
#pragma once

#include <string>

#include "engine/yaml/node.h"

namespace tripgate::yaml {

/// Compact JSON with keys in the order of the document. Plain scalars that JSON knows as null,
/// true, false or a number stay what they are; every other scalar is a string.
[[nodiscard]] std::string json_text(const Node& node);

}  // namespace tripgate::yaml

// Document trees back to text.
#pragma once

#include <string>

#include "engine/yaml/node.h"

namespace tripgate::yaml {

/// A document that parse_document reads as the same tree: kinds, texts, order, and what is plain,
/// so that a number stays one and a quoted one stays text. In block style; comments and flow style
/// are lost. Texts are UTF-8; the tree is no deeper than kDepthMax. Ends with a line break.
[[nodiscard]] std::string write_document(const Node& root);

}  // namespace tripgate::yaml

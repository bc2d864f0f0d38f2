// Text to document trees: the one place that knows libyaml.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/yaml/node.h"

namespace tripgate::yaml {

/// One document of a stream.
struct Document {
  Node root;
  std::string text;            ///< As it stood in the stream, comments included, without `---`.
  std::uint32_t first_line{};  ///< Line of the stream at which text begins.
};

/// Parses a stream of YAML 1.1 documents separated by `---`; documents without content are left
/// out. Stricter than YAML: keys are scalars and unique, tags other than !!str and merge keys (<<)
/// are refused, and the bounds of yaml_limits.h hold.
///
/// text: UTF-8. file: for complaints only.
/// Errors: the first complaint, with file, line and column.
[[nodiscard]] Result<std::vector<Document>, Diagnostic> parse_documents(std::string_view text,
                                                                        std::string_view file);

/// Parses a text that must hold exactly one document.
[[nodiscard]] Result<Document, Diagnostic> parse_document(std::string_view text,
                                                          std::string_view file);

}  // namespace tripgate::yaml

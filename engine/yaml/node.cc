// Look-ups in the document tree. A literal block keeps its indentation in one number, so that a
// byte of a script is found in the file again.
#include "engine/yaml/node.h"

#include "engine/yaml/line_index.h"

namespace tripgate::yaml {

bool Node::is_null() const {
  if (!is_scalar() || style != ScalarStyle::plain) return false;
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key.text == key) return &entry.value;
  }
  return nullptr;
}

Position Node::position_at(std::size_t offset) const {
  if (content.line == 0) return position;
  const std::string_view before = std::string_view(text).substr(0, std::min(offset, text.size()));
  const LineIndex lines(before);
  const Position inside = lines.position_of(before.size());
  return {content.line + inside.line - 1, content.column + inside.column - 1};
}

const char* Node::kind_name() const {
  switch (kind) {
    case NodeKind::scalar:
      return "a scalar";
    case NodeKind::sequence:
      return "a list";
    case NodeKind::mapping:
      return "a mapping";
  }
  return "a node";
}

}  // namespace tripgate::yaml

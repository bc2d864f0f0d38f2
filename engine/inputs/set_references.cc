// The document was read when it was saved; what does not parse any more is no overlay.
#include "engine/inputs/set_references.h"

#include "engine/yaml/parser.h"

namespace tripgate::inputs {

std::optional<std::vector<std::string>> overlay_references(std::string_view text) {
  const auto document = yaml::parse_document(text, {});
  const yaml::Node* const overlay = document ? document->root.find("overlayInputSet") : nullptr;
  if (overlay == nullptr) return std::nullopt;
  std::vector<std::string> references;
  if (const yaml::Node* const list = overlay->find("inputSetReferences")) {
    for (const yaml::Node& item : list->items) references.push_back(item.text);
  }
  return references;
}

}  // namespace tripgate::inputs

// The tree is cut, not the text: whatever else the pipeline says stays as it was read.
#include "engine/plan/stage_selection.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/yaml/mapping_reader.h"
#include "engine/yaml/parser.h"
#include "engine/yaml/writer.h"

namespace tripgate::plan {
namespace {

yaml::Node* find(yaml::Node* node, std::string_view key) {
  if (node == nullptr) return nullptr;
  for (yaml::Entry& entry : node->entries) {
    if (entry.key.text == key) return &entry.value;
  }
  return nullptr;
}

std::string text_of(const yaml::Node* node) {
  return node == nullptr ? std::string() : node->text;
}

class Selection {
 public:
  explicit Selection(std::span<const std::string> identifiers)
      : missing_(identifiers.begin(), identifiers.end()), wanted_(missing_) {}

  /// Leaves the wanted items of a list of stages and blocks of stages.
  void cut(yaml::Node& list) {
    std::erase_if(list.items, [this](yaml::Node& item) {
      if (yaml::Node* const block = find(&item, "parallel")) {
        cut(*block);
        return block->items.empty();
      }
      const std::string identifier = text_of(find(find(&item, "stage"), "identifier"));
      missing_.erase(identifier);
      return !wanted_.contains(identifier);
    });
  }

  [[nodiscard]] const std::set<std::string>& missing() const { return missing_; }

 private:
  std::set<std::string> missing_;
  const std::set<std::string> wanted_;
};

Result<std::string, Diagnostic> cut(std::string_view pipeline,
                                    std::span<const std::string> identifiers,
                                    bool must_be_allowed) {
  auto document = yaml::parse_document(pipeline, "pipeline");
  if (!document) return document.error();
  yaml::Node* const root = find(&document->root, "pipeline");
  yaml::Node* const stages = find(root, "stages");
  if (stages == nullptr) return Diagnostic("the pipeline has no stages");
  const std::string identifier = text_of(find(root, "identifier"));
  if (must_be_allowed && yaml::parse_flag(text_of(find(root, "allowStageExecutions"))) != true) {
    return Diagnostic("Stage executions are not allowed for pipeline [" + identifier + "]");
  }
  Selection selection(identifiers);
  selection.cut(*stages);
  if (!selection.missing().empty()) {
    return Diagnostic("Pipeline [" + identifier + "] has no stage [" +
                      *selection.missing().begin() + "]");
  }
  return {boost::system::in_place_value, yaml::write_document(document->root)};
}

}  // namespace

Result<std::string, Diagnostic> select_stages(std::string_view pipeline,
                                              std::span<const std::string> identifiers) {
  return cut(pipeline, identifiers, true);
}

Result<std::string, Diagnostic> cut_stages(std::string_view pipeline,
                                           std::span<const std::string> identifiers) {
  return cut(pipeline, identifiers, false);
}

}  // namespace tripgate::plan

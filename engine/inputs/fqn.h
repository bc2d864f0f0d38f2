// Names of places in a pipeline, and which items of two lists are the same thing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/yaml/findings.h"
#include "engine/yaml/node.h"

namespace tripgate::inputs {

/// A place in a document, in the two spellings that complaints use. Source: pipelines.md 7.3.
struct Path {
  std::string full;    ///< `pipeline.stages.stage[identifier:s1].spec`
  std::string dotted;  ///< `pipeline.stages.s1.spec`; of a variable's value `pipeline.variables.v`

  /// The place below a key.
  [[nodiscard]] Path below(std::string_view key) const;
};

/// An item of a list that something else can refer to.
struct ListItem {
  const yaml::Node* node = nullptr;  ///< The mapping itself, below a wrapper such as `step:`.
  bool is_wrapped = false;           ///< There is such a wrapper.
  std::string identity;              ///< `stage[identifier:s1]`, unique among its siblings.
  std::string label;                 ///< `s1`
  std::string_view identity_key;     ///< `identifier`

  /// The item's place in a list at that place.
  [[nodiscard]] Path below(const Path& list) const;
};

/// Who an item of a list is; nothing for a `parallel` list, or an item that does not say. Borrows.
[[nodiscard]] std::optional<ListItem> identify(const yaml::Node& item);

/// The list below `parallel:`, or nullptr if the item is none.
[[nodiscard]] const yaml::Node* find_parallel(const yaml::Node& item);

/// Whether the items of a list can be told apart: all are mappings that have one of the keys
/// `identifier`, `id`, `name`, `key`, `commandType`, `serviceRef`, `environmentRef`, possibly below
/// a wrapper (`stage`, `step`, ...), or are `parallel` lists of such. Any other list is one value.
/// Source: triggers.md 9.4.
[[nodiscard]] bool has_identities(const yaml::Node& list);

/// The items of a list that has_identities in order, those of `parallel` among them. Borrows.
[[nodiscard]] std::vector<ListItem> identified_items(const yaml::Node& list);

/// Complains about items of one list that have the same identity, anywhere in a document:
/// " This element is coming twice in yaml FQN" (pipelines.md 1.1).
/// path: where node stands.
void check_identities(const yaml::Node& node, const Path& path, yaml::Findings& findings);

}  // namespace tripgate::inputs

// What is left of a pipeline when everything that it fixes is taken away.
#include "engine/inputs/fqn.h"
#include "engine/inputs/merge.h"
#include "engine/inputs/runtime_input.h"

namespace tripgate::inputs {
namespace {

bool asks(const yaml::Node& node) {
  return node.is_scalar() && is_runtime_input(node.text);
}

std::optional<yaml::Node> reduce(const yaml::Node& node, std::string_view identity_key);

/// Keys that tell where an input is, kept beside one.
bool is_locating(const yaml::Node& mapping, const yaml::Entry& entry,
                 std::string_view identity_key) {
  const std::string& key = entry.key.text;
  if (!entry.value.is_scalar()) return false;
  if (key == "default") {
    const yaml::Node* const value = mapping.find("value");
    return value != nullptr && asks(*value);
  }
  return key == "identifier" || key == "type" || key == identity_key;
}

std::optional<yaml::Node> reduce_mapping(const yaml::Node& mapping, std::string_view identity_key) {
  yaml::Node reduced;
  reduced.kind = yaml::NodeKind::mapping;
  reduced.position = mapping.position;
  bool is_asking = false;
  for (const yaml::Entry& entry : mapping.entries) {
    if (auto value = reduce(entry.value, {})) {
      is_asking = true;
      reduced.entries.push_back({entry.key, std::move(*value)});
    } else if (is_locating(mapping, entry, identity_key)) {
      reduced.entries.push_back(entry);
    }
  }
  return is_asking ? std::optional(std::move(reduced)) : std::nullopt;
}

std::optional<yaml::Node> reduce_item(const yaml::Node& item) {
  const yaml::Node* const parallel = find_parallel(item);
  const std::optional<ListItem> who = identify(item);
  if (parallel == nullptr && !who->is_wrapped) return reduce_mapping(item, who->identity_key);
  std::optional<yaml::Node> inner =
      parallel != nullptr ? reduce(*parallel, {}) : reduce_mapping(*who->node, who->identity_key);
  if (!inner) return std::nullopt;
  yaml::Node wrapper;
  wrapper.kind = yaml::NodeKind::mapping;
  wrapper.position = item.position;
  wrapper.entries.push_back({item.entries.front().key, std::move(*inner)});
  return wrapper;
}

std::optional<yaml::Node> reduce_list(const yaml::Node& list) {
  if (!has_identities(list)) return std::nullopt;
  yaml::Node reduced;
  reduced.kind = yaml::NodeKind::sequence;
  reduced.position = list.position;
  for (const yaml::Node& item : list.items) {
    if (auto kept = reduce_item(item)) reduced.items.push_back(std::move(*kept));
  }
  return reduced.items.empty() ? std::nullopt : std::optional(std::move(reduced));
}

std::optional<yaml::Node> reduce(const yaml::Node& node, std::string_view identity_key) {
  if (node.is_mapping()) return reduce_mapping(node, identity_key);
  if (node.is_sequence()) return reduce_list(node);
  return asks(node) ? std::optional(node) : std::nullopt;
}

}  // namespace

std::optional<yaml::Node> make_template(const yaml::Node& pipeline) {
  return reduce(pipeline, {});
}

}  // namespace tripgate::inputs

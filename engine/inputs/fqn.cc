// A list is a map in disguise when each of its items says who it is.
#include "engine/inputs/fqn.h"

#include <algorithm>
#include <array>
#include <set>

namespace tripgate::inputs {
namespace {

constexpr std::array<std::string_view, 7> kIdentityKeys = {
    "identifier", "id", "name", "key", "commandType", "serviceRef", "environmentRef"};

/// The first of the identity keys that has a value.
std::optional<std::string_view> identity_key(const yaml::Node& mapping) {
  for (const std::string_view key : kIdentityKeys) {
    const yaml::Node* const value = mapping.find(key);
    if (value != nullptr && value->is_scalar() && !value->is_null()) return key;
  }
  return std::nullopt;
}

}  // namespace

const yaml::Node* find_parallel(const yaml::Node& item) {
  if (!item.is_mapping() || item.entries.size() != 1) return nullptr;
  const auto& [key, value] = item.entries.front();
  return key.text == "parallel" && value.is_sequence() ? &value : nullptr;
}

std::optional<ListItem> identify(const yaml::Node& item) {
  if (!item.is_mapping()) return std::nullopt;
  const bool is_wrapper = item.entries.size() == 1 && item.entries.front().value.is_mapping();
  const yaml::Node& inner = is_wrapper ? item.entries.front().value : item;
  const auto key = identity_key(inner);
  if (!key) return std::nullopt;
  ListItem found{&inner, is_wrapper, {}, inner.find(*key)->text, *key};
  if (is_wrapper) found.identity = item.entries.front().key.text;
  found.identity.append("[").append(*key).append(":").append(found.label).append("]");
  return found;
}

Path Path::below(std::string_view key) const {
  Path path = *this;
  path.full.append(".").append(key);
  // A variable is called by its name; what it is worth needs no word.
  const bool is_value_of_item = key == "value" && full.ends_with(']');
  if (!is_value_of_item) path.dotted.append(".").append(key);
  return path;
}

Path ListItem::below(const Path& list) const {
  return {list.full + (is_wrapped ? "." : "") + identity, list.dotted + "." + label};
}

bool has_identities(const yaml::Node& list) {
  return !list.items.empty() && std::ranges::all_of(list.items, [](const yaml::Node& item) {
    const yaml::Node* const parallel = find_parallel(item);
    return parallel != nullptr ? has_identities(*parallel) : identify(item).has_value();
  });
}

std::vector<ListItem> identified_items(const yaml::Node& list) {
  std::vector<ListItem> items;
  for (const yaml::Node& node : list.items) {
    if (const yaml::Node* const parallel = find_parallel(node)) {
      std::ranges::move(identified_items(*parallel), std::back_inserter(items));
    } else if (auto item = identify(node)) {
      items.push_back(std::move(*item));
    }
  }
  return items;
}

void check_identities(const yaml::Node& node, const Path& path, yaml::Findings& findings) {
  for (const auto& [key, value] : node.entries) {
    check_identities(value, path.below(key.text), findings);
  }
  if (!node.is_sequence() || !has_identities(node)) return;
  std::set<std::string> seen;
  for (const ListItem& item : identified_items(node)) {
    const Path at = item.below(path);
    if (!seen.insert(item.identity).second) {
      findings.error(item.node->position, " This element is coming twice in yaml " + at.full);
    }
    check_identities(*item.node, at, findings);
  }
}

}  // namespace tripgate::inputs

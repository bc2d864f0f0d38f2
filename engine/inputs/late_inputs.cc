// A node's own fields are those that no node inside it has: what it encloses is set aside while
// values are put in.
#include "engine/inputs/late_inputs.h"

#include <utility>

#include "engine/inputs/fqn.h"
#include "engine/inputs/runtime_input.h"

namespace tripgate::inputs {
namespace {

const Path kRoot = {"pipeline", "pipeline"};

bool is_late(const yaml::Node& node) {
  if (!node.is_scalar() || !is_runtime_input(node.text)) return false;
  const auto input = parse_runtime_input(node.text);
  return input && input->is_asked_later;
}

// The parser's depth bounds the recursions of this file.
void add_late_fields(const yaml::Node& node, const Path& path, std::vector<std::string>& fields) {
  if (is_late(node)) return fields.push_back(path.dotted);
  for (const auto& [key, value] : node.entries) {
    add_late_fields(value, path.below(key.text), fields);
  }
  if (!node.is_sequence() || !has_identities(node)) return;
  for (const ListItem& item : identified_items(node)) {
    add_late_fields(*item.node, item.below(path), fields);
  }
}

/// A stage, group or step inside a pipeline.
struct Place {
  yaml::Node* node = nullptr;
  std::string wrapper;  ///< `step`
};

Place find_place(yaml::Node& node, const Path& path, std::string_view wanted);

Place find_in_list(yaml::Node& list, const Path& path, std::string_view wanted) {
  for (yaml::Node& item : list.items) {
    if (find_parallel(item) != nullptr) {
      Place place = find_in_list(item.entries.front().value, path, wanted);
      if (place.node != nullptr) return place;
      continue;
    }
    const auto who = identify(item);
    if (!who || !who->is_wrapped) continue;
    const Path below = who->below(path);
    yaml::Node& inner = item.entries.front().value;
    if (below.dotted == wanted) return {&inner, item.entries.front().key.text};
    Place place = find_place(inner, below, wanted);
    if (place.node != nullptr) return place;
  }
  return {};
}

Place find_place(yaml::Node& node, const Path& path, std::string_view wanted) {
  if (!wanted.starts_with(path.dotted)) return {};
  if (node.is_sequence()) return find_in_list(node, path, wanted);
  for (auto& [key, value] : node.entries) {
    Place place = find_place(value, path.below(key.text), wanted);
    if (place.node != nullptr) return place;
  }
  return {};
}

bool leads_to(const Path& path, std::string_view wanted) {
  return wanted == path.dotted || wanted.starts_with(path.dotted + ".");
}

yaml::Node copy_way(const yaml::Node& node, const Path& path, std::string_view wanted);

/// Of a list that items can be told apart in, the one that leads to the place.
yaml::Node copy_item(const yaml::Node& list, const Path& path, std::string_view wanted) {
  yaml::Node copy;
  copy.kind = list.kind;
  copy.position = list.position;
  for (const yaml::Node& item : list.items) {
    const yaml::Entry* const inner = item.entries.size() == 1 ? &item.entries.front() : nullptr;
    yaml::Node value;
    if (const yaml::Node* const parallel = find_parallel(item)) {
      value = copy_item(*parallel, path, wanted);
      if (value.items.empty()) continue;
    } else {
      const auto who = identify(item);
      if (!who || !who->is_wrapped || !leads_to(who->below(path), wanted)) continue;
      value = copy_way(inner->value, who->below(path), wanted);
    }
    copy.items.emplace_back();
    copy.items.back().kind = item.kind;
    copy.items.back().position = item.position;
    copy.items.back().entries.push_back({inner->key, std::move(value)});
    return copy;
  }
  return copy;
}

/// A pipeline without the stages, groups and steps beside the way to one of its nodes: whoever
/// looks at a thousand nodes in turn must not look at a million.
yaml::Node copy_way(const yaml::Node& node, const Path& path, std::string_view wanted) {
  if (wanted == path.dotted || !leads_to(path, wanted)) return node;
  if (node.is_sequence()) return copy_item(node, path, wanted);
  yaml::Node copy;
  copy.kind = node.kind;
  copy.position = node.position;
  for (const auto& [key, value] : node.entries) {
    copy.entries.push_back({key, copy_way(value, path.below(key.text), wanted)});
  }
  return copy;
}

/// A document around a node, or around what is left of it.
yaml::Node wrapped(const Place& place, yaml::Node node) {
  yaml::Node root;
  root.kind = yaml::NodeKind::mapping;
  yaml::Node key;
  key.text = place.wrapper;
  root.entries.push_back({std::move(key), std::move(node)});
  return root;
}

/// Takes what a node encloses out of it, and puts it back.
class Enclosed {
 public:
  void take_out(yaml::Node& node) {
    for (auto& [key, value] : node.entries) {
      const bool is_enclosed =
          key.text == "steps" || key.text == "rollbackSteps" || key.text == "execution";
      if (is_enclosed) {
        taken_.push_back(std::exchange(value, yaml::Node()));
      } else if (key.text == "spec") {
        take_out(value);
      }
    }
  }

  void put_back(yaml::Node& node) {
    for (auto& [key, value] : node.entries) {
      const bool is_enclosed =
          key.text == "steps" || key.text == "rollbackSteps" || key.text == "execution";
      if (is_enclosed && next_ < taken_.size()) {
        value = std::move(taken_[next_++]);
      } else if (key.text == "spec") {
        put_back(value);
      }
    }
  }

 private:
  std::vector<yaml::Node> taken_;
  std::size_t next_ = 0;
};

/// Leaves nothing to ask for but the late inputs.
void drop_other_inputs(yaml::Node& node) {
  if (node.is_scalar() && is_runtime_input(node.text) && !is_late(node)) node.text.clear();
  for (yaml::Node& item : node.items) drop_other_inputs(item);
  for (yaml::Entry& entry : node.entries) drop_other_inputs(entry.value);
}

std::string joined(const std::vector<Violation>& violations) {
  std::string text;
  for (const Violation& violation : violations) {
    text.append(text.empty() ? "" : ", ").append(violation.message);
  }
  return text;
}

}  // namespace

std::vector<std::string> late_fields(const yaml::Node& pipeline) {
  std::vector<std::string> fields;
  add_late_fields(pipeline, kRoot, fields);
  return fields;
}

std::optional<yaml::Node> late_template(const yaml::Node& pipeline, std::string_view path) {
  yaml::Node copy = copy_way(pipeline, kRoot, path);
  const Place place = find_place(copy, kRoot, path);
  if (place.node == nullptr) return std::nullopt;
  Enclosed().take_out(*place.node);
  drop_other_inputs(*place.node);
  std::optional<yaml::Node> asked = make_template(*place.node);
  return asked ? std::optional(wrapped(place, std::move(*asked))) : std::nullopt;
}

std::optional<yaml::Node> node_document(const yaml::Node& pipeline, std::string_view path) {
  yaml::Node copy = copy_way(pipeline, kRoot, path);
  const Place place = find_place(copy, kRoot, path);
  if (place.node == nullptr) return std::nullopt;
  return wrapped(place, *place.node);
}

Result<FilledPipeline, Diagnostic> fill_late_inputs(const yaml::Node& pipeline,
                                                    std::string_view path,
                                                    const yaml::Node* values) {
  FilledPipeline filled{copy_way(pipeline, kRoot, path), {}};
  const Place place = find_place(filled.pipeline, kRoot, path);
  if (place.node == nullptr) return Diagnostic("no node of the pipeline has that path");
  std::vector<const yaml::Node*> supplied;
  const bool is_answer = values != nullptr;
  const yaml::Node* const given = is_answer ? values->find(place.wrapper) : nullptr;
  if (given != nullptr) supplied.push_back(given);
  Enclosed enclosed;
  enclosed.take_out(*place.node);
  LateMerge merged = resolve_late_inputs(*place.node, supplied, std::string(path));
  if (is_answer && !merged.violations.empty()) {
    return Diagnostic("Some fields are not valid: [" + joined(merged.violations) + "]");
  }
  if (is_answer && !merged.missing.empty()) {
    const std::string& name = merged.missing.front();
    return Diagnostic(name +
                      " is a required variable .Value or expression not provided for the "
                      "variable : " +
                      name);
  }
  enclosed.put_back(merged.node);
  *place.node = std::move(merged.node);
  filled.checks = std::move(merged.checks);
  return filled;
}

}  // namespace tripgate::inputs

// One walk over the pipeline with the supplied documents beside it: what stands at the same place
// is known by key in mappings and by identity in lists. The parser's depth bounds the recursion.
#include "engine/inputs/merge.h"

#include <algorithm>
#include <map>

#include "engine/expressions/literal_block.h"
#include "engine/inputs/runtime_input.h"
#include "engine/inputs/validator.h"
#include "engine/yaml/mapping_reader.h"

namespace tripgate::inputs {
namespace {

/// What the documents hold at one place, in the order in which they were given.
using Supplied = std::vector<const yaml::Node*>;

bool asks(const yaml::Node& node) {
  return node.is_scalar() && is_runtime_input(node.text);
}

bool is_blank(const yaml::Node* node) {
  return node == nullptr ||
         (node->is_scalar() && node->text.find_first_not_of(" \t\r\n") == std::string::npos);
}

/// The last value that says something.
const yaml::Node* choose(const Supplied& supplied) {
  const auto chosen = std::find_if(supplied.rbegin(), supplied.rend(), [](const yaml::Node* node) {
    return !node->is_null() && !asks(*node);
  });
  return chosen == supplied.rend() ? nullptr : *chosen;
}

yaml::Node plain_scalar(std::string text, yaml::Position position) {
  yaml::Node node;
  node.text = std::move(text);
  node.position = position;
  return node;
}

/// Supplied values by key of a mapping, or by identity of a list's items.
using Index = std::map<std::string, Supplied, std::less<>>;

/// One pass over each document: looking for every key in every one would cost the square.
Index index_of(const Supplied& supplied, yaml::NodeKind kind) {
  Index index;
  for (const yaml::Node* const node : supplied) {
    if (node->kind != kind) continue;
    for (const yaml::Entry& entry : node->entries) {
      index[entry.key.text].push_back(&entry.value);
    }
    for (ListItem& item : identified_items(*node)) {
      index[std::move(item.identity)].push_back(item.node);
    }
  }
  return index;
}

const Supplied& found_in(const Index& index, std::string_view key) {
  static const Supplied kNothing;
  const auto found = index.find(key);
  return found == index.end() ? kNothing : found->second;
}

/// A node without its members.
yaml::Node shell_of(const yaml::Node& node) {
  yaml::Node shell;
  shell.kind = node.kind;
  shell.position = node.position;
  return shell;
}

/// A value of another run (run/child_inputs.h) as the text that it is: what can be judged at once
/// need not wait for the run.
yaml::Node without_block(const yaml::Node& value) {
  yaml::Node plain = value;
  if (auto text = value.is_scalar() ? literal_text(value.text) : std::nullopt) {
    if (!has_expression(*text)) plain.text = std::move(*text);
  }
  return plain;
}

/// When values are put in.
enum class Phase {
  merging,  // Nothing is decided yet.
  start,    // A run is requested.
  reached,  // A node asks for what was left to it.
};

/// Walks and collects; what happens at a runtime input depends on who asks.
class Merger {
 public:
  explicit Merger(Phase phase) : phase_(phase) {}

  yaml::Node merge(const yaml::Node& base, const Supplied& supplied, const Path& path) {
    if (asks(base)) return fill(base, choose(supplied), path);
    if (base.is_scalar()) return base;
    const Index index = index_of(supplied, base.kind);
    if (base.is_mapping()) return merge_mapping(base, index, path);
    return has_identities(base) ? merge_list(base, index, path) : merge_plain_list(base, path);
  }

  std::vector<Violation> violations;
  std::vector<DeferredCheck> checks;
  std::vector<std::string> missing;

 private:
  yaml::Node merge_mapping(const yaml::Node& base, const Index& index, const Path& path) {
    yaml::Node merged = shell_of(base);
    merged.entries.reserve(base.entries.size());
    for (const auto& [key, value] : base.entries) {
      merged.entries.push_back(
          {key, merge(value, found_in(index, key.text), path.below(key.text))});
    }
    if (phase_ == Phase::start) finish_variable(base, merged, path);
    return merged;
  }

  yaml::Node merge_list(const yaml::Node& base, const Index& index, const Path& path) {
    yaml::Node merged = shell_of(base);
    merged.items.reserve(base.items.size());
    for (const yaml::Node& item : base.items) {
      merged.items.push_back(merge_item(item, index, path));
    }
    return merged;
  }

  yaml::Node merge_item(const yaml::Node& item, const Index& index, const Path& path) {
    if (const yaml::Node* const parallel = find_parallel(item)) {
      return wrap(item, merge_list(*parallel, index, path));
    }
    const auto who = identify(item);
    yaml::Node merged = merge(*who->node, found_in(index, who->identity), who->below(path));
    return who->is_wrapped ? wrap(item, std::move(merged)) : merged;
  }

  /// The one key of an item around another value.
  static yaml::Node wrap(const yaml::Node& item, yaml::Node value) {
    yaml::Node wrapper = shell_of(item);
    wrapper.entries.push_back({item.entries.front().key, std::move(value)});
    return wrapper;
  }

  /// Nothing can be supplied for an item without an identity, but a default may stand there.
  yaml::Node merge_plain_list(const yaml::Node& base, const Path& path) {
    yaml::Node merged = shell_of(base);
    for (const yaml::Node& item : base.items) merged.items.push_back(merge(item, {}, path));
    return merged;
  }

  yaml::Node fill(const yaml::Node& base, const yaml::Node* value, const Path& path) {
    if (phase_ == Phase::merging) return value == nullptr ? base : *value;
    const auto input = parse_runtime_input(base.text);
    if (!input) {
      violations.push_back({path.dotted, input.error().message, base.position});
      return base;
    }
    if (phase_ == Phase::reached && !input->is_asked_later) return base;
    if (value == nullptr) return without_value(base, *input, path);
    const yaml::Node judged = without_block(*value);
    if (auto message = find_violation(*input, judged, path.dotted)) {
      violations.push_back({path.dotted, std::move(*message), value->position});
    } else if (input->has_validator() && judged.is_scalar() && has_expression(judged.text)) {
      checks.push_back({path.dotted, value->text, base.text});
    }
    return *value;
  }

  yaml::Node without_value(const yaml::Node& base, const RuntimeInput& input, const Path& path) {
    if (phase_ == Phase::start && input.is_asked_later) return base;
    if (input.fallback) return plain_scalar(*input.fallback, base.position);
    missing.push_back(path.dotted);
    return plain_scalar("<+input>", base.position);
  }

  /// A variable falls back to its `default`; one that is required must have something then.
  void finish_variable(const yaml::Node& base, yaml::Node& merged, const Path& path) {
    const bool is_variable = path.full.ends_with(']') && base.find("name") != nullptr &&
                             base.find("type") != nullptr && base.find("value") != nullptr;
    if (!is_variable || !asks(*base.find("value"))) return;
    const auto entry = std::ranges::find(merged.entries, "value",
                                         [](const yaml::Entry& member) { return member.key.text; });
    const auto input = parse_runtime_input(base.find("value")->text);
    if (input && input->is_asked_later && asks(entry->value)) return;
    const yaml::Node* const fallback = merged.find("default");
    if (asks(entry->value) && fallback != nullptr && !fallback->is_null() && !asks(*fallback)) {
      entry->value = *fallback;
    }
    const yaml::Node* const required = base.find("required");
    const bool is_missing = is_blank(&entry->value) || entry->value.text == "<+input>";
    const bool is_required = required != nullptr && yaml::parse_flag(required->text) == true;
    if (!is_required || !is_missing) return;
    const bool is_secret = base.find("type")->text == "Secret";
    violations.push_back({path.dotted,
                          std::string("Value not provided for required ") +
                              (is_secret ? "secret variable: " : "variable: ") +
                              base.find("name")->text,
                          base.position});
  }

  const Phase phase_;
};

}  // namespace

yaml::Node merge_values(const yaml::Node& base, std::span<const yaml::Node* const> supplied) {
  return Merger(Phase::merging)
      .merge(base, {supplied.begin(), supplied.end()}, {"pipeline", "pipeline"});
}

Merged resolve_inputs(const yaml::Node& pipeline, std::span<const yaml::Node* const> supplied) {
  Merger merger(Phase::start);
  Merged merged;
  merged.pipeline =
      merger.merge(pipeline, {supplied.begin(), supplied.end()}, {"pipeline", "pipeline"});
  merged.violations = std::move(merger.violations);
  merged.checks = std::move(merger.checks);
  return merged;
}

LateMerge resolve_late_inputs(const yaml::Node& node, std::span<const yaml::Node* const> supplied,
                              const std::string& path) {
  Merger merger(Phase::reached);
  LateMerge merged;
  merged.node = merger.merge(node, {supplied.begin(), supplied.end()}, {path, path});
  merged.violations = std::move(merger.violations);
  merged.checks = std::move(merger.checks);
  merged.missing = std::move(merger.missing);
  return merged;
}

}  // namespace tripgate::inputs

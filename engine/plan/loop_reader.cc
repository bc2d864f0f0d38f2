// What can be judged without values is judged here; axes and counts that are expressions are
// expanded when the loop starts.
#include "engine/plan/loop_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "engine/plan/expression_blocks.h"
#include "engine/plan/plan_parts.h"
#include "engine/yaml/node_json.h"

namespace tripgate::plan {
namespace {

using Type = LoopStrategy::Type;

constexpr const char* kMatrixComplaint =
    "Unable to parse Matrix yaml. Please ensure that it is in correct format";
constexpr const char* kRepeatComplaint =
    "Could not parse the repeat strategy. Please ensure you are using list of strings";

constexpr std::array<std::string_view, 3> kMatrixKeys = {"exclude", "maxConcurrency", "nodeName"};

bool is_block_text(const yaml::Node& node) {
  return node.is_scalar() && has_block(node.text);
}

std::string value_text(const yaml::Node& value) {
  return value.is_scalar() ? value.text : yaml::json_text(value);
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || rest != text.data() + text.size()) return {};
  return value;
}

// The bounds of a number that is not an expression, and what to say about one outside them.
struct NumberRule {
  std::int64_t least;
  const char* below;  // nullptr: the general complaint.
};

// Empty if the key is absent.
std::string read_number(yaml::MappingReader& reader, std::string_view key, NumberRule rule,
                        yaml::Findings& findings) {
  const yaml::Node* node = reader.find_scalar(key);
  if (node == nullptr || has_block(node->text)) return node == nullptr ? "" : node->text;
  const std::optional<std::int64_t> value = whole_number(node->text);
  if (value && *value < rule.least && rule.below != nullptr) {
    findings.error(node->position, rule.below);
  } else if (!value || *value < rule.least) {
    findings.error(node->position, std::string(key) + " of " + reader.what() +
                                       " must be a whole number from " +
                                       std::to_string(rule.least) + " or an expression, not \"" +
                                       node->text + "\"");
  }
  return node->text;
}

std::string read_max_concurrency(yaml::MappingReader& reader, yaml::Findings& findings) {
  return read_number(reader, "maxConcurrency", {0, nullptr}, findings);
}

LoopStrategy::Axis read_axis(const yaml::Entry& entry, yaml::Findings& findings) {
  const auto& [key, value] = entry;
  LoopStrategy::Axis axis;
  axis.name = key.text;
  if (is_block_text(value)) {
    axis.expression = value.text;
  } else if (value.is_null() || (value.is_sequence() && value.items.empty())) {
    findings.error(value.position, "Axis is empty for key [" + key.text +
                                       "]. Please provide at least one value in the axis.");
  } else if (value.is_scalar()) {
    findings.error(value.position, "Value provided for axes [" + key.text +
                                       "] is string. It should either be a List or an Expression.");
  } else if (value.is_mapping()) {
    findings.error(value.position, kMatrixComplaint);
  }
  for (const yaml::Node& choice : value.items) axis.values.push_back(value_text(choice));
  return axis;
}

LoopStrategy::Combination read_combination(const yaml::Node& node,
                                           const std::set<std::string_view>& axes,
                                           yaml::Findings& findings) {
  LoopStrategy::Combination combination;
  if (!node.is_mapping()) findings.error(node.position, kMatrixComplaint);
  for (const auto& [key, value] : node.entries) {
    if (!axes.contains(key.text)) {
      findings.error(key.position,
                     "Values defined in the exclude are not correct. Please make sure exclude "
                     "contains all the valid keys defined as axes.");
    }
    combination.emplace_back(key.text, value_text(value));
  }
  return combination;
}

void read_exclude(yaml::MappingReader& matrix, LoopStrategy& loop, yaml::Findings& findings) {
  const yaml::Node* exclude = matrix.find("exclude");
  if (exclude == nullptr || is_runtime_input(*exclude)) return;
  if (!exclude->is_sequence()) return findings.error(exclude->position, kMatrixComplaint);
  std::set<std::string_view> axes;
  for (const LoopStrategy::Axis& axis : loop.axes) axes.insert(axis.name);
  for (const yaml::Node& entry : exclude->items) {
    loop.exclude.push_back(read_combination(entry, axes, findings));
  }
}

void read_matrix(const yaml::Node& node, LoopStrategy& loop, yaml::Findings& findings) {
  if (is_block_text(node)) {
    loop.matrix_expression = node.text;
    return;
  }
  if (!node.is_mapping()) return findings.error(node.position, kMatrixComplaint);
  yaml::MappingReader matrix(node, "a matrix", findings);
  for (const yaml::Entry& entry : node.entries) {
    if (std::ranges::find(kMatrixKeys, entry.key.text) != kMatrixKeys.end()) continue;
    loop.axes.push_back(read_axis(entry, findings));
  }
  if (loop.axes.empty()) {
    findings.error(node.position, "No Axes defined in matrix. Please define at least one axis");
  }
  read_exclude(matrix, loop, findings);
  loop.max_concurrency = read_max_concurrency(matrix, findings);
  loop.node_name = matrix.text("nodeName");
}

void read_items(const yaml::Node& node, LoopStrategy& loop, yaml::Findings& findings) {
  if (is_block_text(node)) {
    loop.items_expression = node.text;
  } else if (!node.is_sequence()) {
    findings.error(node.position, kRepeatComplaint);
  } else if (node.items.empty()) {
    findings.error(node.position, "items list cannot be empty");
  }
  for (const yaml::Node& entry : node.items) {
    if (!entry.is_scalar()) findings.error(entry.position, kRepeatComplaint);
    loop.items.push_back(entry.text);
  }
}

void read_unit(yaml::MappingReader& repeat, LoopStrategy& loop, yaml::Findings& findings) {
  const yaml::Node* unit = repeat.find_scalar("unit");
  if (unit == nullptr || unit->text == "Count" || is_runtime_input(*unit)) return;
  loop.is_partition_percentage = unit->text == "Percentage";
  if (!loop.is_partition_percentage) {
    findings.error(unit->position,
                   "the unit of a repeat must be Count or Percentage, not \"" + unit->text + "\"");
  }
}

void read_repeat(const yaml::Node& node, LoopStrategy& loop, yaml::Findings& findings) {
  if (!node.is_mapping()) return findings.error(node.position, kRepeatComplaint);
  yaml::MappingReader repeat(node, "a repeat", findings);
  loop.times = read_number(repeat, "times",
                           {1,
                            "Iteration can not be [zero]. Please provide some positive Integer for "
                            "Iteration count"},
                           findings);
  const yaml::Node* list = repeat.find("items");
  if (list != nullptr && !loop.times.empty()) {
    findings.error(list->position, "a repeat has either times or items, not both");
  } else if (list != nullptr) {
    read_items(*list, loop, findings);
  } else if (loop.times.empty()) {
    findings.error(node.position, "Loop items list cannot be null");
  }
  loop.partition_size = read_number(repeat, "partitionSize",
                                    {1, "partition size cannot be equal or less that 0"}, findings);
  read_unit(repeat, loop, findings);
  const NumberRule edge = {0, "start or end cannot be less that 0"};
  loop.start = read_number(repeat, "start", edge, findings);
  loop.end = read_number(repeat, "end", edge, findings);
  loop.max_concurrency = read_max_concurrency(repeat, findings);
  repeat.finish();
}

void read_parallelism(yaml::MappingReader& strategy, LoopStrategy& loop, yaml::Findings& findings) {
  loop.times = read_number(strategy, "parallelism",
                           {1,
                            "Parallelism can not be [zero]. Please provide some positive Integer "
                            "for Parallelism"},
                           findings);
  loop.max_concurrency = read_max_concurrency(strategy, findings);
}

void read_reaction(yaml::MappingReader& strategy, LoopStrategy& loop, yaml::Findings& findings) {
  const yaml::Node* reaction = strategy.find_scalar("onFailure");
  if (reaction == nullptr || reaction->text == "RunAll" || is_runtime_input(*reaction)) return;
  loop.skips_queued_on_failure = reaction->text == "SkipQueued";
  if (!loop.skips_queued_on_failure) {
    findings.error(reaction->position,
                   "onFailure of a strategy must be RunAll or SkipQueued, not "
                   "\"" +
                       reaction->text + "\"");
  }
}

LoopStrategy read_strategy(const yaml::Node& node, const std::string& owner,
                           yaml::Findings& findings) {
  LoopStrategy loop;
  yaml::MappingReader strategy(node, "the strategy of " + owner, findings);
  const yaml::Node* matrix = strategy.find("matrix");
  const yaml::Node* repeat = strategy.find("repeat");
  const yaml::Node* parallelism = strategy.find("parallelism");
  const int kinds = (matrix != nullptr) + (repeat != nullptr) + (parallelism != nullptr);
  if (kinds != 1 && node.is_mapping()) {
    findings.error(node.position, "the strategy of " + owner +
                                      " must hold exactly one of matrix, repeat and parallelism");
  } else if (matrix != nullptr) {
    read_matrix(*matrix, loop, findings);
  } else if (repeat != nullptr && is_runtime_input(*repeat)) {
    loop.type = Type::repeat;
    loop.items_expression = repeat->text;
  } else if (repeat != nullptr) {
    loop.type = Type::repeat;
    read_repeat(*repeat, loop, findings);
  } else if (parallelism != nullptr) {
    loop.type = Type::parallelism;
    read_parallelism(strategy, loop, findings);
  }
  loop.when = strategy.text("when");
  read_reaction(strategy, loop, findings);
  strategy.finish();
  return loop;
}

}  // namespace

std::optional<LoopStrategy> read_loop(yaml::MappingReader& reader, const PlanContext& context) {
  const yaml::Node* node = reader.find("strategy");
  if (node == nullptr) return {};
  if (is_runtime_input(*node)) {
    LoopStrategy loop;
    loop.matrix_expression = node->text;
    return loop;
  }
  return read_strategy(*node, reader.what(), context.findings);
}

}  // namespace tripgate::plan

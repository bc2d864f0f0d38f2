// Parse, merge, print: the work is in merge.cc; here are the documents around it.
#include "engine/inputs/run_inputs.h"

#include <algorithm>
#include <iterator>

#include "engine/yaml/parser.h"
#include "engine/yaml/writer.h"

namespace tripgate::inputs {
namespace {

const Path kRoot = {"pipeline", "pipeline"};

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// The value under a key path from a document's root; nothing if it is null.
Result<std::optional<yaml::Node>, Diagnostic> parse_below(
    std::string_view text, std::initializer_list<std::string_view> keys) {
  auto document = yaml::parse_document(text, {});
  if (!document) return document.error();
  const yaml::Node* node = &document->root;
  for (const std::string_view key : keys) {
    const yaml::Node* const below = node->find(key);
    if (below == nullptr) {
      return Diagnostic(node->position.line, node->position.column,
                        "the runtime input has no " + std::string(key));
    }
    node = below;
  }
  if (node->is_null()) return std::optional<yaml::Node>();
  yaml::Findings findings;
  check_identities(*node, kRoot, findings);
  if (!findings.is_clean()) return findings.errors.front();
  return std::optional(*node);
}

std::string under_pipeline(yaml::Node pipeline) {
  yaml::Node root;
  root.kind = yaml::NodeKind::mapping;
  yaml::Node key;
  key.text = "pipeline";
  root.entries.push_back({std::move(key), std::move(pipeline)});
  return yaml::write_document(root);
}

std::vector<const yaml::Node*> pointers_to(const std::vector<yaml::Node>& nodes) {
  std::vector<const yaml::Node*> pointers;
  for (const yaml::Node& node : nodes) pointers.push_back(&node);
  return pointers;
}

/// The value of a runtime input; none if it is blank.
Result<std::vector<yaml::Node>, Diagnostic> parse_values(std::string_view text) {
  std::vector<yaml::Node> values;
  if (is_blank(text)) return values;
  auto value = parse_below(text, {"pipeline"});
  if (!value) return value.error();
  if (*value) values.push_back(std::move(**value));
  return values;
}

/// The template of a stored pipeline, which was checked when it was saved.
Result<std::optional<yaml::Node>, Diagnostic> load_template(std::string_view pipeline,
                                                            std::string& identifier) {
  const auto parsed = parse_below(pipeline, {"pipeline"});
  if (!parsed) return parsed.error();
  if (!*parsed) return std::optional<yaml::Node>();
  if (const yaml::Node* const id = (*parsed)->find("identifier")) identifier = id->text;
  return make_template(**parsed);
}

}  // namespace

Result<std::string, Diagnostic> merge_input_sets(std::string_view pipeline,
                                                 std::span<const std::string> input_sets,
                                                 std::string_view last) {
  std::string identifier;
  const auto asked = load_template(pipeline, identifier);
  if (!asked) return asked.error();
  if (!*asked) {
    return Diagnostic("Pipeline " + identifier +
                      " does not have any runtime input. All existing input sets are invalid");
  }
  std::vector<yaml::Node> supplied;
  for (const std::string& set : input_sets) {
    auto values = parse_below(set, {"inputSet", "pipeline"});
    if (!values) return values.error();
    if (*values) supplied.push_back(std::move(**values));
  }
  auto own = parse_values(last);
  if (!own) return own.error();
  std::move(own->begin(), own->end(), std::back_inserter(supplied));
  return {boost::system::in_place_value,
          under_pipeline(merge_values(**asked, pointers_to(supplied)))};
}

Result<std::optional<ResolvedPipeline>, Diagnostic> resolve_pipeline(
    std::string_view pipeline, std::string_view runtime_input) {
  const auto supplied = parse_values(runtime_input);
  if (!supplied) return supplied.error();
  if (pipeline.find("<+input>") == std::string_view::npos) return std::optional<ResolvedPipeline>();
  const auto stored = parse_below(pipeline, {"pipeline"});
  if (!stored) return stored.error();
  if (!*stored) return std::optional<ResolvedPipeline>();
  Merged merged = resolve_inputs(**stored, pointers_to(*supplied));
  if (!merged.violations.empty()) return Diagnostic(merged.violations.front().message);
  return std::optional(
      ResolvedPipeline{under_pipeline(std::move(merged.pipeline)), std::move(merged.checks)});
}

Result<std::string, Diagnostic> merge_into_pipeline(std::string_view pipeline,
                                                    std::string_view runtime_input) {
  const auto supplied = parse_values(runtime_input);
  if (!supplied) return supplied.error();
  const auto stored = parse_below(pipeline, {"pipeline"});
  if (!stored) return stored.error();
  const yaml::Node base = *stored ? **stored : yaml::Node();
  return {boost::system::in_place_value,
          under_pipeline(merge_values(base, pointers_to(*supplied)))};
}

Result<std::string, Diagnostic> template_text(std::string_view pipeline) {
  std::string identifier;
  auto asked = load_template(pipeline, identifier);
  if (!asked) return asked.error();
  return {boost::system::in_place_value,
          *asked ? under_pipeline(std::move(**asked)) : std::string()};
}

}  // namespace tripgate::inputs

// Supplied values into the places of a pipeline that ask for them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/inputs/fqn.h"
#include "engine/yaml/findings.h"
#include "engine/yaml/node.h"

namespace tripgate::inputs {

/// A value that its pipeline's validator does not allow, or a required one that nobody gave.
struct Violation {
  std::string fqn;
  std::string message;
  yaml::Position position;  ///< Of the value in the document that supplied it.
};

/// A supplied expression whose value has to pass a validator once it is known.
struct DeferredCheck {
  std::string fqn;
  std::string value;  ///< The text with its `<+...>`.
  std::string input;  ///< The pipeline's `<+input>...`.
};

struct Merged {
  yaml::Node pipeline;  ///< The value under `pipeline`.
  std::vector<Violation> violations;
  std::vector<DeferredCheck> checks;
};

/// The pipeline reduced to its runtime inputs and the keys that locate them: `identifier` and
/// `type` on the way, what tells list items apart, a variable's `default`. Nothing if it asks for
/// nothing. pipeline: the value under `pipeline`, here and below. Source: pipelines.md 7.3.
[[nodiscard]] std::optional<yaml::Node> make_template(const yaml::Node& pipeline);

/// Puts values into a pipeline or its template. A place takes the last supplied value that is not
/// itself `<+input>...`; what the pipeline fixes stays, what it does not know is dropped; a place
/// takes a whole mapping or list as well. supplied: values under `pipeline`, later ones win.
/// Validates nothing and applies no default. Source: pipelines.md 7.3, triggers.md 9.4.
[[nodiscard]] yaml::Node merge_values(const yaml::Node& base,
                                      std::span<const yaml::Node* const> supplied);

/// The pipeline as a run takes it: values merged and validated, `default(...)` and a variable's
/// `default` where none was given, required variables demanded. What is still missing is left as a
/// bare `<+input>`, save inputs that are asked for later. Source: triggers.md 9.5, 9.6.
[[nodiscard]] Merged resolve_inputs(const yaml::Node& pipeline,
                                    std::span<const yaml::Node* const> supplied);

struct LateMerge {
  yaml::Node node;
  std::vector<Violation> violations;
  std::vector<DeferredCheck> checks;
  std::vector<std::string> missing;  ///< Names of inputs that got neither value nor default.
};

/// One node of a pipeline that was asked for its `executionInput()`s, validated as above.
/// path: the node's, in dots.
[[nodiscard]] LateMerge resolve_late_inputs(const yaml::Node& node,
                                            std::span<const yaml::Node* const> supplied,
                                            const std::string& path);

}  // namespace tripgate::inputs

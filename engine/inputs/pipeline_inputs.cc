// One walk over the pipeline; every scalar that begins with `<+input>` is read and tried out.
#include "engine/inputs/pipeline_inputs.h"

#include "engine/inputs/fqn.h"
#include "engine/inputs/runtime_input.h"
#include "engine/inputs/validator.h"

namespace tripgate::inputs {
namespace {

class Checker {
 public:
  explicit Checker(yaml::Findings& findings) : findings_(findings) {}

  void check(const yaml::Node& node, const Path& path, bool can_be_given) {
    if (node.is_scalar()) {
      if (is_runtime_input(node.text)) check_input(node, path, can_be_given);
      return;
    }
    for (const auto& [key, value] : node.entries) check(value, path.below(key.text), can_be_given);
    if (!node.is_sequence()) return;
    if (has_identities(node)) {
      for (const ListItem& item : identified_items(node)) {
        check(*item.node, item.below(path), can_be_given);
      }
    } else {
      for (const yaml::Node& item : node.items) check(item, path, false);
    }
  }

 private:
  void check_input(const yaml::Node& node, const Path& path, bool can_be_given) {
    const auto input = parse_runtime_input(node.text);
    if (!input) {
      return findings_.error(node.position_at(input.error().offset), input.error().message);
    }
    if (auto complaint = find_broken_pattern(*input, path.dotted)) {
      return findings_.error(node.position, std::move(*complaint));
    }
    check_default(*input, node, path);
    if (input->is_asked_later) {
      if (const char* const complaint = late_input_complaint(path, can_be_given)) {
        findings_.error(node.position, complaint);
      }
    } else if (!can_be_given && !input->fallback) {
      findings_.warn(node.position,
                     "nothing can give this <+input> a value: the items of its list have no "
                     "identifier, name or key");
    }
  }

  void check_default(const RuntimeInput& input, const yaml::Node& node, const Path& path) {
    if (!input.fallback) return;
    yaml::Node value;
    value.text = *input.fallback;
    if (auto complaint = find_violation(input, value, path.dotted)) {
      findings_.error(node.position, std::move(*complaint));
    }
  }

  /// Why a field cannot be asked for when its node is reached; nullptr if it can.
  static const char* late_input_complaint(const Path& path, bool can_be_given) {
    if (path.full.starts_with("pipeline.variables[")) {
      return "Execution Input is not allowed for pipeline variables as it is similar to making it "
             "a runtime input";
    }
    const std::size_t group = path.full.rfind("stepGroup[identifier:");
    if (group != std::string::npos && path.full.find("].variables[", group) != std::string::npos &&
        path.full.find(".steps.", group) == std::string::npos) {
      return "Execution Input is not allowed for variables in step group";
    }
    if (!path.full.starts_with("pipeline.stages.")) {
      return "executionInput() is for stages, step groups and steps: nothing else is reached";
    }
    // Decided before a node begins.
    for (const char* const key : {".when", ".strategy", ".identifier", ".name"}) {
      if (path.full.find(key) != std::string::npos) {
        return "executionInput() is not allowed here: the value is needed before the node begins";
      }
    }
    if (!can_be_given) {
      return "executionInput() is not allowed here: the items of its list have no identifier, name "
             "or key";
    }
    return nullptr;
  }

  yaml::Findings& findings_;
};

}  // namespace

void check_runtime_inputs(const yaml::Node& pipeline, yaml::Findings& findings) {
  Checker(findings).check(pipeline, {"pipeline", "pipeline"}, true);
}

}  // namespace tripgate::inputs

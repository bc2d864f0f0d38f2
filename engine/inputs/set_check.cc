// The set is held against the pipeline's template: what the template lacks is no runtime input.
#include "engine/inputs/set_check.h"

#include <map>

#include "engine/inputs/fqn.h"
#include "engine/inputs/merge.h"
#include "engine/inputs/runtime_input.h"
#include "engine/inputs/validator.h"

namespace tripgate::inputs {
namespace {

class SetChecker {
 public:
  void check(const yaml::Node& asked, const yaml::Node& given, const Path& path) {
    if (given.is_null()) return;
    if (asked.is_scalar()) return check_scalar(asked, given, path);
    if (asked.kind != given.kind) return complain(given, path, kNoInput);
    if (asked.is_mapping()) return check_mapping(asked, given, path);
    check_list(asked, given, path);
  }

  std::vector<FieldError> take() { return std::move(errors_); }

 private:
  static constexpr const char* kNoInput = "Field not a runtime input";

  void check_scalar(const yaml::Node& asked, const yaml::Node& given, const Path& path) {
    if (!is_runtime_input(asked.text)) {
      if (given.is_scalar() && given.text == asked.text) return;
      return complain(given, path,
                      "The value for " + path.dotted + " is " + asked.text +
                          "in the pipeline yaml, but the input set has it as " +
                          (given.is_scalar() ? given.text : given.kind_name()));
    }
    const bool leaves_it_open = given.is_scalar() && is_runtime_input(given.text);
    const auto input = parse_runtime_input(asked.text);
    if (leaves_it_open || !input) return;
    if (auto message = find_violation(*input, given, path.dotted)) {
      complain(given, path, std::move(*message));
    }
  }

  void check_mapping(const yaml::Node& asked, const yaml::Node& given, const Path& path) {
    std::map<std::string_view, const yaml::Node*> known;
    for (const auto& [key, value] : asked.entries) known.emplace(key.text, &value);
    for (const auto& [key, value] : given.entries) {
      const auto found = known.find(key.text);
      if (found == known.end()) {
        complain_below(value, path.below(key.text));
      } else {
        check(*found->second, value, path.below(key.text));
      }
    }
  }

  void check_list(const yaml::Node& asked, const yaml::Node& given, const Path& path) {
    if (!has_identities(given)) return complain(given, path, kNoInput);
    const std::vector<ListItem> items = identified_items(asked);
    std::map<std::string_view, const yaml::Node*> known;
    for (const ListItem& item : items) known.emplace(item.identity, item.node);
    for (const ListItem& item : identified_items(given)) {
      const auto found = known.find(item.identity);
      if (found == known.end()) {
        complain_below(*item.node, item.below(path));
      } else {
        check(*found->second, *item.node, item.below(path));
      }
    }
  }

  /// Every field at and below a place that the template does not have.
  void complain_below(const yaml::Node& given, const Path& path) {
    const bool is_list = given.is_sequence() && has_identities(given);
    if (!given.is_mapping() && !is_list) return complain(given, path, kNoInput);
    for (const auto& [key, value] : given.entries) complain_below(value, path.below(key.text));
    if (!is_list) return;
    for (const ListItem& item : identified_items(given)) {
      complain_below(*item.node, item.below(path));
    }
  }

  void complain(const yaml::Node& given, const Path& path, std::string message) {
    errors_.push_back({path.dotted, std::move(message), given.position});
  }

  std::vector<FieldError> errors_;
};

}  // namespace

std::vector<FieldError> check_input_set(const yaml::Node& pipeline, const yaml::Node& values) {
  const std::optional<yaml::Node> asked = make_template(pipeline);
  if (!asked) {
    return {{"pipeline", "Pipeline no longer contains any runtime input", values.position}};
  }
  SetChecker checker;
  checker.check(*asked, values, {"pipeline", "pipeline"});
  return checker.take();
}

}  // namespace tripgate::inputs

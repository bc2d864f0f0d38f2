// Every `<+` of every scalar is looked at, those inside others too; what is in no block is text,
// but nobody writes it so. The parser's depth bounds the recursion.
#include "engine/plan/foreign_roots.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

namespace tripgate::plan {
namespace {

constexpr std::array<std::string_view, 16> kForeignRoots = {
    "artifact",  "artifacts",       "codebase", "configFile",       "env",
    "fileStore", "infra",           "instance", "manifest",         "manifests",
    "rbac",      "ngSecretManager", "service",  "serviceVariables", "serviceVariableOverrides",
    "variable"};

bool is_name_part(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

class Remarker {
 public:
  explicit Remarker(yaml::Findings& findings) : findings_(findings) {}

  void collect(const yaml::Node& node) {
    for (const auto& [key, value] : node.entries) {
      if (key.text == "identifier" && value.is_scalar()) identifiers_.insert(value.text);
      collect(value);
    }
    for (const yaml::Node& item : node.items) collect(item);
  }

  void look(const yaml::Node& node) {
    if (node.is_scalar()) look_at_text(node);
    for (const yaml::Entry& entry : node.entries) look(entry.value);
    for (const yaml::Node& item : node.items) look(item);
  }

 private:
  void look_at_text(const yaml::Node& node) {
    const std::string_view text = node.text;
    for (std::size_t at = text.find("<+"); at != std::string_view::npos;
         at = text.find("<+", at + 2)) {
      std::size_t end = at + 2;
      while (end < text.size() && is_name_part(text[end])) ++end;
      const std::string root(text.substr(at + 2, end - at - 2));
      const bool is_path = end < text.size() && text[end] == '.';
      const bool is_foreign =
          is_path && std::ranges::find(kForeignRoots, root) != kForeignRoots.end();
      if (!is_foreign || identifiers_.contains(root)) continue;
      findings_.warn(node.position_at(at),
                     "<+" + root + ".*> has no value: this engine knows no " + root);
    }
  }

  yaml::Findings& findings_;
  std::set<std::string, std::less<>> identifiers_;
};

}  // namespace

void remark_foreign_roots(const yaml::Node& pipeline, yaml::Findings& findings) {
  Remarker remarker(findings);
  remarker.collect(pipeline);
  remarker.look(pipeline);
}

}  // namespace tripgate::plan

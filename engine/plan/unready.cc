// A walk over the document, so that every refusal has its line and column. Each rule goes when the
// runner has learned the thing.
#include "engine/plan/unready.h"

#include <array>
#include <string>
#include <string_view>

namespace tripgate::plan {
namespace {

constexpr std::array<std::string_view, 2> kChainedKeys = {"inputs", "inputSetReferences"};

void refuse_chained_inputs(const yaml::Node& stage, yaml::Findings& findings) {
  const yaml::Node* const type = stage.find("type");
  const yaml::Node* const spec = stage.find("spec");
  const bool is_chained = type != nullptr && type->text == "Pipeline" && spec != nullptr;
  if (!is_chained) return;
  for (const std::string_view key : kChainedKeys) {
    const yaml::Node* const given = spec->find(key);
    if (given == nullptr) continue;
    findings.error(given->position, std::string(key) +
                                        " of a chained pipeline have no effect in "
                                        "this version");
  }
}

// Recursion is bounded by the depth that the parser allows.
void walk(const yaml::Node& node, yaml::Findings& findings) {
  if (node.is_scalar() && node.text.starts_with("<+input>")) {
    findings.error(node.position, "runtime inputs (<+input>) are not supported yet");
  }
  for (const yaml::Node& item : node.items) walk(item, findings);
  for (const yaml::Entry& entry : node.entries) {
    if (entry.key.text == "stage") refuse_chained_inputs(entry.value, findings);
    walk(entry.value, findings);
  }
}

}  // namespace

void refuse_unready(const yaml::Node& node, yaml::Findings& findings) {
  walk(node, findings);
}

}  // namespace tripgate::plan

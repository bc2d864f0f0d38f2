// Both paths name the levels of the original's tree, some of which are no nodes here.
#include "engine/status/node_path.h"

#include <algorithm>

namespace tripgate {
namespace {

using plan::NodeKind;

/// The words of a path from the pipeline down to a node.
std::vector<std::string> levels(const std::vector<NodeState>& nodes, NodeNumber number) {
  std::vector<NodeNumber> chain;
  for (; number != kNoNode; number = nodes[number].parent) chain.push_back(number);
  std::reverse(chain.begin(), chain.end());
  std::vector<std::string> words{"pipeline"};
  for (const NodeNumber at : chain) {
    const NodeState& node = nodes[at];
    if (node.is_loop && at != chain.back()) continue;
    switch (node.kind) {
      case NodeKind::stages:
        words.emplace_back("stages");
        break;
      case NodeKind::parallel:
        break;
      case NodeKind::section:
        words.emplace_back("spec");
        words.push_back(node.identifier);
        break;
      case NodeKind::stage:
        words.push_back(node.identifier);
        break;
      case NodeKind::step_group:
      case NodeKind::step:
        words.emplace_back("steps");
        words.push_back(node.identifier);
        break;
    }
  }
  return words;
}

}  // namespace

std::string base_fqn(const std::vector<NodeState>& nodes, NodeNumber number) {
  std::string path;
  for (const std::string& word : levels(nodes, number)) {
    if (!path.empty()) path += '.';
    path += word;
  }
  return path;
}

std::string log_base_key(const Execution& execution, const std::vector<NodeState>& nodes,
                         NodeNumber number) {
  std::string key = "accountId:" + execution.account + "/orgId:" + execution.org +
                    "/projectId:" + execution.project + "/pipelineId:" + execution.pipeline +
                    "/runSequence:" + std::to_string(execution.run_sequence);
  const std::vector<std::string> words = levels(nodes, number);
  for (std::size_t i = 0; i < words.size(); ++i) {
    key += "/level" + std::to_string(i) + ":" + words[i];
  }
  const std::uint32_t retry = nodes[number].retry_number;
  return retry == 0 ? key : key + "_" + std::to_string(retry);
}

}  // namespace tripgate

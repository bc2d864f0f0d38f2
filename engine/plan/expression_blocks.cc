// One pass with a stack of open `<+`: a text of nothing but `<+` must not cost its square.
#include "engine/plan/expression_blocks.h"

namespace tripgate::plan {

std::vector<ExpressionBlock> find_blocks(std::string_view text) {
  std::vector<std::size_t> open;
  std::vector<ExpressionBlock> blocks;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at, 2) == "<+") {
      open.push_back(at++);
    } else if (open.empty()) {
      continue;
    } else if (text.substr(at, 2) == "\\>") {
      ++at;
    } else if (text[at] == '>') {
      const std::size_t begin = open.back();
      open.pop_back();
      while (!blocks.empty() && blocks.back().offset > begin) blocks.pop_back();
      blocks.push_back({begin, at + 1 - begin, {}});
    }
  }
  for (ExpressionBlock& block : blocks) block.text = text.substr(block.offset, block.length);
  return blocks;
}

bool has_block(std::string_view text) {
  return text.find("<+") != std::string_view::npos && !find_blocks(text).empty();
}

}  // namespace tripgate::plan
